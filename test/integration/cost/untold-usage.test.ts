import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, startTestEngine } from '../../support/engine-fixture.ts';
import type { TestEngine } from '../../support/engine-fixture.ts';
import { anthropicClient, failureOf, openAiClient } from '../../support/faults-callers.ts';
import { anthropicFrame, beginStream, openAiFrame, sendJson, startServer } from '../../support/providers-server.ts';

const stopping: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

const MODEL = 'claude-haiku-4-5-20251001';
/** 100 tokens, as text is reckoned: four characters each. */
const SAID = 'abc '.repeat(100);

async function startEngine(adapter: string, answer: (response: ServerResponse) => void): Promise<TestEngine> {
  const server = await startServer((request, response) => {
    if (request.method === 'GET')
      sendJson(response, 200, { data: [{ id: MODEL, type: 'model', object: 'model' }], has_more: false });
    else answer(response);
  });
  const engine = await startTestEngine(
    `
models:
  paid:
    adapter: ${adapter}
    endpoint: "${server.origin}${adapter === 'anthropic' ? '' : '/v1'}"
    model: ${MODEL}
    pricing: { input: 1, output: 10 }
routing: { strategy: primary_with_fallback, primary: paid, fallback_chain: [paid] }
`,
    { environment: { ANTHROPIC_API_KEY: 'unused' } },
  );
  stopping.push(
    () => engine.stop(),
    () => server.close(),
  );
  return engine;
}

async function newestAttempt(engine: TestEngine) {
  const row = await eventually(async () => (await engine.api.listRequests({ limit: 1 })).requests[0]);
  const { attempt_list: attempts } = await engine.api.getRequest(row.id);
  if (!attempts[0]) throw new Error('Nobody was asked.');
  return attempts[0];
}

/** A message as Claude begins it, with one token of output for the whole of it, and no end. */
const BEGUN =
  anthropicFrame('message_start', {
    message: {
      id: 'msg_up',
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 50, output_tokens: 1 },
    },
  }) +
  anthropicFrame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  anthropicFrame('content_block_delta', { index: 0, delta: { type: 'text_delta', text: SAID } });

describe('an answer of Claude’s that is not finished', () => {
  const question = { model: 'auto', max_tokens: 500, messages: [{ role: 'user' as const, content: 'Go on.' }] };
  const billed = { input_tokens: 50, output_tokens: 100, estimated: true };

  it('costs what came of it when it breaks off', async () => {
    const engine = await startEngine('anthropic', (response) => {
      beginStream(response, BEGUN);
      response.write('', () => response.destroy());
    });
    await failureOf(anthropicClient(engine.gatewayUrl).messages.stream(question).finalMessage());
    expect(await newestAttempt(engine)).toMatchObject({ outcome: 'failure', usage: billed, cost_usd: 0.00105 });
  });

  it('costs what came of it when its caller leaves', async () => {
    const engine = await startEngine('anthropic', (response) => beginStream(response, BEGUN));
    const stream = anthropicClient(engine.gatewayUrl).messages.stream(question);
    stream.on('text', () => stream.abort());
    await failureOf(stream.finalMessage());
    expect(await newestAttempt(engine)).toMatchObject({ outcome: 'cancelled', usage: billed, cost_usd: 0.00105 });
  });
});

describe('a usage that counts nothing', () => {
  it.each([{}, { prompt_tokens: 0, completion_tokens: 0 }, { prompt_tokens: null, completion_tokens: null }])(
    'is none, and is estimated: %o',
    async (usage) => {
      const engine = await startEngine('openai-compatible', (response) => {
        beginStream(response, openAiFrame({ role: 'assistant', content: SAID }) + openAiFrame({}, 'stop'));
        response.end(`data: ${JSON.stringify({ id: 'up', model: MODEL, choices: [], usage })}\n\ndata: [DONE]\n\n`);
      });
      await openAiClient(engine.gatewayUrl)
        .chat.completions.stream({ model: 'auto', messages: [{ role: 'user', content: 'Go on.' }] })
        .finalChatCompletion();
      const attempt = await newestAttempt(engine);
      expect(attempt).toMatchObject({ outcome: 'success', usage: { output_tokens: 100, estimated: true } });
      expect(attempt.cost_usd).toBeGreaterThan(0.001);
    },
  );
});
