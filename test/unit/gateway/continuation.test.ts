import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continueRequest } from '../../../electron/engine/gateway/continuation.ts';
import { lastWord } from '../../../electron/engine/gateway/last-word.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';

const REQUEST = parseOpenAiRequest({ model: 'auto', messages: [{ role: 'user', content: 'Tell me.' }] });

function shown(text: string, prefill: boolean): string | undefined {
  const { request } = continueRequest(REQUEST, { text, toolCall: false }, { prefill }, false);
  const part = request.messages.find(({ role }) => role === 'assistant')?.content[0];
  return part?.type === 'text' ? part.text : undefined;
}

describe('what the next provider is shown of an answer that broke off', () => {
  it.each([
    ['prefilled, all of it but white space at its end', 'Hello wor', true, 'Hello wor'],
    ['prefilled, all of it but white space at its end', 'Hello \n', true, 'Hello'],
    ['asked in words, up to the last word', 'Hello wor', false, 'Hello'],
    ['asked in words, all of it where a word has ended', 'Hello wor ', false, 'Hello wor'],
    ['asked in words, all of it where there is one word', 'Hello', false, 'Hello'],
    ['asked in words, all of it in a script without spaces', '今日は 天気', false, '今日は 天気'],
  ])('is, %s', (_, text, prefill, expected) => {
    expect(shown(text, prefill)).toBe(expected);
  });

  it('begins anew where nothing that shows was sent', () => {
    expect(continueRequest(REQUEST, { text: ' \n', toolCall: false }, { prefill: true }, false)).toEqual({
      request: REQUEST,
      strategy: 'restart',
    });
  });

  it('is never more than was sent, nor empty', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => text.trim() !== ''),
        (text) => {
          const part = shown(text, false) ?? '';
          expect(part).not.toBe('');
          expect(text.startsWith(part)).toBe(true);
          expect(text.endsWith(lastWord(text))).toBe(true);
        },
      ),
    );
  });
});
