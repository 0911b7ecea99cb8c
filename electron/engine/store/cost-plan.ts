import { DAY_MS, GRAIN_MS, HOUR_MS, MINUTE_MS, ceilTo, floorTo } from './grains.ts';
import type { Grain } from './grains.ts';
import type { TimeRange } from './time-range.ts';

/** A stretch of time read from the rollup of one grain; `from` and `to` are boundaries of that grain. */
export interface Segment {
  grain: Grain;
  from: number;
  to: number;
}

/** From when on the finer rollups are complete; older ones have been purged. Aligned to hours and days. */
export interface Horizons {
  minute: number;
  hour: number;
}

/**
 * Widens a range to the precision at which its edges can be cut: whole minutes, or whole hours where minute rollups
 * are gone, or whole UTC days where hour rollups are gone too.
 */
export function widenRange(range: TimeRange, horizons: Horizons): TimeRange {
  const sizeAt = (at: number) => (at < horizons.hour ? DAY_MS : at < horizons.minute ? HOUR_MS : MINUTE_MS);
  return { since: floorTo(range.since, sizeAt(range.since)), until: ceilTo(range.until, sizeAt(range.until)) };
}

/**
 * Covers a widened range with the coarsest rollups that serve: whole UTC days, whole hours, then minutes.
 * `splits(from, to)` says whether a bucket lies across two groups and must be read from a finer grain; where that one is
 * gone the bucket is read whole. The segments do not overlap and have no gaps, so their figures add up to the range's.
 */
export function planSegments(
  range: TimeRange,
  horizons: Horizons,
  splits: (from: number, to: number) => boolean,
): Segment[] {
  const segments: Segment[] = [];
  const add = (grain: Grain, from: number, to: number) => {
    const last = segments.at(-1);
    if (last?.grain === grain && last.to === from) last.to = to;
    else segments.push({ grain, from, to });
  };
  const addHours = (from: number, to: number) => {
    for (let hour = floorTo(from, HOUR_MS); hour < to; hour += HOUR_MS) {
      const next = hour + HOUR_MS;
      const whole = hour >= from && next <= to && !splits(hour, next);
      if (whole || hour < horizons.minute) add('hour', hour, next);
      else add('minute', Math.max(hour, from), Math.min(next, to));
    }
  };
  for (let day = floorTo(range.since, DAY_MS); day < range.until; day += DAY_MS) {
    const next = day + DAY_MS;
    const whole = day >= range.since && next <= range.until && !splits(day, next);
    if (whole || day < horizons.hour) add('day', day, next);
    else addHours(Math.max(day, range.since), Math.min(next, range.until));
  }
  return segments;
}

/** The instant by which a bucket that cannot be cut any finer is put into a group. */
export function middleOf(bucket: number, grain: Grain): number {
  return bucket + GRAIN_MS[grain] / 2;
}
