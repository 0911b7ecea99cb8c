import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coveredMs } from '../../../electron/engine/store/amortised.ts';
import { apportion, toParts } from '../../../electron/engine/store/exact-sums.ts';

const partArbitrary = fc.bigInt({ min: 0n, max: 10n ** 19n });

describe('sharing out a sum', () => {
  it('gives parts that add up to the rounded sum, none further from its own than one', () => {
    fc.assert(
      fc.property(fc.array(partArbitrary, { maxLength: 30 }), (parts) => {
        const { total, shares } = apportion(parts);
        expect(BigInt(total)).toBe((parts.reduce((sum, part) => sum + part, 0n) + 500_000n) / 1_000_000n);
        expect(shares.reduce((sum, share) => sum + BigInt(share), 0n)).toBe(BigInt(total));
        for (const [index, part] of parts.entries()) {
          const off = part - BigInt(shares[index] ?? 0) * 1_000_000n;
          expect(off > -1_000_000n && off < 1_000_000n).toBe(true);
        }
      }),
    );
  });

  it('comes to the same sum however the parts are grouped', () => {
    fc.assert(
      fc.property(fc.array(partArbitrary, { minLength: 2, maxLength: 20 }), fc.nat(), (parts, seed) => {
        const cut = 1 + (seed % (parts.length - 1));
        const sum = (list: bigint[]) => list.reduce((total, part) => total + part, 0n);
        const grouped = [sum(parts.slice(0, cut)), sum(parts.slice(cut))];
        expect(apportion(grouped).total).toBe(apportion(parts).total);
      }),
    );
  });

  it('gives what is left over to the largest fraction', () => {
    expect(apportion([1_400_000n, 1_600_000n, 0n])).toEqual({ total: 3, shares: [1, 2, 0] });
  });

  it('keeps six decimals of a rate', () => {
    expect(toParts(0.075)).toBe(75_000n);
    expect(toParts(0.1 + 0.2)).toBe(300_000n);
  });
});

describe('the time that spans cover', () => {
  it.each([
    ['nothing', [], 0],
    ['a span inside', [[20, 30]], 10],
    [
      'spans over the edges',
      [
        [0, 15],
        [95, 200],
      ],
      10,
    ],
    [
      'spans that overlap',
      [
        [10, 60],
        [40, 70],
      ],
      60,
    ],
    [
      'a span within another',
      [
        [10, 60],
        [20, 30],
      ],
      50,
    ],
    ['a span around all', [[0, 500]], 90],
    [
      'spans outside',
      [
        [0, 10],
        [100, 120],
      ],
      0,
    ],
  ])('counts %s', (_name, spans, expected) => {
    const list = spans.map(([since = 0, until = 0]) => ({ since, until }));
    expect(coveredMs({ since: 10, until: 100 }, list)).toBe(expected);
  });
});
