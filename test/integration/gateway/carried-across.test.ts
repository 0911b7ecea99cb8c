import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import { startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

/** A vLLM primary and Claude behind it, whose model goes on with no assistant message. */
let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair({ acceptsPrefill: false, claudeModel: 'claude-opus-4-6' });
  const quick = '    retry: { max_retries: 0 }\n    breaker: { failures: 1000, error_rate: 1 }';
  const claude = `${quick}\n    model: claude-opus-4-6`;
  engine = await startTestEngine(pair.registry({ kimi: quick, claude }), { environment: pair.environment });
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

const PATHS = { openai: '/v1/chat/completions', anthropic: '/v1/messages' } as const;

async function ask(dialect: keyof typeof PATHS, body: object) {
  const response = await fetch(`${engine.gatewayUrl}${PATHS[dialect]}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', max_tokens: 200, ...body }),
  });
  const answer = (await response.json()) as { error?: { message: string; code?: string } };
  const id = response.headers.get('x-switchyard-request-id') ?? '';
  const row: RequestDetail = await engine.api.getRequest(id);
  return { status: response.status, provider: response.headers.get('x-switchyard-provider'), answer, row };
}

const DOCUMENT = {
  messages: [
    {
      role: 'user',
      content: [
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'The text.' } },
        { type: 'text', text: 'Sum it up [[tokens:3]]' },
      ],
    },
  ],
};

describe('what only one dialect can say', () => {
  it.each([
    ['a document', DOCUMENT, 'takes no document part'],
    [
      'a tool that the vendor runs',
      {
        messages: [{ role: 'user', content: 'Hi [[tokens:3]]' }],
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      },
      'takes no tool web_search_20250305',
    ],
    [
      'MCP servers',
      {
        messages: [{ role: 'user', content: 'Hi [[tokens:3]]' }],
        mcp_servers: [{ type: 'url', url: 'https://example.com/mcp', name: 'notes' }],
      },
      'takes no MCP servers',
    ],
  ])('passes over who cannot take it, and says why: %s', async (_, body, reason) => {
    const { status, provider, row } = await ask('anthropic', body);
    expect([status, provider]).toEqual([200, 'claude']);
    expect(row.decision?.candidates).toMatchObject([
      { provider: 'kimi', eligible: false, code: 'capability_missing', reason },
      { provider: 'claude', eligible: true },
    ]);
    expect(pair.kimi.log.filter(({ path }) => path.endsWith('/chat/completions'))).toEqual([]);
  });

  it('leaves the caller the true failure of the one who can', async () => {
    pair.claude.faults.set([{ kind: 'status', status: 500 }]);
    const { status, answer, row } = await ask('anthropic', DOCUMENT);
    expect(status).toBe(502);
    expect(answer.error?.message).toContain('claude');
    expect(row.attempt_list.map(({ provider, failure_class: failure }) => [provider, failure])).toEqual([
      ['claude', 'server_error'],
    ]);
  });

  it.each([
    [
      'audio',
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }] }] },
    ],
    [
      'functions',
      { messages: [{ role: 'user', content: 'Hi' }], functions: [{ name: 'f', parameters: { type: 'object' } }] },
    ],
  ])('is never said in words that drop it: %s', async (_, body) => {
    pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
    const { status, row } = await ask('openai', body);
    expect(status).toBe(502);
    expect(row.attempt_list.map(({ provider }) => provider)).toEqual(['kimi']);
  });

  it('is left out and reported where it stands beside tools of the caller’s', async () => {
    const tools = [
      { type: 'web_search_20250305', name: 'web_search' },
      { name: 'lookup', input_schema: { type: 'object', properties: {} } },
    ];
    const { provider, row } = await ask('anthropic', {
      messages: [{ role: 'user', content: 'Hi [[tokens:3]]' }],
      tools,
    });
    expect(provider).toBe('kimi');
    expect(row.attempt_list[0]?.adjusted).toContain('tool web_search_20250305 left out: kimi does not have it');
  });
});

describe('with the primary at fault', () => {
  beforeEach(() => pair.kimi.faults.set([{ kind: 'status', status: 500 }]));

  it.each(['openai', 'anthropic'] as const)('the beginning of an answer is continued in words: %s', async (dialect) => {
    const messages = [
      { role: 'user', content: 'Write a line [[tokens:6]]' },
      { role: 'assistant', content: 'It was' },
    ];
    const { status, provider, row } = await ask(dialect, { messages });
    expect([status, provider]).toEqual([200, 'claude']);
    expect(row.attempt_list.at(-1)?.adjusted).toEqual([
      expect.stringMatching(/^the beginning of the answer is continued in words: .* does not go on with one$/),
    ]);
  });

  it('system messages alone become the user’s', async () => {
    const { status, provider, row } = await ask('openai', {
      messages: [{ role: 'system', content: 'Say something [[tokens:3]]' }],
    });
    expect([status, provider]).toEqual([200, 'claude']);
    expect(row.attempt_list.at(-1)?.adjusted).toContain(
      "system messages sent as the user's: claude takes no conversation of them alone",
    );
  });
});
