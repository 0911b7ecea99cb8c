import { afterEach, expect, test } from 'vitest';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { createProvider } from '../../../electron/engine/providers/create-provider.ts';
import type { UpstreamChunk } from '../../../electron/engine/providers/types.ts';
import type { ProviderConfig } from '../../../electron/engine/registry/types.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { failureOf, helloCall, streamWhole } from '../../support/providers-calls.ts';
import { providerConfig } from '../../support/providers-config.ts';
import { anthropicFrame, beginStream, openAiFrame, sendJson, startServer } from '../../support/providers-server.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close();
});

async function setUp(handler: Parameters<typeof startServer>[0], overrides: Partial<ProviderConfig> = {}) {
  const server = await startServer(handler);
  const baseUrl = overrides.adapter === 'anthropic' ? server.origin : `${server.origin}/v1`;
  const provider = createProvider(providerConfig({ baseUrl, ...overrides }), {
    environment: { P_KEY: 'sk-secret-key' },
    clock: createManualClock(),
    random: () => 0,
  });
  cleanup.push(async () => {
    await server.close();
    await provider.close();
  });
  return { server, provider };
}

const CLAUDE = { adapter: 'anthropic', deployment: 'api', apiKeyEnv: 'P_KEY' } as const;
const MESSAGE = {
  id: 'm',
  model: 'claude',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 2 },
};

const CLAUDE_STREAM =
  anthropicFrame('message_start', {
    message: { id: 'm', model: 'claude', usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 } },
  }) +
  anthropicFrame('ping', {}) +
  anthropicFrame('content_block_start', {
    index: 0,
    content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
  }) +
  anthropicFrame('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"x":1}' } }) +
  anthropicFrame('content_block_stop', { index: 0 }) +
  anthropicFrame('message_delta', {
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 9 },
  }) +
  anthropicFrame('message_stop', {});

test('an OpenAI caller is answered by Claude, whole: body, headers and usage are translated', async () => {
  const { provider, server } = await setUp((_request, response) => sendJson(response, 200, MESSAGE), CLAUDE);
  const { answer, adjusted } = await provider.generate(
    helloCall({ model: 'claude-opus-4-8', traceparent: '00-1-2-01' }, { temperature: 0.5 }),
  );
  expect(server.seen[0]).toMatchObject({
    path: '/v1/messages',
    headers: { 'x-api-key': 'sk-secret-key', 'anthropic-version': '2023-06-01', traceparent: '00-1-2-01' },
    body: { model: 'claude-opus-4-8', max_tokens: 4096, messages: [{ role: 'user', content: 'hello' }] },
  });
  expect(adjusted).toEqual(['temperature left out: claude-opus-4-8 refuses it']);
  expect(answer.usage).toMatchObject({ input_tokens: 7, cache_read_tokens: 4, output_tokens: 2 });
});

test('an OpenAI caller is answered by Claude, streamed: the cumulative usage counts', async () => {
  const { provider, server } = await setUp((_request, response) => {
    beginStream(response, CLAUDE_STREAM);
    response.end();
  }, CLAUDE);
  const answer = await streamWhole(provider, helloCall({ model: 'claude-haiku-4-5' }));
  expect(answer).toMatchObject({
    content: [{ type: 'tool_use', id: 't', name: 'f', input: { x: 1 } }],
    finishReason: 'tool_calls',
    usage: { input_tokens: 7, output_tokens: 9 },
  });
  expect(server.seen[0]?.body).toMatchObject({ stream: true });
  expect(server.seen[0]?.body).not.toHaveProperty('stream_options');
});

test('an Anthropic caller is answered by vLLM, and every chunk carries the provider’s own JSON', async () => {
  const { provider, server } = await setUp((_request, response) => {
    beginStream(response, openAiFrame({ content: 'hi' }) + openAiFrame({}, 'stop'));
    response.end('data: [DONE]\n\n');
  });
  const request = parseAnthropicRequest({
    model: 'auto',
    max_tokens: 9,
    system: 's',
    messages: [{ role: 'user', content: 'hello' }],
    stop_sequences: ['X'],
  });
  const chunks: UpstreamChunk[] = [];
  for await (const chunk of (await provider.stream(helloCall({ request }))).chunks) chunks.push(chunk);
  expect(server.seen[0]?.body).toEqual({
    model: 'kimi-k2',
    messages: [
      { role: 'system', content: 's' },
      { role: 'user', content: 'hello' },
    ],
    stop: ['X'],
    max_tokens: 9,
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(chunks.map((chunk) => chunk.raw?.['id'])).toEqual(['up', 'up']);
});

test('effort fills what the caller left open and nothing else', async () => {
  const { provider, server } = await setUp((_request, response) => sendJson(response, 200, MESSAGE), CLAUDE);
  await provider.generate(helloCall({ model: 'claude-haiku-4-5', effort: 1 }));
  await provider.generate(helloCall({ model: 'claude-haiku-4-5', effort: 0 }, { max_tokens: 50 }));
  expect(server.seen[0]?.body).toMatchObject({ max_tokens: 8192, thinking: { type: 'enabled', budget_tokens: 6144 } });
  expect(server.seen[0]?.body).not.toHaveProperty('temperature');
  expect(server.seen[1]?.body).toMatchObject({ max_tokens: 50, temperature: 0.3 });
});

test('what the target’s dialect cannot say is the caller’s error, and nothing is sent', async () => {
  const { provider, server } = await setUp(() => {}, CLAUDE);
  const audio = [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }];
  const failure = await failureOf(provider.generate(helloCall({}, { messages: audio })));
  expect(failure).toMatchObject({ class: 'invalid_request' });
  expect(failure.message).toContain('input_audio');
  expect(server.seen).toHaveLength(0);
});
