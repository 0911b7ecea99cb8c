import { describe, expect, it } from 'vitest';
import { alternate, perSecond } from '../../bench/rounds.ts';

describe('alternating rounds', () => {
  it('change who goes first, and warm up with one round of each', async () => {
    const order: string[] = [];
    const side = (name: string) => () => {
      order.push(name);
      return { ms: 1 };
    };
    await alternate(3, { subject: side('s'), baseline: side('b') });
    expect(order.join(' ')).toBe('b s s b b s s b');
  });

  it('answer the medians of each figure, the warm-up left out', async () => {
    const subject = [1000, 3, 1, 2].map((ms) => ({ ms, rate: 10 * ms }));
    const baseline = [1000, 7, 9, 8].map((ms) => ({ ms, rate: ms }));
    const result = await alternate(3, {
      subject: async () => subject.shift() ?? { ms: 0, rate: 0 },
      baseline: () => baseline.shift() ?? { ms: 0, rate: 0 },
    });
    expect(result).toEqual({ subject: { ms: 2, rate: 20 }, baseline: { ms: 8, rate: 8 } });
  });

  it('end with the failure of a round', async () => {
    const sides = { subject: () => Promise.reject(new Error('refused')), baseline: () => ({ ms: 1 }) };
    await expect(alternate(1, sides)).rejects.toThrow('refused');
  });
});

it('a rate is counted even where the time is over at once', () => {
  let runs = 0;
  const rate = perSecond(0, () => (runs += 1));
  expect(runs).toBeGreaterThan(0);
  expect(rate).toBeGreaterThan(0);
});
