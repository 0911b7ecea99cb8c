import { afterEach, describe, expect, it } from 'vitest';
import type { TestEngine } from '../../support/engine-fixture.ts';
import { startTestEngine } from '../../support/engine-fixture.ts';
import { anthropicClient, errorFacts, failureOf } from '../../support/faults-callers.ts';
import { anthropicFrame, beginStream, sendJson, startServer } from '../../support/providers-server.ts';
import type { TestServer } from '../../support/providers-server.ts';

const stopping: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

const MODEL = 'claude-haiku-4-5-20251001';

/** A server of Anthropic's dialect that answers every message with these frames. */
async function startClaude(frames: string): Promise<TestServer> {
  const server = await startServer((request, response) => {
    if (request.method === 'GET') sendJson(response, 200, { data: [{ id: MODEL, type: 'model' }], has_more: false });
    else {
      beginStream(response, frames);
      response.end();
    }
  });
  stopping.push(() => server.close());
  return server;
}

async function startGateway(servers: readonly TestServer[]): Promise<TestEngine> {
  const names = servers.map((_, index) => `claude_${index + 1}`);
  const entries = servers.map(
    ({ origin }, index) =>
      `  ${names[index]}: { adapter: anthropic, endpoint: "${origin}", model: ${MODEL}, priority: ${index + 1} }`,
  );
  const engine = await startTestEngine(
    `
models:
${entries.join('\n')}
routing: { strategy: primary_with_fallback, primary: claude_1, fallback_chain: [${names.join(', ')}] }
`,
    { environment: { ANTHROPIC_API_KEY: 'unused' } },
  );
  stopping.unshift(() => engine.stop());
  return engine;
}

const HEAD = anthropicFrame('message_start', {
  message: {
    id: 'msg_up',
    type: 'message',
    role: 'assistant',
    model: MODEL,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 1 },
  },
});
const BLOCK = anthropicFrame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const STOP = anthropicFrame('message_stop', {});

function said(text: string): string {
  return anthropicFrame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

const WHOLE =
  HEAD +
  BLOCK +
  said('two three') +
  anthropicFrame('content_block_stop', { index: 0 }) +
  anthropicFrame('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 3 },
  }) +
  STOP;

describe('a message_stop without a stop reason', () => {
  const question = { model: 'auto', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Count.' }] };
  const broken = HEAD + BLOCK + said('One ') + STOP;

  it('is no end: the answer is finished by the next provider', async () => {
    const engine = await startGateway([await startClaude(broken), await startClaude(WHOLE)]);
    const message = await anthropicClient(engine.gatewayUrl).messages.stream(question).finalMessage();
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: 'One two three' }] });
  });

  it('is never passed on: the stream that nobody finishes ends with an error', async () => {
    const engine = await startGateway([await startClaude(broken)]);
    const events: string[] = [];
    const stream = await anthropicClient(engine.gatewayUrl).messages.create({ ...question, stream: true });
    const reading = (async () => {
      for await (const event of stream) events.push(event.type);
    })();
    expect(errorFacts(await failureOf(reading)).text).toContain('the stream ended before the answer was finished');
    expect(events).not.toContain('message_stop');
  });
});
