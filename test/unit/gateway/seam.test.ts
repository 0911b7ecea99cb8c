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
