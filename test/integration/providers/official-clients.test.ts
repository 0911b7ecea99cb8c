import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { renderAnthropicAnswer } from '../../../electron/engine/dialects/anthropic/render-answer.ts';
import { createAnthropicStreamWriter } from '../../../electron/engine/dialects/anthropic/stream-writer.ts';
import { renderAnthropicError, renderOpenAiError } from '../../../electron/engine/dialects/errors.ts';
import { renderOpenAiAnswer } from '../../../electron/engine/dialects/openai/render-answer.ts';
import { createOpenAiStreamWriter } from '../../../electron/engine/dialects/openai/stream-writer.ts';
import type { StreamWriter } from '../../../electron/engine/dialects/stream-writer.ts';
import type { ChatAnswer } from '../../../electron/engine/dialects/types.ts';
import { eventsOf } from '../../support/dialects-arbitraries.ts';
import { beginStream, sendJson, startServer } from '../../support/providers-server.ts';

const ANSWER: ChatAnswer = {
  id: 'up',
  model: 'up',
  content: [
    { type: 'thinking', text: 'Let me see.', signature: null },
    { type: 'text', text: 'It is sunny in Zürich ☀️.' },
    { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Zürich' } },
    { type: 'tool_use', id: 'call_2', name: 'time', input: {} },
  ],
  finishReason: 'tool_calls',
  stopSequence: null,
  usage: {
    input_tokens: 20,
    cache_read_tokens: 5,
    cache_write_tokens: 0,
    output_tokens: 9,
    reasoning_tokens: 3,
    estimated: false,
  },
  raw: null,
};
const AS = { id: 'sy-1', model: 'kimi-k2' };
const MESSAGES = [{ role: 'user' as const, content: 'weather?' }];

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close();
});

async function serve(handler: Parameters<typeof startServer>[0]) {
  const server = await startServer(handler);
  cleanup.push(() => server.close());
  return {
    openai: new OpenAI({ apiKey: 'k', baseURL: `${server.origin}/v1`, maxRetries: 0, logLevel: 'off' }),
    anthropic: new Anthropic({ apiKey: 'k', baseURL: server.origin, maxRetries: 0, logLevel: 'off' }),
  };
}

function streamText(writer: StreamWriter): string {
  const events = eventsOf(ANSWER, 4).map((event) => writer.write(event));
  return writer.ping() + events.join(writer.ping()) + writer.end();
}

describe('the openai client', () => {
  test('reads our whole answer', async () => {
    const { openai } = await serve((_request, response) =>
      sendJson(response, 200, renderOpenAiAnswer(ANSWER, { ...AS, created: 1 })),
    );
    const answer = await openai.chat.completions.create({ model: 'auto', messages: MESSAGES });
    expect(answer).toMatchObject({
      id: 'sy-1',
      model: 'kimi-k2',
      usage: { prompt_tokens: 20, total_tokens: 29, prompt_tokens_details: { cached_tokens: 5 } },
    });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: 'It is sunny in Zürich ☀️.' },
    });
    expect(
      answer.choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments),
    ).toEqual(['{"city":"Zürich"}', '{}']);
  });

  test('reads our stream with its accumulating helper', async () => {
    const writer = createOpenAiStreamWriter({ ...AS, created: 1, includeUsage: true });
    const { openai } = await serve((_request, response) => {
      beginStream(response, streamText(writer));
      response.end();
    });
    const run = openai.chat.completions.stream({
      model: 'auto',
      messages: MESSAGES,
      stream_options: { include_usage: true },
    });
    const answer = await run.finalChatCompletion();
    expect(answer).toMatchObject({ id: 'sy-1', model: 'kimi-k2', usage: { completion_tokens: 9 } });
    expect(answer.choices[0]?.message.content).toBe('It is sunny in Zürich ☀️.');
    expect(answer.choices[0]?.message.tool_calls).toHaveLength(2);
  });

  test.each([
    [400, 'invalid_request', OpenAI.BadRequestError],
    [401, 'unauthorized', OpenAI.AuthenticationError],
    [404, 'model_not_found', OpenAI.NotFoundError],
    [429, 'rate_limited', OpenAI.RateLimitError],
    [502, 'upstream_failure', OpenAI.InternalServerError],
  ] as const)('raises its own exception for %d', async (status, code, exception) => {
    const { openai } = await serve((_request, response) =>
      sendJson(response, status, renderOpenAiError({ status, code, message: 'No.', requestId: 'r' })),
    );
    const error: unknown = await openai.chat.completions
      .create({ model: 'auto', messages: MESSAGES })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(exception);
    expect(error).toMatchObject({ status, code });
  });

  test('raises an error inside a stream', async () => {
    const writer = createOpenAiStreamWriter({ ...AS, created: 1, includeUsage: false });
    const text =
      writer.write({ type: 'text', index: 0, text: 'half' }) +
      writer.error({ status: 502, code: 'upstream_failure', message: 'It broke.', requestId: 'r' });
    const { openai } = await serve((_request, response) => {
      beginStream(response, text);
      response.end();
    });
    const stream = await openai.chat.completions.create({ model: 'auto', messages: MESSAGES, stream: true });
    const seen: string[] = [];
    const error: unknown = await (async () => {
      for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
    })().catch((thrown: unknown) => thrown);
    expect(seen).toEqual(['half']);
    expect(error).toMatchObject({ code: 'upstream_failure' });
  });
});

