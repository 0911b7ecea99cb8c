import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../electron/engine/gateway/retry-delay.ts';

const retry = { maxRetries: 3, baseMs: 100, maxMs: 1000 };
const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before a retry', () => {
  it('is full jitter: anywhere below the doubled base, never above the greatest wait', () => {
    fc.assert(
      fc.property(draw, fc.integer({ min: 0, max: 20 }), (chance, retriesDone) => {
        const delay = retryDelayMs({
          rule: 'backoff',
          retry: { ...retry, maxRetries: 21 },
          retriesDone,
          retryAfterMs: null,
          draw: chance,
        });
        expect(delay).toBe(chance * Math.min(1000, 100 * 2 ** retriesDone));
      }),
    );
  });

  it('is longer than what the provider asked for, though not by much, and spreads those who were told the same', () => {
    fc.assert(
      fc.property(draw, fc.integer({ min: 0, max: 1000 }), (chance, retryAfterMs) => {
        const delay = retryDelayMs({ rule: 'hint', retry, retriesDone: 0, retryAfterMs, draw: chance });
        expect(delay).toBeGreaterThan(retryAfterMs);
        expect(delay).toBeLessThanOrEqual(retryAfterMs * 1.1 + 25);
      }),
    );
  });

  it.each([
    { name: 'the class is never retried', rule: 'no', retriesDone: 0, retryAfterMs: 10 },
    { name: 'the count is used up', rule: 'backoff', retriesDone: 3, retryAfterMs: null },
    { name: 'the provider named no wait', rule: 'hint', retriesDone: 0, retryAfterMs: null },
    { name: 'its wait is longer than the greatest', rule: 'hint', retriesDone: 0, retryAfterMs: 1001 },
  ] as const)('is none when $name', ({ rule, retriesDone, retryAfterMs }) => {
    expect(retryDelayMs({ rule, retry, retriesDone, retryAfterMs, draw: 0.5 })).toBeNull();
  });
});
