import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegments, widenRange } from '../../../electron/engine/store/cost-plan.ts';
import { DAY_MS, GRAIN_MS, HOUR_MS, MINUTE_MS } from '../../../electron/engine/store/grains.ts';

const START = Date.UTC(2026, 2, 1);
const complete = { minute: 0, hour: 0 };
const never = () => false;

const rangeArbitrary = fc
  .tuple(fc.integer({ min: 0, max: 20 * DAY_MS }), fc.integer({ min: 0, max: 20 * DAY_MS }))
  .map(([left, right]) => ({ since: START + Math.min(left, right), until: START + Math.max(left, right) }));
const horizonsArbitrary = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 24 * 20 }))
  .map(([days, hours]) => ({
    hour: START + days * DAY_MS,
    minute: START + Math.max(days * DAY_MS, hours * HOUR_MS),
  }));

describe('the plan of a cost query', () => {
  it('takes whole days, then whole hours, then minutes', () => {
    const range = { since: START + 22.5 * HOUR_MS, until: START + 2 * DAY_MS + HOUR_MS + 3 * MINUTE_MS };
    expect(planSegments(range, complete, never).map(({ grain, from, to }) => [grain, to - from])).toEqual([
      ['minute', 30 * MINUTE_MS],
      ['hour', HOUR_MS],
      ['day', DAY_MS],
      ['hour', HOUR_MS],
      ['minute', 3 * MINUTE_MS],
    ]);
  });

  it('reads a bucket that lies across two groups from the finer grain', () => {
    const midnight = START + DAY_MS - 5.5 * HOUR_MS;
    const plan = planSegments(
      { since: START, until: START + DAY_MS },
      complete,
      (from, to) => from < midnight && midnight < to,
    );
    expect(plan).toEqual([
      { grain: 'hour', from: START, to: START + 18 * HOUR_MS },
      { grain: 'minute', from: START + 18 * HOUR_MS, to: START + 19 * HOUR_MS },
      { grain: 'hour', from: START + 19 * HOUR_MS, to: START + DAY_MS },
    ]);
  });

  it('covers the widened range once, in aligned segments, and never reads a grain that is gone', () => {
    fc.assert(
      fc.property(rangeArbitrary, horizonsArbitrary, fc.boolean(), (asked, horizons, split) => {
        const range = widenRange(asked, horizons);
        const segments = planSegments(range, horizons, () => split);
        let reached = range.since;
        for (const { grain, from, to } of segments) {
          expect(from).toBe(reached);
          expect(to).toBeGreaterThan(from);
          expect(from % GRAIN_MS[grain]).toBe(0);
          expect(to % GRAIN_MS[grain]).toBe(0);
          if (grain === 'minute') expect(from).toBeGreaterThanOrEqual(horizons.minute);
          if (grain === 'hour') expect(from).toBeGreaterThanOrEqual(horizons.hour);
          reached = to;
        }
        expect(reached).toBe(Math.max(range.until, range.since));
      }),
    );
  });

  it('widens an edge to the precision that is still there', () => {
    const horizons = { hour: START + DAY_MS, minute: START + 2 * DAY_MS };
    const edge = 90.5 * MINUTE_MS;
    expect(widenRange({ since: START + edge, until: START + DAY_MS + edge }, horizons)).toEqual({
      since: START,
      until: START + DAY_MS + 2 * HOUR_MS,
    });
    expect(widenRange({ since: START + 2 * DAY_MS + edge, until: START + 3 * DAY_MS + edge }, horizons)).toEqual({
      since: START + 2 * DAY_MS + 90 * MINUTE_MS,
      until: START + 3 * DAY_MS + 91 * MINUTE_MS,
    });
  });
});