describe('the anthropic client', () => {
  const ask = { model: 'auto', max_tokens: 100, messages: MESSAGES };

  test('reads our whole answer', async () => {
    const { anthropic } = await serve((_request, response) =>
      sendJson(response, 200, renderAnthropicAnswer(ANSWER, AS)),
    );
    const answer = await anthropic.messages.create(ask);
    expect(answer).toMatchObject({
      id: 'sy-1',
      model: 'kimi-k2',
      stop_reason: 'tool_use',
      usage: { input_tokens: 15, cache_read_input_tokens: 5 },
    });
    expect(answer.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
  });

  test('reads our stream with its accumulating helper', async () => {
    const { anthropic } = await serve((_request, response) => {
      beginStream(response, streamText(createAnthropicStreamWriter(AS)));
      response.end();
    });
    const answer = await anthropic.messages.stream(ask).finalMessage();
    expect(answer).toMatchObject({
      id: 'sy-1',
      model: 'kimi-k2',
      stop_reason: 'tool_use',
      usage: { input_tokens: 15, output_tokens: 9 },
    });
    expect(answer.content.map((block) => (block.type === 'tool_use' ? block.input : block.type))).toEqual([
      'thinking',
      'text',
      { city: 'Zürich' },
      {},
    ]);
  });

  test.each([
    [400, Anthropic.BadRequestError, 'invalid_request_error'],
    [401, Anthropic.AuthenticationError, 'authentication_error'],
    [404, Anthropic.NotFoundError, 'not_found_error'],
    [429, Anthropic.RateLimitError, 'rate_limit_error'],
    [502, Anthropic.InternalServerError, 'api_error'],
  ] as const)('raises its own exception for %d', async (status, exception, type) => {
    const { anthropic } = await serve((_request, response) =>
      sendJson(response, status, renderAnthropicError({ status, code: 'x', message: 'No.', requestId: 'r' })),
    );
    const error: unknown = await anthropic.messages.create(ask).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(exception);
    expect(error).toMatchObject({ status, type });
  });

  test('raises an error inside a stream', async () => {
    const writer = createAnthropicStreamWriter(AS);
    const text =
      writer.write({ type: 'text', index: 0, text: 'half' }) +
      writer.error({ status: 529, code: 'upstream_failure', message: 'Busy.', requestId: 'r' });
    const { anthropic } = await serve((_request, response) => {
      beginStream(response, text);
      response.end();
    });
    const error: unknown = await anthropic.messages
      .stream(ask)
      .finalMessage()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'overloaded_error' });
  });
});
