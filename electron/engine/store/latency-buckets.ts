import type { Percentiles } from '../../../shared/domain/provider.ts';

/**
 * Latencies are kept as counts in logarithmic buckets, so that percentiles of any span come from adding counts up.
 * Each bucket is a tenth wider than the one before and is read as its geometric middle, which is at most
 * sqrt(1.1) - 1 = 4.9 % from any latency in it. Below one millisecond everything is one bucket.
 */
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);

/** The bucket of a latency in milliseconds: 0 below 1 ms, then 1, 2, … . */
export function latencyBucket(latencyMs: number): number {
  return latencyMs < 1 ? 0 : 1 + Math.floor(Math.log(latencyMs) / LOG_GROWTH);
}

/** The latency in milliseconds that a bucket stands for, to a hundredth. */
export function latencyOfBucket(bucket: number): number {
  return bucket === 0 ? 0.5 : Math.round(GROWTH ** (bucket - 0.5) * 100) / 100;
}

/** Median and 95th percentile by nearest rank of counts by bucket; null when nothing was counted. */
export function percentilesOf(counts: ReadonlyMap<number, number>): Percentiles | null {
  const ordered = [...counts].toSorted(([left], [right]) => left - right);
  const total = ordered.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  return { p50: atRank(ordered, Math.ceil(total * 0.5)), p95: atRank(ordered, Math.ceil(total * 0.95)) };
}

function atRank(ordered: readonly (readonly [number, number])[], rank: number): number {
  let passed = 0;
  for (const [bucket, count] of ordered) {
    passed += count;
    if (passed >= rank) return latencyOfBucket(bucket);
  }
  throw new RangeError(`rank ${rank} lies beyond the ${passed} counted`);
}
