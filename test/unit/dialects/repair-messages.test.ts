import { describe, expect, it } from 'vitest';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { renderAnthropicRequest } from '../../../electron/engine/dialects/anthropic/render-request.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';
import { openTarget } from '../../support/dialects-targets.ts';

function passed(messages: JsonObject[]) {
  const request = parseAnthropicRequest({ model: 'auto', max_tokens: 100, messages });
  const { body, adjusted } = renderAnthropicRequest(request, openTarget());
  return { messages: body['messages'], adjusted };
}

describe('a conversation that another vendor answered in part, for Claude', () => {
  it('has ids of tool calls that Claude takes, the same in call and result, and no unsigned thinking', () => {
    const turns: JsonObject[] = [
      { role: 'user', content: 'What is the weather?' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Look it up.', signature: '' },
          { type: 'tool_use', id: 'functions.get_weather:0', name: 'get_weather', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'functions.get_weather:0',
            content: 'sun',
            cache_control: { type: 'ephemeral' },
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
        ],
      },
    ];
    expect(passed(turns)).toEqual({
      messages: [
        turns[0],
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'functions_get_weather_0', name: 'get_weather', input: {} }],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'functions_get_weather_0',
              content: 'sun',
              cache_control: { type: 'ephemeral' },
            },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
          ],
        },
      ],
      adjusted: [
        'earlier reasoning of another vendor left out of the conversation',
        'ids of another vendor’s tool calls rewritten',
      ],
    });
  });

  it('loses a turn that was nothing but such thinking', () => {
    const turns: JsonObject[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: '' }] },
      { role: 'user', content: 'Well?' },
    ];
    expect(passed(turns).messages).toEqual([turns[0], turns[2]]);
  });

  it('is left as it is where Claude answered', () => {
    const turns: JsonObject[] = [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
          { type: 'tool_use', id: 'toolu_01', name: 'f', input: {} },
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01', content: '  ' }] },
    ];
    expect(passed(turns)).toEqual({ messages: turns, adjusted: [] });
  });
});
