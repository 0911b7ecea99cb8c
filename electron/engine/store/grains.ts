/** Lengths in milliseconds. */
const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The three sizes of buckets in which figures are added up; all are aligned to UTC. */
export const GRAINS = ['minute', 'hour', 'day'] as const;
export type Grain = (typeof GRAINS)[number];

export const GRAIN_MS: Readonly<Record<Grain, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** How long minute and hour buckets are kept; day buckets stay for ever. */
export const MINUTE_RETENTION_MS = 14 * DAY_MS;
export const HOUR_RETENTION_MS = 400 * DAY_MS;

/** The start of the bucket of `size` milliseconds that holds `at`. */
export function floorTo(at: number, size: number): number {
  return Math.floor(at / size) * size;
}

/** The first bucket boundary at or after `at`. */
export function ceilTo(at: number, size: number): number {
  return Math.ceil(at / size) * size;
}
