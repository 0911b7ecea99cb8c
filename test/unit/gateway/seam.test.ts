import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Seam } from '../../../electron/engine/gateway/seam.ts';

function join(sent: string, pieces: readonly string[], ownMessage: boolean): string {
  const seam = new Seam(sent, ownMessage);
  return sent + pieces.map((piece) => seam.push(piece)).join('') + seam.flush();
}

const SENT = 'A circuit breaker stops sending requests to a server that keeps failing, so that';

describe('the seam between two providers', () => {
  it.each([
    {
      name: 'a plain continuation',
      pieces: [' it can', ' recover.'],
      ownMessage: false,
      result: `${SENT} it can recover.`,
    },
    {
      name: 'a continuation in words that lacks the space',
      pieces: ['it can', ' recover.'],
      ownMessage: true,
      result: `${SENT} it can recover.`,
    },
    {
      name: 'the last words said again',
      pieces: ['keeps failing, ', 'so that it can recover.'],
      ownMessage: true,
      result: `${SENT} it can recover.`,
    },
    {
      name: 'the whole answer begun anew',
      pieces: ['A circuit breaker stops sending requests', ` to a server that keeps failing, so that it can recover.`],
      ownMessage: true,
      result: `${SENT} it can recover.`,
    },
    {
      name: 'white space before a repetition',
      pieces: ['\n\n', 'keeps failing, so that', ' it can recover.'],
      ownMessage: true,
      result: `${SENT} it can recover.`,
    },
    {
      name: 'a start that only looks like a repetition',
      pieces: ['keeps failing', ' is a fault.'],
      ownMessage: true,
      result: `${SENT} keeps failing is a fault.`,
    },
    {
      name: 'a prefill that happens to repeat a word, which is its own business',
      pieces: [' that that'],
      ownMessage: false,
      result: `${SENT} that that`,
    },
    { name: 'nothing at all', pieces: [], ownMessage: true, result: SENT },
  ])('takes $name', ({ pieces, ownMessage, result }) => {
    expect(join(SENT, pieces, ownMessage)).toBe(result);
  });

  it('does not double the white space at the end of what was sent', () => {
    expect(join('one two ', [' three'], false)).toBe('one two three');
    expect(join('one two\n\n', ['\nthree'], true)).toBe('one two\n\nthree');
  });

  it.each([
    ['the indentation of code', 'def f():\n', '\n    return 1', 'def f():\n    return 1'],
    ['a paragraph', 'para one.\n', '\n\npara two', 'para one.\n\npara two'],
    ['a list', '- a\n', '\n- b', '- a\n- b'],
    ['a space that the caller has', 'one two ', ' three', 'one two three'],
    ['a line that begins as a word does', 'one two\n\n', ' three', 'one two\n\nthree'],
    ['nothing that stands in the way', 'Hello wor', 'ld', 'Hello world'],
  ])('keeps %s where a provider goes on from what it is shown', (_, sent, text, result) => {
    expect(join(sent, [text], false)).toBe(result);
    expect(join(sent, Array.from(text), false)).toBe(result);
  });

  it.each([
    ['half a word, said again', 'Hello wor', 'world, and more', 'Hello world, and more'],
    ['a whole word, said again', 'so that', 'that it can', 'so that it can'],
    ['an address, said again', 'see https://exa', 'https://example.com now', 'see https://example.com now'],
    ['a number, said again', 'pi is 3.', '3.14159', 'pi is 3.14159'],
    ['a call, said again', 'use foo.', 'foo.bar()', 'use foo.bar()'],
    ['Japanese', '今日は天', '気がいい', '今日は天気がいい'],
    ['Thai', 'วันนี้อากาศ', 'ดีมาก', 'วันนี้อากาศดีมาก'],
    ['Korean, which has spaces', '오늘은 날씨가', '좋다', '오늘은 날씨가 좋다'],
    ['a number', 'the sum is 12', '345', 'the sum is 12345'],
    ['a fraction', 'pi is 3.', '14159', 'pi is 3.14159'],
    ['an address', 'see https://exa', 'mple.com', 'see https://example.com'],
    ['a member of an object', 'use foo.', 'bar()', 'use foo.bar()'],
    ['a sentence', 'It failed.', 'Then it recovered.', 'It failed. Then it recovered.'],
    ['a block of code', 'Run:\n```sh\nls', '-la', 'Run:\n```sh\nls-la'],
    ['code in a line', 'Run `npm', 'test`', 'Run `npmtest`'],
    ['a line that was begun', 'def f():\n', '    return 1', 'def f():\n    return 1'],
    ['a line that was begun with a part of its indentation', 'def f():\n  ', '    return 1', 'def f():\n    return 1'],
  ])('takes %s where a provider was asked in words', (_, sent, text, result) => {
    expect(join(sent, [text], true)).toBe(result);
    expect(join(sent, Array.from(text), true)).toBe(result);
  });

  it.each([
    [
      'a line',
      'la la la, la la la, la la la, la la',
      'la, la la la, and so on',
      'la la la, la la la, la la la, la la, la la la, and so on',
    ],
    ['a row of a table', '| a | b |\n'.repeat(6), '| a | b |\n| c | d |', `${'| a | b |\n'.repeat(7)}| c | d |`],
    ['half a row', `${'| alpha | b |\n'.repeat(3)}| al`, 'alpha | b |\n| c |', `${'| alpha | b |\n'.repeat(4)}| c |`],
    [
      'a sentence',
      'It is never lost. It is never lost. It is',
      'is never lost. It is found.',
      'It is never lost. It is never lost. It is never lost. It is found.',
    ],
  ])('loses nothing of %s that has been repeating itself', (_, sent, text, result) => {
    expect(join(sent, [text], true)).toBe(result);
    expect(join(sent, Array.from(text), true)).toBe(result);
  });

  it('gives the same text however a prefilled continuation is cut into pieces, and loses none of it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string(), { minLength: 1 }), (sent, pieces) => {
        const whole = join(sent, [pieces.join('')], false);
        expect(join(sent, pieces, false)).toBe(whole);
        expect(whole.replaceAll(/\s/g, '')).toBe((sent + pieces.join('')).replaceAll(/\s/g, ''));
      }),
    );
  });

  it('gives the same text however an own message is cut into pieces', () => {
    const words = fc.array(fc.constantFrom('alpha ', 'beta ', 'gamma, ', 'delta. '), { minLength: 4, maxLength: 12 });
    fc.assert(
      fc.property(words, fc.nat(10), words, fc.nat(60), (first, back, rest, cut) => {
        const sent = first.join('');
        const message = first.slice(-back).join('') + rest.join('');
        expect(join(sent, [message.slice(0, cut), message.slice(cut)], true)).toBe(join(sent, [message], true));
      }),
    );
  });
});
