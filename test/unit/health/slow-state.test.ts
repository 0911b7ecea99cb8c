import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSlow } from '../../../electron/engine/health/slow-state.ts';

const THRESHOLD = 10_000;

it.each([
  [false, 10_000, false],
  [false, 10_001, true],
  [true, 9000, true],
  [true, 8000, true],
  [true, 7999, false],
  [true, null, false],
  [false, null, false],
])('was slow %s, now %s ms: slow %s', (wasSlow, latency, slow) => {
  expect(isSlow(wasSlow, latency, THRESHOLD)).toBe(slow);
});

it('a latency between 80 % of the threshold and the threshold changes nothing, however often it is seen', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(fc.integer({ min: 8000, max: 10_000 })), (wasSlow, latencies) => {
      expect(latencies.reduce((slow, latency) => isSlow(slow, latency, THRESHOLD), wasSlow)).toBe(wasSlow);
    }),
  );
});
