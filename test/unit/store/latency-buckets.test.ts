import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencyBucket, latencyOfBucket, percentilesOf } from '../../../electron/engine/store/latency-buckets.ts';

function countsOf(latencies: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const latency of latencies) counts.set(latencyBucket(latency), (counts.get(latencyBucket(latency)) ?? 0) + 1);
  return counts;
}

describe('latency buckets', () => {
  it('read every latency from 1 ms up back within 6 percent', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 3_600_000, noNaN: true }), (latency) => {
        const read = latencyOfBucket(latencyBucket(latency));
        expect(Math.abs(read - latency) / latency).toBeLessThan(0.06);
      }),
    );
  });

  it('keep anything below a millisecond in the lowest bucket', () => {
    expect([0, 0.2, 0.999].map(latencyBucket)).toEqual([0, 0, 0]);
    expect(latencyBucket(1)).toBe(1);
  });

  it('give percentiles within 10 percent of the exact nearest rank', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 200 }), (latencies) => {
        const ordered = latencies.toSorted((left, right) => left - right);
        const exact = (share: number) => ordered[Math.ceil(ordered.length * share) - 1] ?? Number.NaN;
        const found = percentilesOf(countsOf(latencies));
        expect(Math.abs((found?.p50 ?? 0) - exact(0.5)) / exact(0.5)).toBeLessThan(0.1);
        expect(Math.abs((found?.p95 ?? 0) - exact(0.95)) / exact(0.95)).toBeLessThan(0.1);
      }),
    );
  });

  it('have no percentile of nothing', () => {
    expect(percentilesOf(new Map())).toBeNull();
  });
});
