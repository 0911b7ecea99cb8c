import { describe, expect, it } from 'vitest';
import { begunBody, begunMessages } from '../../../electron/engine/gateway/begun-messages.ts';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';

const GOES_ON = { text: 'The beginning', prompt: null };
const ASKED = { text: 'The beginning', prompt: 'Go on.' };

describe('a conversation with a begun answer, in the caller’s own words', () => {
  const user = {
    role: 'user',
    name: 'ada',
    content: [{ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }],
  };

  it('keeps every part and field that only this dialect knows', () => {
    const request = parseOpenAiRequest({ model: 'auto', messages: [user], max_tokens: 100 });
    expect(begunBody(request, GOES_ON, 60)).toEqual({
      model: 'auto',
      max_tokens: 100,
      messages: [user, { role: 'assistant', content: 'The beginning' }],
      continue_final_message: true,
      add_generation_prompt: false,
    });
    expect(begunBody(request, ASKED, 60)['messages']).toEqual([
      user,
      { role: 'assistant', content: 'The beginning' },
      { role: 'user', content: 'Go on.' },
    ]);
  });

  it('of Anthropic’s dialect has what is left of the limit, and no thinking before a begun message', () => {
    const raw: JsonObject = {
      model: 'auto',
      max_tokens: 100,
      thinking: { type: 'enabled', budget_tokens: 2000 },
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const request = parseAnthropicRequest(raw);
    expect(begunBody(request, GOES_ON, 60)).toMatchObject({ max_tokens: 60 });
    expect(begunBody(request, GOES_ON, 60)).not.toHaveProperty('thinking');
    expect(begunBody(request, ASKED, 60)['thinking']).toEqual(raw['thinking']);
    expect(request.raw).toEqual(raw);
  });

  it.each([
    ['a text', 'Sure: ', 'Sure: The beginning'],
    ['a list', [{ type: 'text', text: 'Sure: ' }], [{ type: 'text', text: 'Sure: The beginning' }]],
    ['no text', [{ type: 'image' }], [{ type: 'image' }, { type: 'text', text: 'The beginning' }]],
  ])('is one message with what the caller had begun as %s', (_, content, expected) => {
    const request = {
      ...parseOpenAiRequest({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] }),
      raw: { messages: [user, { role: 'assistant', content }], continue_final_message: true },
    };
    expect(begunBody(request, ASKED, null)).toEqual({
      messages: [user, { role: 'assistant', content: expected }, { role: 'user', content: 'Go on.' }],
    });
  });
});

describe('a conversation with a begun answer, for the other dialect', () => {
  it('is one turn with what the caller had begun', () => {
    const { messages } = parseOpenAiRequest({
      model: 'auto',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Sure: ' },
      ],
    });
    expect(begunMessages(messages, GOES_ON)).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Sure: The beginning' }] },
    ]);
  });
});
