import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnthropicBodyCollector } from '../../../electron/engine/dialects/anthropic/collect-body.ts';
import type { BodyCollector } from '../../../electron/engine/dialects/body-collector.ts';
import { MalformedAnswer } from '../../../electron/engine/dialects/malformed-answer.ts';
import { createOpenAiBodyCollector } from '../../../electron/engine/dialects/openai/collect-body.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';

function collect(collector: BodyCollector, chunks: readonly JsonObject[]): JsonObject {
  const before = JSON.stringify(chunks);
  for (const chunk of chunks) collector.add(chunk);
  const body = collector.body();
  expect(JSON.stringify(chunks)).toBe(before);
  return body;
}

const HEAD = { id: 'up', object: 'chat.completion.chunk', created: 7, model: 'm' };
const openAi = (chunks: readonly JsonObject[]) => collect(createOpenAiBodyCollector({}), chunks);
const delta = (content: JsonObject, choice: JsonObject = {}, top: JsonObject = {}): JsonObject => ({
  ...HEAD,
  choices: [{ index: 0, delta: content, logprobs: null, finish_reason: null, ...choice }],
  ...top,
});
const END = delta({}, { finish_reason: 'stop' });

describe('chunks of a chat completion', () => {
  it('make the answer, with top-level fields that nobody here knows', () => {
    const body = openAi([
      delta({ role: 'assistant', content: '' }, {}, { system_fingerprint: 'fp', usage: null, obfuscation: 'x1' }),
      delta({ content: 'Hel' }, {}, { obfuscation: 'y' }),
      delta({ role: 'assistant', content: 'lo' }, {}, { system_fingerprint: null, service_tier: 'default' }),
      END,
      { ...HEAD, id: '', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 }, citations: ['a', 'b'] },
    ]);
    expect(body).toEqual({
      id: 'up',
      object: 'chat.completion',
      created: 7,
      model: 'm',
      system_fingerprint: 'fp',
      service_tier: 'default',
      citations: ['a', 'b'],
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    });
  });

  it('join what comes in pieces and keep what is said once, known here or not', () => {
    const token = (text: string) => ({ token: text, logprob: -1, bytes: null, top_logprobs: [] });
    const body = openAi([
      delta({ content: 'a', reasoning: 'th', mood: 'gl' }, { logprobs: { content: [token('a')] }, token_ids: [1] }),
      delta(
        { content: 'b', reasoning: 'ink', mood: 'ad', refusal: null, confidence: 0.5 },
        { logprobs: { content: [token('b')], refusal: null }, token_ids: [2, 3] },
      ),
      delta({ annotations: [{ type: 'url_citation' }] }, { finish_reason: 'stop', stop_reason: 128_009 }),
    ]);
    expect(body['choices']).toEqual([
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'ab',
          refusal: null,
          reasoning: 'think',
          mood: 'glad',
          confidence: 0.5,
          annotations: [{ type: 'url_citation' }],
        },
        logprobs: { content: [token('a'), token('b')], refusal: null },
        token_ids: [1, 2, 3],
        finish_reason: 'stop',
        stop_reason: 128_009,
      },
    ]);
  });

  it('make tool calls in their order, however they come mixed, and whoever repeats their names', () => {
    const call = (index: number, json: string) => ({
      index,
      id: `call_${index}`,
      type: 'function',
      function: { name: `f${index}`, arguments: json },
    });
    const body = openAi([
      delta({ role: 'assistant', content: '' }),
      delta({ tool_calls: [call(1, '{"b"'), call(0, '{"a":')] }),
      delta({ tool_calls: [{ index: 0, id: '', function: { name: null, arguments: '1}' } }] }),
      delta({ tool_calls: [call(1, ':2}')] }),
      delta({}, { finish_reason: 'tool_calls' }),
    ]);
    expect(body['choices']).toMatchObject([
      {
        message: {
          content: null,
          tool_calls: [
            { id: 'call_0', type: 'function', function: { name: 'f0', arguments: '{"a":1}' } },
            { id: 'call_1', type: 'function', function: { name: 'f1', arguments: '{"b":2}' } },
          ],
        },
      },
    ]);
    expect(JSON.stringify(body['choices'])).not.toContain('"index":1');
  });

  it('may report usage inside the last choice', () => {
    const body = openAi([delta({ content: 'a' }), delta({}, { finish_reason: 'stop', usage: { prompt_tokens: 9 } })]);
    expect(body['usage']).toEqual({ prompt_tokens: 9 });
    expect(body['choices']).not.toHaveProperty([0, 'usage']);
  });

  it('have what the server’s messages hold even where they are empty', () => {
    const body = collect(createOpenAiBodyCollector({ reasoning: null, tool_calls: [] }), [
      delta({ content: 'a' }),
      END,
    ]);
    expect(body['choices']).toMatchObject([{ message: { content: 'a', reasoning: null, tool_calls: [] } }]);
  });

  it('make the same answer wherever they are cut', () => {
    const pieces = fc.array(fc.string(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pieces, pieces, pieces, (text, thinking, json) => {
        const start = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } };
        const body = openAi([
          ...thinking.map((reasoning) => delta({ reasoning })),
          ...text.map((content) => delta({ content })),
          delta({ tool_calls: [start] }),
          ...json.map((part) => delta({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
        ]);
        expect(body['choices']).toMatchObject([
          {
            message: {
              content: text.join('') || null,
              reasoning: thinking.join(''),
              tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: json.join('') } }],
            },
          },
        ]);
      }),
    );
  });
});

