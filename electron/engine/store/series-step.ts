import { DAY_MS, HOUR_MS, MINUTE_MS, ceilTo, floorTo } from './grains.ts';
import type { Horizons } from './cost-plan.ts';
import type { TimeRange } from './time-range.ts';

/** Steps that people read well, from the finest that rollups hold to weeks. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY_MS),
];

export interface SeriesPlan extends TimeRange {
  stepMs: number;
}

/**
 * The finest whole step that cuts the range into no more than `buckets` buckets, and the range widened to that step.
 * Steps below an hour need minute rollups and steps below a day hour rollups, so an older range takes a coarser step.
 */
export function planSeries(range: TimeRange, buckets: number, horizons: Horizons): SeriesPlan {
  const finest = range.since < horizons.hour ? DAY_MS : range.since < horizons.minute ? HOUR_MS : MINUTE_MS;
  const fitting = STEPS_MS.find((stepMs) => stepMs >= finest && bucketCount(range, stepMs) <= buckets);
  const stepMs = fitting ?? widestStep(range, buckets);
  return { since: floorTo(range.since, stepMs), until: ceilTo(range.until, stepMs), stepMs };
}

function bucketCount(range: TimeRange, stepMs: number): number {
  return (ceilTo(range.until, stepMs) - floorTo(range.since, stepMs)) / stepMs;
}

/** Beyond the list: whole days, with one bucket left for the edges that alignment adds. */
function widestStep(range: TimeRange, buckets: number): number {
  return ceilTo((range.until - range.since) / Math.max(1, buckets - 1), DAY_MS);
}
