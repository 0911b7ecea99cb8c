import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortenId } from '../../../shared/format/identifier.ts';
import {
  formatCount,
  formatExact,
  formatPercent,
  formatRate,
  formatTokens,
  formatUsd,
} from '../../../shared/format/number.ts';

describe('formatUsd', () => {
  it.each([
    [0, '0 USD'],
    [12.4, '12.40 USD'],
    [0.5, '0.50 USD'],
    [0.0345, '0.035 USD'],
    [0.03, '0.03 USD'],
    [0.1, '0.10 USD'],
    [0.09996, '0.10 USD'],
    [0.00042, '0.00042 USD'],
    [0.000_042, '0.000042 USD'],
    [0.000_001, '0.000001 USD'],
    [999.99, '999.99 USD'],
    [1234.4, '1,234 USD'],
    [1_234_567, '1,234,567 USD'],
    [-3.2, '-3.20 USD'],
  ])('%d reads %s', (usd, words) => {
    expect(formatUsd(usd)).toBe(words);
  });

  it('never shows a cost of a micro-dollar or more as nothing, nor off by more than 5 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (micros) => {
        const shown = Number(formatUsd(micros / 1e6).replace(/,| USD/g, ''));
        expect(shown).toBeGreaterThan(0);
        expect(Math.abs(shown - micros / 1e6) / (micros / 1e6)).toBeLessThanOrEqual(0.05);
      }),
    );
  });
});

describe('counts', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [999, '999'],
    [1234, '1,234'],
    [99_999, '99,999'],
    [123_456, '123 k'],
    [999_600, '1 M'],
    [1_234_567, '1.23 M'],
    [12_345_678, '12.3 M'],
    [2_000_000_000, '2 B'],
  ])('%d reads %s', (count, words) => {
    expect(formatCount(count)).toBe(words);
  });

  it.each([
    [9999, '9,999'],
    [12_345, '12.3 k'],
    [40_000_000, '40 M'],
  ])('%d tokens read %s', (tokens, words) => {
    expect(formatTokens(tokens)).toBe(words);
  });

  it('shows every digit of the exact figure', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (count) => {
        expect(Number(formatExact(count).replaceAll(',', ''))).toBe(count === 0 ? 0 : count);
      }),
    );
  });
});

describe('formatPercent', () => {
  it.each([
    [0, '0 %'],
    [0.0004, '<0.1 %'],
    [0.004, '0.4 %'],
    [0.05, '5 %'],
    [0.123, '12 %'],
    [0.994, '99.4 %'],
    [0.9999, '99.9 %'],
    [1, '100 %'],
  ])('%d reads %s', (share, words) => {
    expect(formatPercent(share)).toBe(words);
  });

  it('says 0 and 100 only of nothing and all', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true, maxExcluded: true }), (share) => {
        expect(['0 %', '100 %']).not.toContain(formatPercent(share));
      }),
    );
  });
});

describe('formatRate', () => {
  it.each([
    [0, '0 /s'],
    [4, '4 /s'],
    [4.25, '4.3 /s'],
    [0.4, '0.4 /s'],
    [0.25, '0.25 /s'],
    [120.4, '120 /s'],
    [0.05, '3 /min'],
    [0.001, '3.6 /h'],
  ])('%d per second reads %s', (rate, words) => {
    expect(formatRate(rate)).toBe(words);
  });
});

describe('shortenId', () => {
  it.each([
    ['req_short', 'req_short'],
    ['req_01JCXWABCDEF9F3K', 'req_01JC…9F3K'],
  ])('%s becomes %s', (id, short) => {
    expect(shortenId(id)).toBe(short);
  });
});
