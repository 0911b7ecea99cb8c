import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../electron/engine/store/grains.ts';
import { planSeries } from '../../../electron/engine/store/series-step.ts';

const START = Date.UTC(2026, 2, 1);
const complete = { minute: 0, hour: 0 };

describe('the step of a series', () => {
  it.each([
    [HOUR_MS, 120, MINUTE_MS],
    [HOUR_MS, 60, MINUTE_MS],
    [24 * HOUR_MS, 120, 15 * MINUTE_MS],
    [7 * DAY_MS, 120, 2 * HOUR_MS],
    [30 * DAY_MS, 30, DAY_MS],
  ])('for %i ms in %i buckets is %i ms', (length, buckets, stepMs) => {
    expect(planSeries({ since: START, until: START + length }, buckets, complete)).toEqual({
      since: START,
      until: START + length,
      stepMs,
    });
  });

  it('gives no more buckets than asked for, covers the range, and is aligned', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: START }),
        fc.integer({ min: 1, max: 60 * 365 * DAY_MS }),
        fc.integer({ min: 2, max: 300 }),
        (since, length, buckets) => {
          const plan = planSeries({ since, until: since + length }, buckets, complete);
          expect((plan.until - plan.since) / plan.stepMs).toBeLessThanOrEqual(buckets);
          expect(plan.since % plan.stepMs).toBe(0);
          expect(plan.since).toBeLessThanOrEqual(since);
          expect(plan.until).toBeGreaterThanOrEqual(since + length);
        },
      ),
    );
  });

  it('is no finer than what is kept of the time', () => {
    const range = { since: START, until: START + HOUR_MS };
    expect(planSeries(range, 100, { minute: START + DAY_MS, hour: 0 }).stepMs).toBe(HOUR_MS);
    expect(planSeries(range, 100, { minute: START + DAY_MS, hour: START + DAY_MS }).stepMs).toBe(DAY_MS);
  });
});