const START: JsonObject = {
  type: 'message_start',
  message: {
    id: 'msg',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    container: null,
    usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 1, service_tier: 'standard' },
  },
};
const anthropic = (events: readonly JsonObject[]) => collect(createAnthropicBodyCollector(), [START, ...events]);
const block = (index: number, content: JsonObject, ...deltas: JsonObject[]): JsonObject[] => [
  { type: 'content_block_start', index, content_block: content },
  ...deltas.map((part) => ({ type: 'content_block_delta', index, delta: part })),
  { type: 'content_block_stop', index },
];
const stop = (reason: string, rest: JsonObject = {}): JsonObject => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null },
  usage: { input_tokens: null, output_tokens: 9, server_tool_use: null },
  ...rest,
});
const toolUse = (id: string): JsonObject => ({
  type: 'tool_use',
  id,
  name: 'f',
  input: {},
  caller: { type: 'direct' },
});
const json = (text: string): JsonObject => ({ type: 'input_json_delta', partial_json: text });

describe('events of a message', () => {
  it('make the message: the first one is its base, the last one its end and the usage', () => {
    const body = anthropic([
      { type: 'ping' },
      ...block(0, { type: 'text', text: '' }, { type: 'text_delta', text: 'Hel' }, { type: 'text_delta', text: 'lo' }),
      stop('end_turn', {
        delta: { stop_reason: 'end_turn', stop_sequence: null, container: { id: 'box' } },
        context_management: { applied_edits: [] },
      }),
      { type: 'message_stop' },
    ]);
    expect(body).toEqual({
      id: 'msg',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      container: { id: 'box' },
      context_management: { applied_edits: [] },
      usage: {
        input_tokens: 5,
        cache_read_input_tokens: 4,
        output_tokens: 9,
        service_tier: 'standard',
        server_tool_use: null,
      },
    });
  });

  it.each<{ name: string; events: JsonObject[]; content: JsonObject }>([
    {
      name: 'thinking and its signature',
      events: block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'I ' },
        { type: 'thinking_delta', thinking: 'see' },
        { type: 'signature_delta', signature: 'c2ln' },
      ),
      content: { type: 'thinking', thinking: 'I see', signature: 'c2ln' },
    },
    {
      name: 'redacted thinking',
      events: block(0, { type: 'redacted_thinking', data: 'xyz' }),
      content: { type: 'redacted_thinking', data: 'xyz' },
    },
    {
      name: 'citations',
      events: block(
        0,
        { type: 'text', text: '', citations: null },
        { type: 'citations_delta', citation: { cited_text: 'a' } },
        { type: 'text_delta', text: 'A.' },
        { type: 'citations_delta', citation: { cited_text: 'b' } },
      ),
      content: { type: 'text', text: 'A.', citations: [{ cited_text: 'a' }, { cited_text: 'b' }] },
    },
    {
      name: 'a tool call',
      events: block(0, toolUse('t'), json(''), json('{"x"'), json(':[1]}')),
      content: { ...toolUse('t'), input: { x: [1] } },
    },
    { name: 'a tool call without arguments', events: block(0, toolUse('t'), json('')), content: toolUse('t') },
    {
      name: 'a call of a tool of the vendor’s own',
      events: block(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }, json('{"query":"q"}')),
      content: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
    },
    {
      name: 'a block that nobody here knows',
      events: block(0, { type: 'web_search_tool_result', content: [{ url: 'u' }] }),
      content: { type: 'web_search_tool_result', content: [{ url: 'u' }] },
    },
    {
      name: 'a compaction',
      events: block(0, { type: 'compaction', content: null }, { type: 'compaction_delta', content: 'short' }),
      content: { type: 'compaction', content: 'short' },
    },
  ])('make $name', ({ events, content }) => {
    expect(anthropic([...events, stop('tool_use')])['content']).toEqual([content]);
  });

  it('leave a call without arguments that the output limit cut', () => {
    expect(anthropic([...block(0, toolUse('t'), json('{"x')), stop('max_tokens')])['content']).toEqual([toolUse('t')]);
  });

  it('make no answer of a call that is to be made with broken arguments', () => {
    expect(() => anthropic([...block(0, toolUse('t'), json('{"x')), stop('tool_use')])).toThrow(MalformedAnswer);
  });
});
