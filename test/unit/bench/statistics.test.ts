import { describe, expect, it } from 'vitest';
import { median, passes, percentile, ratioOf } from '../../bench/statistics.ts';
import type { Measure } from '../../bench/types.ts';

function measure(changes: Partial<Measure>): Measure {
  return { what: 'time', unit: 'ms', better: 'lower', subject: 30, baseline: 10, limit: 4, ...changes };
}

describe('the median', () => {
  it.each([
    [[5], 5],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('does not exist for no values', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a percentile', () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);

  it.each([
    [0, 1],
    [0.5, 10],
    [0.95, 19],
    [1, 20],
  ])('at %d is the value of nearest rank', (share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });

  it('does not exist for no values', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

describe('the ratio', () => {
  it('says how many times as much the subject costs', () => {
    expect(ratioOf(measure({}))).toBe(3);
  });

  it('is turned round where more is better, so that lower is always better', () => {
    expect(ratioOf(measure({ better: 'higher', subject: 10, baseline: 30 }))).toBe(3);
  });

  it.each([
    [{ limit: 3 }, true],
    [{ limit: 2.99 }, false],
    [{ better: 'higher' as const, subject: 0, baseline: 10 }, false],
    [{ subject: Number.NaN }, false],
  ])('with %j passes: %s', (changes, expected) => {
    expect(passes(measure(changes))).toBe(expected);
  });
});
