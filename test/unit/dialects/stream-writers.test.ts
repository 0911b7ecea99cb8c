import { describe, expect, test } from 'vitest';
import { createAnthropicStreamReader } from '../../../electron/engine/dialects/anthropic/stream-reader.ts';
import { createAnthropicStreamWriter } from '../../../electron/engine/dialects/anthropic/stream-writer.ts';
import { parseOpenAiAnswer } from '../../../electron/engine/dialects/openai/parse-answer.ts';
import { createOpenAiStreamReader } from '../../../electron/engine/dialects/openai/stream-reader.ts';
import { createOpenAiStreamWriter } from '../../../electron/engine/dialects/openai/stream-writer.ts';
import type { StreamReader } from '../../../electron/engine/dialects/openai/stream-reader.ts';
import type { PassableChunk, StreamWriter } from '../../../electron/engine/dialects/stream-writer.ts';
import type { ChatEvent, JsonObject } from '../../../electron/engine/dialects/types.ts';
import { framesOf } from '../../support/dialects-frames.ts';

const ERROR = { status: 502, code: 'upstream_failure', message: 'It broke.', requestId: 'r1' };
const USAGE = {
  input_tokens: 10,
  cache_read_tokens: 4,
  cache_write_tokens: 0,
  output_tokens: 3,
  reasoning_tokens: 0,
  estimated: false,
};

function openAiWriter(includeUsage = false): StreamWriter {
  return createOpenAiStreamWriter({ id: 'sy-1', model: 'served', created: 5, includeUsage });
}

function anthropicWriter(): StreamWriter {
  return createAnthropicStreamWriter({ id: 'sy-1', model: 'served' });
}

function chunk(reader: StreamReader, raw: JsonObject, rawEvent: string | null = null): PassableChunk {
  return { events: reader.read(raw), raw, rawEvent };
}

describe('any writer', () => {
  test.each([
    ['openai', openAiWriter],
    ['anthropic', anthropicWriter],
  ])('%s: an answer without a finish reason ends as an error, never as complete', (_name, create) => {
    const writer = create();
    writer.write({ type: 'start', id: 'x', model: 'y' });
    writer.write({ type: 'text', index: 0, text: 'half an' });
    const end = writer.end();
    expect(end).toContain('upstream_failure');
    expect(end).not.toContain('[DONE]');
    expect(end).not.toContain('message_stop');
  });

  test.each([
    ['openai', openAiWriter],
    ['anthropic', anthropicWriter],
  ])('%s: nothing is sent before the first token', (_name, create) => {
    const writer = create();
    expect(writer.write({ type: 'start', id: 'x', model: 'y' })).toBe('');
    expect(writer.write({ type: 'usage', usage: USAGE })).toBe('');
  });
});

describe('the OpenAI writer', () => {
  test('shows usage only to the caller who asked, in a chunk of its own', () => {
    const events: ChatEvent[] = [
      { type: 'text', index: 0, text: 'hi' },
      { type: 'finish', reason: 'stop', stopSequence: null },
      { type: 'usage', usage: USAGE },
    ];
    const shown = openAiWriter(true);
    const frames = framesOf(events.map((event) => shown.write(event)).join('') + shown.end());
    expect(frames[0]?.data?.['usage']).toBeNull();
    expect(frames.at(-2)?.data).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13, prompt_tokens_details: { cached_tokens: 4 } },
    });
    expect(frames.at(-1)?.data).toBeNull();
    const hidden = openAiWriter(false);
    expect(events.map((event) => hidden.write(event)).join('') + hidden.end()).not.toContain('usage');
  });

  test('gives a call without arguments an empty object', () => {
    const writer = openAiWriter();
    const text =
      writer.write({ type: 'tool_call_start', index: 1, id: 'c', name: 'f' }) +
      writer.write({ type: 'finish', reason: 'tool_calls', stopSequence: null });
    expect(text).toContain(String.raw`"arguments":"{}"`);
  });

  test('passes chunks with its own id and model, and can write on from there', () => {
    const reader = createOpenAiStreamReader({ reasoningOnTop: false });
    const writer = openAiWriter();
    const first = chunk(reader, {
      id: 'up',
      model: 'upstream',
      custom: 1,
      usage: null,
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' } }],
    });
    expect(framesOf(writer.pass(first) ?? '')[0]?.data).toEqual({
      id: 'sy-1',
      model: 'served',
      custom: 1,
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' } }],
    });
    const written = framesOf(writer.write({ type: 'text', index: 0, text: 'lo' }))[0]?.data;
    expect(written).toMatchObject({ id: 'sy-1', choices: [{ delta: { content: 'lo' } }] });
    expect(JSON.stringify(written)).not.toContain('role');
    expect(writer.pass(chunk(reader, { choices: [] }))).toBeNull();
  });

  test('hides a passed usage chunk the caller did not ask for, and does not repeat one it did', () => {
    const raw: JsonObject = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } };
    const done: JsonObject = { choices: [{ delta: {}, finish_reason: 'stop' }] };
    for (const asked of [false, true]) {
      const reader = createOpenAiStreamReader({ reasoningOnTop: false });
      const writer = openAiWriter(asked);
      writer.pass(chunk(reader, done));
      expect((writer.pass(chunk(reader, raw)) ?? '').includes('prompt_tokens')).toBe(asked);
      expect(writer.end()).toBe('data: [DONE]\n\n');
    }
  });

  test('an error is a data frame with no [DONE]', () => {
    const text = openAiWriter().error(ERROR);
    expect(framesOf(text)[0]?.data).toEqual({
      error: { message: 'It broke.', type: 'server_error', param: null, code: 'upstream_failure', request_id: 'r1' },
    });
    expect(text).not.toContain('[DONE]');
  });
});

