import { describe, expect, it } from 'vitest';
import { resolveTheme } from '../../../renderer/state/preferences.ts';
import { assignProviderColors } from '../../../renderer/state/provider-colors.ts';
import {
  parseRange,
  rangeDomain,
  rangeLabel,
  rangeQuery,
  writeRange,
  type Range,
} from '../../../renderer/state/range.ts';

const FIXED: Range = { kind: 'fixed', since: 1_763_600_000_000, until: 1_763_603_600_000 };

describe('a range', () => {
  it.each<Range>([{ kind: 'relative', span: '15m' }, { kind: 'relative', span: '30d' }, FIXED])(
    'is read back as it was written: %j',
    (range) => {
      expect(parseRange(writeRange(range))).toEqual(range);
    },
  );

  it.each([null, '', '2h', '1763603600000-1763600000000', 'x-y', '12-13'])('that is not one is none: %s', (text) => {
    expect(parseRange(text)).toBeNull();
  });

  it('stays relative in a query, so that equal ranges share one cached answer', () => {
    expect(rangeQuery({ kind: 'relative', span: '24h' })).toEqual({ since: '24h' });
    expect(rangeQuery(FIXED)).toEqual({ since: '1763600000000', until: '1763603600000' });
  });

  it('has a domain and words', () => {
    expect(rangeDomain({ kind: 'relative', span: '1h' }, 7_200_000)).toEqual([3_600_000, 7_200_000]);
    expect(rangeDomain(FIXED, 0)).toEqual([FIXED.since, FIXED.until]);
    expect(rangeLabel({ kind: 'relative', span: '7d' })).toBe('last 7 days');
  });
});

describe('provider hues', () => {
  it('follow the order of the registry and repeat after twelve', () => {
    const colors = assignProviderColors(Array.from({ length: 14 }, (_, index) => `p${index}`));
    expect(colors.get('p0')).toBe('provider-0');
    expect(colors.get('p7')).toBe('provider-7');
    expect(colors.get('p11')).toBe('provider-11');
    expect(colors.get('p12')).toBe('provider-0');
  });
});

describe('the theme', () => {
  it.each([
    ['system', true, 'dark'],
    ['system', false, 'light'],
    ['light', true, 'light'],
    ['dark', false, 'dark'],
  ] as const)('%s with a dark system %s is %s', (theme, dark, expected) => {
    expect(resolveTheme(theme, dark)).toBe(expected);
  });
});
