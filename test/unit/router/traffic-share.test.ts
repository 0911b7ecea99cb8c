import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberOfKey } from '../../../electron/engine/router/prefix-affinity.ts';
import { memberAt, positionOfTurn, splitByShare } from '../../../electron/engine/router/traffic-share.ts';
import type { Weighted } from '../../../electron/engine/router/traffic-share.ts';

const TURNS = 4000;

/** How many of the turns each member gets. */
function shares(members: readonly Weighted[]): Map<string, number> {
  const counts = new Map<string, number>(members.map(({ name }) => [name, 0]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { canary, regulars, position } = splitByShare(members, positionOfTurn(turn));
    const name = canary ?? (regulars.length > 0 ? memberAt(regulars, position) : '');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

const group = (...weights: number[]): Weighted[] => weights.map((weight, index) => ({ name: `m${index}`, weight }));

describe('a weight below 1', () => {
  it.each([
    ['5 % beside one other', [1, 0.05], [0.95, 0.05]],
    ['5 % beside many', [1, 1, 1, 0.05], [0.95 / 3, 0.95 / 3, 0.95 / 3, 0.05]],
    ['two canaries', [1, 0.05, 0.2], [0.75, 0.05, 0.2]],
    ['nothing', [1, 0], [1, 0]],
    ['shares of a group that has nobody else', [0.3, 0.1], [0.75, 0.25]],
    ['shares that add up to more than the whole', [0.9, 0.9, 1], [0.5, 0.5, 0]],
  ])('is a share of the traffic: %s', (_name, weights, expected) => {
    const counts = [...shares(group(...weights)).values()].map((count) => count / TURNS);
    for (const [index, share] of expected.entries()) expect(counts[index]).toBeCloseTo(share, 2);
  });

  it('is held by every run of a hundred requests, to the nearest two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom(0.05, 0.1, 0.25), (start, weight) => {
        const members = group(1, weight);
        let asked = 0;
        for (let turn = start; turn < start + 100; turn += 1) {
          if (splitByShare(members, positionOfTurn(turn)).canary !== null) asked += 1;
        }
        expect(Math.abs(asked - 100 * weight)).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('a weight of 1 and more', () => {
  it('is a capacity relative to the others', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = [...shares(group(...weights)).values()];
        for (const [index, weight] of weights.entries()) {
          expect(Math.abs((counts[index] ?? 0) / TURNS - weight / total)).toBeLessThan(0.01);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the split of a group', () => {
  it('loses and doubles nobody, wherever in the range a request stands', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0.05, 0.3, 0.9, 1, 2, 5), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (weights, place) => {
          const members = group(...weights);
          const { canary, regulars, waiting, position } = splitByShare(members, place);
          const names = [...(canary === null ? [] : [canary]), ...regulars.map(({ name }) => name), ...waiting];
          expect(names.toSorted()).toEqual(members.map(({ name }) => name));
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('rendezvous of conversations and instances', () => {
  const keys = fc.uniqueArray(fc.string(), { minLength: 20, maxLength: 60 });

  it('depends on nothing but the key and the members, not on their order', () => {
    fc.assert(
      fc.property(fc.string(), fc.shuffledSubarray(group(1, 2, 1, 3), { minLength: 4 }), (key, shuffled) => {
        expect(memberOfKey(key, shuffled)).toBe(memberOfKey(key, group(1, 2, 1, 3)));
      }),
    );
  });

  it('moves only the conversations of a member that goes', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 0, max: 3 }), (all, gone) => {
        const before = group(1, 1, 1, 1);
        const after = before.filter((_, index) => index !== gone);
        for (const key of all) {
          const home = memberOfKey(key, before);
          if (home !== `m${gone}`) expect(memberOfKey(key, after)).toBe(home);
        }
      }),
    );
  });

  it('spreads conversations by weight', () => {
    const members = group(1, 3);
    const homes = Array.from({ length: TURNS }, (_, index) => memberOfKey(`conversation ${index}`, members));
    expect(homes.filter((home) => home === 'm1').length / TURNS).toBeCloseTo(0.75, 1);
  });

  it('has no member where there is none', () => {
    expect(memberOfKey('key', [])).toBeNull();
  });
});
