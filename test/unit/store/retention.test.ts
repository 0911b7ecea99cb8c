import { describe, expect, it } from 'vitest';
import { startRetention } from '../../../electron/engine/store/retention.ts';
import { createStoreTestClock } from '../../support/store-clock.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function setUp(results: (number | Error)[]) {
  const clock = createStoreTestClock();
  const steps: { at: number; before: number }[] = [];
  const errors: unknown[] = [];
  const start = clock.now();
  const retention = startRetention({
    clock,
    retentionDays: 30,
    purgeStep(before, now) {
      steps.push({ at: now - start, before });
      const result = results.shift() ?? 0;
      if (result instanceof Error) throw result;
      return result;
    },
    onError: (error) => errors.push(error),
  });
  return { clock, steps, errors, retention, start };
}

describe('the retention', () => {
  it('goes on in short steps while there is more to delete, then rests', () => {
    const { clock, steps } = setUp([500, 500, 0]);
    clock.advance(MINUTE + 10 * MINUTE + 99);
    expect(steps.map(({ at }) => at)).toEqual([MINUTE, MINUTE + 50, MINUTE + 100]);
    clock.advance(1);
    expect(steps).toHaveLength(4);
  });

  it('deletes what is older than the days it was started with', () => {
    const { clock, steps, start } = setUp([]);
    clock.advance(MINUTE);
    expect(steps[0]?.before).toBe(start + MINUTE - 30 * DAY);
  });

  it('takes a step at once when asked and keeps to the new age', () => {
    const { clock, steps, start, retention } = setUp([500, 0]);
    expect(retention.purge(start - 7 * DAY)).toBe(500);
    clock.advance(50);
    expect(steps.map(({ before }) => before)).toEqual([start - 7 * DAY, start + 50 - 7 * DAY]);
  });

  it('reports a step that fails and tries again later', () => {
    const { clock, steps, errors, retention, start } = setUp([new Error('disk full'), 3]);
    expect(retention.purge(start - DAY)).toBe(0);
    expect(errors).toHaveLength(1);
    clock.advance(10 * MINUTE);
    expect(steps).toHaveLength(2);
  });

  it('does nothing more once it is stopped', () => {
    const { clock, steps, retention } = setUp([500]);
    clock.advance(MINUTE);
    retention.stop();
    clock.advance(DAY);
    expect(steps).toHaveLength(1);
  });
});
