import { describe, expect, test } from 'vitest';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { InvalidRequest } from '../../../electron/engine/dialects/invalid-request.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';

const HELLO: JsonObject = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };

describe('an OpenAI request', () => {
  test.each<[string, JsonObject, string]>([
    ['no model', { messages: HELLO['messages'] ?? [] }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['empty messages', { model: 'm', messages: [] }, 'messages'],
    ['an unknown role', { model: 'm', messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    ['content of the wrong type', { model: 'm', messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    ['a text temperature', { ...HELLO, temperature: 'hot' }, 'temperature'],
    ['a limit of zero', { ...HELLO, max_tokens: 0 }, 'max_tokens'],
    ['several choices', { ...HELLO, n: 2 }, 'n'],
    ['a nonsense tool choice', { ...HELLO, tool_choice: 'sometimes' }, 'tool_choice'],
    ['a nonsense response format', { ...HELLO, response_format: { type: 'xml' } }, 'response_format.type'],
    [
      'an image of no known kind',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'ftp://x' } }] }] },
      'messages[0].content[0].image_url.url',
    ],
  ])('with %s is refused and the field is named', (_name, body, param) => {
    expect(() => parseOpenAiRequest(body)).toThrow(InvalidRequest);
    try {
      parseOpenAiRequest(body);
    } catch (error) {
      expect((error as InvalidRequest).param).toBe(param);
      expect((error as InvalidRequest).message).toContain(param);
    }
  });

  test('gathers system and developer text and joins tool results into one turn', () => {
    const request = parseOpenAiRequest({
      model: 'm',
      messages: [
        { role: 'system', content: 'a' },
        { role: 'developer', content: 'b' },
        { role: 'user', content: 'q' },
        {
          role: 'assistant',
          content: null,
          reasoning: 'hm',
          tool_calls: [
            { id: '1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            { id: '2', type: 'function', function: { name: 'g', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: '1', content: 'one' },
        { role: 'tool', tool_call_id: '2', content: 'two' },
      ],
    });
    expect(request.system).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
    expect(request.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'q' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', text: 'hm', signature: null },
          { type: 'tool_use', id: '1', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: '2', name: 'g', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', toolUseId: '1', content: [{ type: 'text', text: 'one' }], isError: false },
          { type: 'tool_result', toolUseId: '2', content: [{ type: 'text', text: 'two' }], isError: false },
        ],
      },
    ]);
  });

  test('prefers max_completion_tokens and reads a single stop text', () => {
    const request = parseOpenAiRequest({ ...HELLO, max_tokens: 5, max_completion_tokens: 7, stop: 'END' });
    expect(request.maxTokens).toBe(7);
    expect(request.stop).toEqual(['END']);
  });
});

describe('an Anthropic request', () => {
  const BODY: JsonObject = { ...HELLO, max_tokens: 10 };

  test.each<[string, JsonObject, string]>([
    ['no output limit', HELLO, 'max_tokens'],
    ['a tool without a schema', { ...BODY, tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
    ['a nonsense tool choice', { ...BODY, tool_choice: { type: 'maybe' } }, 'tool_choice.type'],
  ])('with %s is refused and the field is named', (_name, body, param) => {
    expect(() => parseAnthropicRequest(body)).toThrow(param);
  });

  test('keeps cache marks, error results, thinking blocks and effort', () => {
    const request = parseAnthropicRequest({
      ...BODY,
      system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'sig' },
            { type: 'redacted_thinking', data: 'xx' },
            { type: 'tool_use', id: 't', name: 'f', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'boom', is_error: true }] },
        { role: 'user', content: [{ type: 'document', source: {} }] },
      ],
      thinking: { type: 'enabled', budget_tokens: 2048 },
      output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      metadata: { user_id: 'u' },
    });
    expect(request.system[0]).toEqual({ type: 'text', text: 's', cacheControl: { type: 'ephemeral', ttl: '1h' } });
    expect(request.messages[1]?.content.map((part) => part.type)).toEqual(['tool_result', 'opaque']);
    expect(request).toMatchObject({
      thinking: { type: 'enabled', budgetTokens: 2048 },
      reasoningEffort: 'high',
      toolChoice: { type: 'required' },
      parallelToolCalls: false,
      user: 'u',
    });
  });
});
