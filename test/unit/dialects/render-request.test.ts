import { describe, expect, test } from 'vitest';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { renderAnthropicRequest } from '../../../electron/engine/dialects/anthropic/render-request.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import { renderOpenAiRequest } from '../../../electron/engine/dialects/openai/render-request.ts';
import { Untranslatable } from '../../../electron/engine/dialects/render-target.ts';
import type { RenderTarget } from '../../../electron/engine/dialects/render-target.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';
import { openTarget } from '../../support/dialects-targets.ts';

const HELLO: JsonObject = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };

function toAnthropic(body: JsonObject, target: Partial<RenderTarget> = {}) {
  return renderAnthropicRequest(parseOpenAiRequest(body), openTarget({ maximumTemperature: 1, ...target }));
}

function toOpenAi(body: JsonObject, target: Partial<RenderTarget> = {}) {
  return renderOpenAiRequest(parseAnthropicRequest({ max_tokens: 100, ...body }), openTarget(target));
}

describe('for Anthropic', () => {
  test('an output limit is always sent: 4096, or the model’s own when that is smaller', () => {
    expect(toAnthropic(HELLO).body['max_tokens']).toBe(4096);
    expect(toAnthropic(HELLO, { maximumOutputTokens: 1000 }).body['max_tokens']).toBe(1000);
    const lowered = toAnthropic({ ...HELLO, max_tokens: 9000 }, { maximumOutputTokens: 8192 });
    expect(lowered.body['max_tokens']).toBe(8192);
    expect(lowered.adjusted.join()).toContain('lowered from 9000 to 8192');
  });

  test('ids of tool calls are made acceptable, the same in call and result', () => {
    const { body } = toAnthropic({
      model: 'm',
      messages: [
        { role: 'user', content: 'q' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'functions.f:0', type: 'function', function: { name: 'f', arguments: 'not json' } }],
        },
        { role: 'tool', tool_call_id: 'functions.f:0', content: 'r' },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'functions_f_0', name: 'f', input: { input: 'not json' } }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions_f_0', content: 'r' }] },
    ]);
  });

  test('what it does not have is dropped and named', () => {
    const { body, adjusted } = toAnthropic({
      ...HELLO,
      seed: 1,
      temperature: 1.8,
      response_format: { type: 'json_object' },
      tools: [{ type: 'custom', custom: { name: 'grep' } }],
      stop: ['  ', 'END'],
    });
    expect(body).not.toHaveProperty('seed');
    expect(body['temperature']).toBe(1);
    expect(body['stop_sequences']).toEqual(['END']);
    expect(body['system']).toContain('JSON object');
    expect(adjusted).toHaveLength(5);
  });

  test('unsigned reasoning of another vendor is left out of the history', () => {
    const { body, adjusted } = toAnthropic({
      model: 'm',
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: 'a', reasoning_content: 'secret thoughts' },
        { role: 'user', content: 'q2' },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('secret thoughts');
    expect(adjusted).toEqual(['earlier reasoning of another vendor left out of the conversation']);
  });

  test('audio cannot be said and is never silently dropped', () => {
    const audio = { role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] };
    expect(() => toAnthropic({ model: 'm', messages: [audio] })).toThrow(Untranslatable);
  });
});

