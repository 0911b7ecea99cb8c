import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let engine: TestEngine;

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

async function start(
  options: Parameters<typeof startPair>[0] = {},
  changes: Parameters<Pair['registry']>[0] = {},
): Promise<OpenAI> {
  pair = await startPair(options);
  engine = await startTestEngine(pair.registry({ routing: '  stream_failover: resume', ...changes }), {
    environment: pair.environment,
  });
  return new OpenAI({ baseURL: `${engine.gatewayUrl}/v1`, apiKey: 'unused', maxRetries: 0 });
}

/** Every simulated vendor counts in the same words, so that an answer pieced together can be compared with a whole one. */
const ask = { model: 'auto', messages: [{ role: 'user' as const, content: 'Count. [[count:60]]' }] };

async function readStream(client: OpenAI, body: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {}) {
  const { data, response } = await client.chat.completions
    .create({ ...ask, ...body, stream: true, stream_options: { include_usage: true } })
    .withResponse();
  let text = '';
  let finish: string | null = null;
  let usage: OpenAI.CompletionUsage | null = null;
  const ids = new Set<string>();
  const models = new Set<string>();
  for await (const chunk of data) {
    ids.add(chunk.id);
    models.add(chunk.model);
    text += chunk.choices[0]?.delta.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  return { text, finish, usage, ids, models, id: response.headers.get('x-switchyard-request-id') ?? '' };
}

async function wholeAnswer(client: OpenAI): Promise<string> {
  const answer = await client.chat.completions.create(ask);
  return answer.choices[0]?.message.content ?? '';
}

describe.each([
  { target: 'takes a begun answer', acceptsPrefill: true, attempts: 2 },
  { target: 'refuses a begun answer, and is asked in words', acceptsPrefill: false, attempts: 3 },
])('an answer cut in the middle, when the fallback $target', ({ acceptsPrefill, attempts }) => {
  it.each([
    { name: 'cut', fault: { kind: 'cut', after_tokens: 40 } as const },
    { name: 'an error inside the stream', fault: { kind: 'error_in_stream', after_tokens: 40 } as const },
    { name: 'a malformed event', fault: { kind: 'malformed_event', after_tokens: 40 } as const },
  ])('is finished by it after $name: one stream, one id, nothing twice and nothing missing', async ({ fault }) => {
    const client = await start({ acceptsPrefill });
    const expected = await wholeAnswer(client);
    pair.kimi.faults.set([fault]);
    const { text, finish, ids, usage, id } = await readStream(client);
    expect(text).toBe(expected);
    expect(finish).toBe('stop');
    expect(ids.size).toBe(1);
    const row = await engine.api.getRequest(id);
    expect(row).toMatchObject({
      status: 'success',
      resumed: true,
      provider: 'claude',
      fallback_from: 'kimi',
      attempts,
    });
    expect(row.attempt_list.at(-1)).toMatchObject({ resume: true, outcome: 'success' });
    expect(usage?.completion_tokens).toBe(row.usage.output_tokens);
    expect(row.cost_usd).toBeGreaterThan(0);
  });
});

describe('an answer that stalls', () => {
  it('is finished by the fallback after the idle limit', async () => {
    const client = await start({ acceptsPrefill: true }, { kimi: '    timeouts: { idle_ms: 60 }' });
    const expected = await wholeAnswer(client);
    pair.kimi.faults.set([{ kind: 'stall', after_tokens: 20 }]);
    const { text, finish, id } = await readStream(client);
    expect([text, finish]).toEqual([expected, 'stop']);
    expect((await engine.api.getRequest(id)).attempt_list[0]).toMatchObject({
      failure_class: 'timeout',
      outcome: 'failure',
    });
  });
});

describe('in Anthropic’s dialect', () => {
  it('a cut answer is finished too, as one coherent message', async () => {
    const client = await start({ acceptsPrefill: true });
    const expected = await wholeAnswer(client);
    const anthropic = new Anthropic({ baseURL: engine.gatewayUrl, apiKey: 'unused', maxRetries: 0 });
    pair.kimi.faults.set([{ kind: 'cut', after_tokens: 40 }]);
    const message = await anthropic.messages.stream({ ...ask, max_tokens: 1000 }).finalMessage();
    expect(message.content.map((part) => (part.type === 'text' ? part.text : part.type)).join('')).toBe(expected);
    expect(message.stop_reason).toBe('end_turn');
  });
});

describe('what can not be continued', () => {
  const tools: OpenAI.ChatCompletionTool[] = [
    {
      type: 'function',
      function: { name: 'lookup', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ];

  it('ends with a clear error once a tool call had begun', async () => {
    const client = await start({ acceptsPrefill: true });
    pair.kimi.faults.set([{ kind: 'cut', after_tokens: 2 }]);
    const error = await readStream(client, {
      tools,
      messages: [{ role: 'user', content: 'Look it up. [[tool:lookup]]' }],
    }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(String(error)).toContain('a tool call had begun');
  });

  it('shows the true cause when everybody who could go on fails', async () => {
    const client = await start({ acceptsPrefill: true });
    pair.kimi.faults.set([{ kind: 'cut', after_tokens: 10 }]);
    pair.claude.faults.set([{ kind: 'status', status: 500 }]);
    const error = await readStream(client).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(String(error)).toContain('kimi');
  });
});