describe('the Anthropic writer', () => {
  test('holds a parallel call back until the open one is whole', () => {
    const writer = anthropicWriter();
    const events: ChatEvent[] = [
      { type: 'tool_call_start', index: 0, id: 'a', name: 'f' },
      { type: 'tool_call_arguments', index: 0, json: '{"x"' },
      { type: 'tool_call_start', index: 1, id: 'b', name: 'g' },
      { type: 'tool_call_arguments', index: 1, json: '{}' },
      { type: 'tool_call_arguments', index: 0, json: ':1}' },
      { type: 'finish', reason: 'tool_calls', stopSequence: null },
    ];
    const frames = framesOf(events.map((event) => writer.write(event)).join('') + writer.end());
    expect(frames.map((frame) => `${frame.event} ${JSON.stringify(frame.data?.['index']) ?? ''}`.trim())).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'message_delta',
      'message_stop',
    ]);
  });

  test('reports fresh input tokens without the cached ones, and the stop sequence', () => {
    const writer = anthropicWriter();
    writer.write({ type: 'text', index: 0, text: 'x' });
    writer.write({ type: 'usage', usage: USAGE });
    writer.write({ type: 'finish', reason: 'stop_sequence', stopSequence: 'END' });
    expect(framesOf(writer.end())[0]?.data).toMatchObject({
      delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
      usage: { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 3 },
    });
  });

  test('a second provider goes on in the same text block', () => {
    const writer = anthropicWriter();
    const text = [
      { type: 'start', id: 'p', model: 'p' },
      { type: 'text', index: 0, text: 'one ' },
      { type: 'start', id: 'q', model: 'q' },
      { type: 'text', index: 0, text: 'two' },
      { type: 'block_stop', index: 0 },
      { type: 'finish', reason: 'stop', stopSequence: null },
    ] satisfies ChatEvent[];
    const frames = framesOf(text.map((event) => writer.write(event)).join('') + writer.end());
    expect(frames.filter((frame) => frame.event === 'content_block_start')).toHaveLength(1);
    expect(frames.filter((frame) => frame.event === 'content_block_stop')).toHaveLength(1);
    expect(frames.filter((frame) => frame.event === 'message_start')).toHaveLength(1);
  });

  test('passes events through and takes over in the open block', () => {
    const reader = createAnthropicStreamReader();
    const writer = anthropicWriter();
    const start = writer.pass(
      chunk(
        reader,
        { type: 'message_start', message: { id: 'up', model: 'm', usage: { input_tokens: 1 }, extra: true } },
        'message_start',
      ),
    );
    expect(framesOf(start ?? '')[0]?.data).toEqual({
      type: 'message_start',
      message: { id: 'sy-1', model: 'served', usage: { input_tokens: 1 }, extra: true },
    });
    writer.pass(
      chunk(
        reader,
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        'content_block_start',
      ),
    );
    writer.pass(
      chunk(
        reader,
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'one ' } },
        'content_block_delta',
      ),
    );
    writer.write({ type: 'start', id: 'q', model: 'q' });
    const rest = framesOf(
      writer.write({ type: 'text', index: 0, text: 'two' }) +
        writer.write({ type: 'finish', reason: 'stop', stopSequence: null }) +
        writer.end(),
    );
    expect(rest.map((frame) => frame.event)).toEqual([
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  test('adds nothing after a passed message_stop', () => {
    const reader = createAnthropicStreamReader();
    const writer = anthropicWriter();
    writer.pass(chunk(reader, { type: 'message_start', message: {} }, 'message_start'));
    writer.pass(
      chunk(
        reader,
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
        'message_delta',
      ),
    );
    writer.pass(chunk(reader, { type: 'message_stop' }, 'message_stop'));
    expect(writer.end()).toBe('');
  });
});