describe('thinking', () => {
  const cases: [string, JsonObject, Partial<RenderTarget>, JsonObject][] = [
    [
      'effort word → budget',
      { reasoning_effort: 'high', max_tokens: 8000 },
      { thinking: 'enabled' },
      { thinking: { type: 'enabled', budget_tokens: 6000 } },
    ],
    [
      'effort word → adaptive',
      { reasoning_effort: 'minimal' },
      { thinking: 'adaptive' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
    [
      'effort none → disabled',
      { reasoning_effort: 'none' },
      { thinking: 'adaptive' },
      { thinking: { type: 'disabled' } },
    ],
    [
      'effort none where it cannot be disabled',
      { reasoning_effort: 'none' },
      { thinking: 'adaptive', thinkingCanBeDisabled: false },
      { output_config: { effort: 'low' } },
    ],
    ['no room for a budget', { reasoning_effort: 'high', max_tokens: 1000 }, { thinking: 'enabled' }, {}],
    ['a model that does not think', { reasoning_effort: 'high' }, { thinking: 'none' }, {}],
  ];
  test.each(cases)('%s', (_name, extra, target, expected) => {
    const { body } = toAnthropic({ ...HELLO, ...extra }, target);
    expect({ thinking: body['thinking'], output_config: body['output_config'] }).toEqual({
      thinking: undefined,
      output_config: undefined,
      ...expected,
    });
  });

  test('a budget is translated for a model that takes none, in the same dialect too', () => {
    const request = parseAnthropicRequest({
      ...HELLO,
      max_tokens: 20_000,
      thinking: { type: 'enabled', budget_tokens: 16_384 },
      temperature: 0.5,
      unknown: 1,
    });
    const { body, adjusted } = renderAnthropicRequest(
      request,
      openTarget({ thinking: 'adaptive', temperatureExcludesThinking: true }),
    );
    expect(body).toEqual({
      ...HELLO,
      model: 'target-model',
      stream: false,
      max_tokens: 20_000,
      unknown: 1,
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
    expect(adjusted).toHaveLength(2);
  });

  test('a budget becomes an effort word for OpenAI', () => {
    const { body } = toOpenAi(
      { ...HELLO, thinking: { type: 'enabled', budget_tokens: 2000 } },
      { thinking: 'reasoning_effort' },
    );
    expect(body['reasoning_effort']).toBe('low');
  });

  test('a forced tool wins over thinking', () => {
    const tools = [{ name: 'f', input_schema: { type: 'object' } }];
    const request = parseAnthropicRequest({
      ...HELLO,
      max_tokens: 4000,
      tools,
      tool_choice: { type: 'any' },
      thinking: { type: 'enabled', budget_tokens: 2000 },
    });
    const { body } = renderAnthropicRequest(
      request,
      openTarget({ thinking: 'enabled', temperatureExcludesThinking: true }),
    );
    expect(body).not.toHaveProperty('thinking');
  });
});

describe('for OpenAI', () => {
  test('a stream always asks for usage and keeps the caller’s other options', () => {
    const request = parseOpenAiRequest({ ...HELLO, stream: true, stream_options: { include_obfuscation: false } });
    const { body } = renderOpenAiRequest(request, openTarget());
    expect(body['stream_options']).toEqual({ include_obfuscation: false, include_usage: true });
    expect(request.includeUsage).toBe(false);
  });

  test('refused parameters are dropped from a passed-through body and named', () => {
    const request = parseOpenAiRequest({
      ...HELLO,
      temperature: 0.1,
      stop: ['x'],
      logit_bias: { 5: 1 },
      max_tokens: 9,
    });
    const { body, adjusted } = renderOpenAiRequest(
      request,
      openTarget({ refusedParameters: ['temperature', 'stop'], maxTokensField: 'max_completion_tokens' }),
    );
    expect(body).toEqual({
      ...HELLO,
      model: 'target-model',
      stream: false,
      logit_bias: { 5: 1 },
      max_completion_tokens: 9,
    });
    expect(adjusted).toEqual([
      'temperature left out: target-model refuses it',
      'stop left out: target-model refuses it',
    ]);
  });

  test('messages missing from the raw body are written from the parsed form', () => {
    const request = parseOpenAiRequest(HELLO);
    const { messages: _messages, ...raw } = HELLO;
    const resumed = {
      ...request,
      raw,
      messages: [
        ...request.messages,
        { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'partly' }] },
      ],
    };
    expect(renderOpenAiRequest(resumed, openTarget()).body['messages']).toEqual([
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'partly' },
    ]);
  });

  test('pictures in a tool’s result follow in a user message; reasoning goes back under the fields the target reads', () => {
    const { body } = toOpenAi({
      model: 'm',
      messages: [
        { role: 'user', content: 'q' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 's' },
            { type: 'tool_use', id: 't', name: 'f', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'and now?' },
            {
              type: 'tool_result',
              tool_use_id: 't',
              content: [
                { type: 'text', text: 'r' },
                { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
              ],
            },
          ],
        },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'hm',
        tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 't', content: 'r' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'and now?' },
          { type: 'image_url', image_url: { url: 'https://x/y.png' } },
        ],
      },
    ]);
  });
});
