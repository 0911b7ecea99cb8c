import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatDurationCoarse, parseDuration } from '../../../shared/format/duration.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '0 ms'],
    [1, '1 ms'],
    [340.4, '340 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1400, '1.4 s'],
    [9940, '9.9 s'],
    [9960, '10 s'],
    [52_000, '52 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [270_000, '4 min 30 s'],
    [599_700, '10 min'],
    [720_000, '12 min'],
    [3_599_900, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '1 d'],
    [273_600_000, '3 d 4 h'],
    [-1400, '1.4 s'],
  ])('%d ms reads %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  it('never shows a unit that has filled up to the next one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (ms) => {
        const words = formatDuration(ms);
        expect(words).not.toMatch(/\b(60 s|60 min|24 h|1000 ms)\b/);
      }),
    );
  });
});

describe('formatDurationCoarse', () => {
  it.each([
    [900, '0 s'],
    [7999, '7 s'],
    [119_999, '1 min'],
    [7_199_999, '1 h'],
    [200_000_000, '2 d'],
  ])('%d ms reads %s', (ms, words) => {
    expect(formatDurationCoarse(ms)).toBe(words);
  });
});

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1.5h', 5_400_000],
    ['24H', 86_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1h30m', 5_400_000],
    [' 15m ', 900_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '15', 'm', '15 m', '-15m', '0m', '1h 30m', '15min', '1e3s', 'soon', '1h-30m'])(
    'refuses %j in one sentence',
    (text) => {
      expect(() => parseDuration(text)).toThrow(/^".*" is (not a duration|no time at all): [^.]*\.$/);
    },
  );
});
