import { afterEach, describe, expect, it } from 'vitest';
import { startTestEngine } from '../../support/engine-fixture.ts';
import type { TestEngine } from '../../support/engine-fixture.ts';
import { CALLS, createCaller } from '../../support/faults-callers.ts';
import { anthropicFrame, beginStream, openAiFrame, sendJson, startServer } from '../../support/providers-server.ts';
import type { TestServer } from '../../support/providers-server.ts';

let engine: TestEngine;
let server: TestServer;

afterEach(async () => {
  await engine.stop();
  await server.close();
});

const TEXT = 'Größe 大小 👩‍🔬 — ok';
const LETTERS = Array.from(TEXT);

function openAiStream(): string {
  const frames = LETTERS.map((letter) => openAiFrame({ content: letter }));
  return [
    ': a comment, as proxies send them\n\n',
    openAiFrame({ role: 'assistant', content: '' }),
    frames.join(': keep-alive\n\n'),
    // Carriage returns are line ends as well, and a field that nobody knows is to be ignored.
    openAiFrame({}, 'stop').replaceAll('\n', '\r\n'),
    'retry: 3000\n\n',
    'data: [DONE]\n\n',
  ].join('');
}

function anthropicStream(): string {
  const usage = { input_tokens: 3, output_tokens: 1 };
  const message = {
    id: 'up',
    type: 'message',
    role: 'assistant',
    model: 'kimi-k2',
    content: [],
    stop_reason: null,
    usage,
  };
  return [
    anthropicFrame('message_start', { message }),
    anthropicFrame('ping', {}),
    anthropicFrame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...LETTERS.map((text) => anthropicFrame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    ': a comment\n\n',
    anthropicFrame('ping', {}),
    anthropicFrame('a_future_event', { note: 'to be ignored' }),
    anthropicFrame('content_block_stop', { index: 0 }),
    anthropicFrame('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
    anthropicFrame('message_stop', {}),
  ].join('');
}

/** An upstream that sends its stream byte by byte, so that every character and every frame is split somewhere. */
async function start(adapter: 'vllm' | 'anthropic'): Promise<void> {
  server = await startServer((request, response) => {
    if (request.method === 'GET') {
      sendJson(response, 200, { object: 'list', data: [{ id: 'kimi-k2', object: 'model', type: 'model' }] });
      return;
    }
    const bytes = Buffer.from(adapter === 'vllm' ? openAiStream() : anthropicStream());
    response.socket?.setNoDelay(true);
    beginStream(response, '');
    let sent = 0;
    const send = (): void => {
      if (sent >= bytes.length) response.end();
      else {
        response.write(bytes.subarray(sent, (sent += 1)), () => setImmediate(send));
      }
    };
    send();
  });
  engine = await startTestEngine(
    `
models:
  up:
    adapter: ${adapter}
    endpoint: ${adapter === 'vllm' ? `${server.origin}/v1` : server.origin}
    model: kimi-k2
    priority: 1
routing: { strategy: primary_with_fallback, primary: up, fallback_chain: [up] }
`,
    { environment: { ANTHROPIC_API_KEY: 'unused' } },
  );
}

describe.each(['vllm', 'anthropic'] as const)(
  'a stream of %s that comes byte by byte, with comments and pings',
  (adapter) => {
    it.each(CALLS.filter(({ streamed }) => streamed))('reaches a $dialect client as it was meant', async (call) => {
      await start(adapter);
      const caller = createCaller(engine.gatewayUrl, call);
      const { text, finish } = await caller.ask('Hi');
      expect([text, finish]).toEqual([TEXT, caller.whole]);
    });
  },
);
