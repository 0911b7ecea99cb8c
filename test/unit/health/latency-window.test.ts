import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyWindow } from '../../../electron/engine/health/latency-window.ts';

describe('the latency window', () => {
  it('has no percentile without samples', () => {
    expect(new LatencyWindow(60_000).percentile(0.95, 0)).toBeNull();
  });

  it('forgets what is older than the window', () => {
    const window = new LatencyWindow(60_000);
    window.add(9_000, 0);
    expect(window.percentile(0.95, 59_999)).toBe(9_000);
    expect(window.percentile(0.95, 60_000)).toBeNull();
    window.add(100, 60_000);
    expect(window.samples(60_000)).toBe(1);
  });

  it('is within one bin of the exact percentile, and never above the longest', () => {
    const latencies = fc.array(fc.double({ min: 1, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(latencies, fc.constantFrom(0.5, 0.95, 0.99), (values, share) => {
        const window = new LatencyWindow(60_000);
        for (const value of values) window.add(value, 1_000);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
        const estimate = window.percentile(share, 1_000) ?? 0;
        expect(estimate).toBeGreaterThanOrEqual(exact / 1.11);
        expect(estimate).toBeLessThanOrEqual(Math.min(exact * 1.11, sorted.at(-1) ?? 0));
      }),
    );
  });
});