describe('the OpenAI writer that goes on with a passed stream', () => {
  test('shows the usage of all, although some had been passed before', () => {
    const writer = openAiWriter(true);
    const reader = createOpenAiStreamReader({ reasoningOnTop: false });
    writer.pass(chunk(reader, { id: 'a', choices: [{ delta: { content: 'half' } }] }));
    writer.pass(chunk(reader, { id: 'a', choices: [], usage: { prompt_tokens: 5, completion_tokens: 1 } }));
    writer.write({ type: 'text', index: 0, text: ' and half' });
    writer.write({ type: 'usage', usage: USAGE });
    writer.write({ type: 'finish', reason: 'stop', stopSequence: null });
    const [last] = framesOf(writer.end());
    expect(last?.data).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 3 } });
  });
});

describe('the Anthropic writer that goes on with a passed stream', () => {
  test('says why it stopped although usage alone had been passed before', () => {
    const writer = anthropicWriter();
    const reader = createAnthropicStreamReader();
    const pass = (type: string, raw: JsonObject) => writer.pass(chunk(reader, { type, ...raw }, type));
    pass('message_start', { message: { id: 'a', model: 'b', usage: {} } });
    pass('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    pass('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'half' } });
    pass('message_delta', { delta: { stop_reason: null }, usage: { output_tokens: 1 } });
    writer.write({ type: 'text', index: 0, text: ' and half' });
    writer.write({ type: 'finish', reason: 'stop', stopSequence: null });
    expect(framesOf(writer.end()).map(({ data }) => data)).toMatchObject([
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ]);
  });
});

describe('the OpenAI reader', () => {
  test('reads both names of reasoning, vLLM’s stop string, Moonshot’s usage and xAI’s reasoning on top', () => {
    const reader = createOpenAiStreamReader({ reasoningOnTop: true });
    const usage = {
      prompt_tokens: 5,
      completion_tokens: 2,
      cached_tokens: 3,
      completion_tokens_details: { reasoning_tokens: 7 },
    };
    const events = [
      { choices: [{ delta: { reasoning: 'a' } }] },
      { choices: [{ delta: { reasoning_content: 'b' } }] },
      { choices: [{ delta: { content: 'c' }, finish_reason: 'stop', stop_reason: 'END', usage }] },
    ].flatMap((raw) => reader.read(raw));
    expect(events.map((event) => event.type)).toEqual([
      'start',
      'thinking',
      'thinking',
      'block_stop',
      'text',
      'block_stop',
      'finish',
      'usage',
    ]);
    expect(events).toContainEqual({ type: 'finish', reason: 'stop_sequence', stopSequence: 'END' });
    expect(events.at(-1)).toMatchObject({
      usage: { input_tokens: 5, cache_read_tokens: 3, output_tokens: 9, reasoning_tokens: 7 },
    });
  });

  test('reads what one of two names holds where the other is empty, streamed and whole', () => {
    const delta = { reasoning_content: '', reasoning: 'a', content: '', refusal: 'b' };
    const events = createOpenAiStreamReader({ reasoningOnTop: false }).read({ choices: [{ delta }] });
    expect(events).toContainEqual({ type: 'thinking', index: 0, text: 'a' });
    expect(events).toContainEqual({ type: 'text', index: 1, text: 'b' });
    const { content } = parseOpenAiAnswer(
      { choices: [{ message: { role: 'assistant', ...delta }, finish_reason: 'stop' }] },
      { reasoningOnTop: false },
    );
    expect(content).toEqual([
      { type: 'thinking', text: 'a', signature: null },
      { type: 'text', text: 'b' },
    ]);
  });

  test('a forced call that ends with "stop" is a tool call all the same', () => {
    const reader = createOpenAiStreamReader({ reasoningOnTop: false });
    const call = { index: 0, id: 'c', function: { name: 'f', arguments: '{}' } };
    const events = reader.read({ choices: [{ delta: { tool_calls: [call] }, finish_reason: 'stop' }] });
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool_calls', stopSequence: null });
  });
});
