import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newRequestId } from '../../../electron/engine/gateway/request-id.ts';

it('gives ids that sort by their time, whatever the chance', () => {
  const moment = fc.integer({ min: 0, max: 4_102_444_800_000 });
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(moment, moment, chance, chance, (first, second, one, other) => {
      fc.pre(first !== second);
      const early = newRequestId(Math.min(first, second), () => one);
      const late = newRequestId(Math.max(first, second), () => other);
      expect(early < late).toBe(true);
      expect(early).toMatch(/^req_[0-9a-v]{22}$/);
    }),
  );
});
