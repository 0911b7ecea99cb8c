import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  axisReach,
  bandValue,
  bucketStep,
  canLabelDirectly,
  chartRows,
  highestValue,
  isIsolated,
  spreadLabels,
  valueTicks,
  type ChartSeries,
} from '../../../renderer/ui/charts/chart-model.ts';
import { timeTicks } from '../../../renderer/ui/charts/time-axis.ts';

function series(key: string, values: readonly (number | null)[], start = 0): ChartSeries {
  return {
    key,
    label: key,
    color: 'accent',
    points: values.map((value, index) => ({ at: start + index * 10, value })),
  };
}

describe('chartRows', () => {
  it('keeps a gap where one series has no point', () => {
    expect(chartRows([series('a', [1, 2]), series('b', [5], 10)])).toEqual([
      { at: 0, values: [1, null] },
      { at: 10, values: [2, 5] },
    ]);
  });

  it('tells the width of a bucket, and the fallback where there is none', () => {
    expect(bucketStep(chartRows([series('a', [1, 2, 3])]), 60)).toBe(10);
    expect(bucketStep(chartRows([series('a', [1])]), 60)).toBe(60);
  });

  it('finds the highest of lines and of stacks', () => {
    const rows = chartRows([series('a', [1, 4]), series('b', [3, 2])]);
    expect(highestValue(rows, false)).toBe(4);
    expect(highestValue(rows, true)).toBe(6);
  });

  it('dots only a point without a neighbour', () => {
    const rows = chartRows([series('a', [1, null, 2, null, 3, 4])]);
    expect(rows.map((_, index) => isIsolated(rows, index, 0))).toEqual([true, false, true, false, false, false]);
  });

  it('leaves the inside of a stretch of zeros out of an area and keeps its ends', () => {
    const rows = chartRows([series('a', [0, 0, 0, 5, 0, 0])]);
    expect(rows.map((_, index) => bandValue(rows, index, 0))).toEqual([null, null, 0, 5, 0, null]);
  });

  it('names stacks beside the plot only when every band is there at the end', () => {
    const both = [series('a', [1, 1]), series('b', [1, 1])];
    const ended = [series('a', [1, 1]), series('b', [1, 0])];
    expect(canLabelDirectly(chartRows(both), both, true)).toBe(true);
    expect(canLabelDirectly(chartRows(ended), ended, true)).toBe(false);
    expect(canLabelDirectly(chartRows(ended), ended, false)).toBe(true);
  });
});

describe('valueTicks', () => {
  it.each([
    [0, [0, 1]],
    [2.9, [0, 1, 2, 3]],
    [600, [0, 200, 400, 600]],
    [0.00042, [0, 0.0002, 0.0004, 0.0006]],
    [7, [0, 2.5, 5, 7.5]],
  ])('for %d are %j', (highest, ticks) => {
    expect(valueTicks(highest)).toEqual(ticks);
  });

  it('begin at zero, reach the highest value, and are few', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (highest) => {
        const ticks = valueTicks(highest);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest * 0.998);
        expect(ticks.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('axisReach', () => {
  it('takes a near threshold in and leaves a far one out', () => {
    expect(axisReach(8, [{ value: 10, label: 'limit' }])).toBeGreaterThan(10);
    expect(axisReach(1.4, [{ value: 10, label: 'limit' }])).toBe(1.4);
  });
});

describe('spreadLabels', () => {
  it('keeps labels apart, in order and inside, wherever they want to be', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 5 }), (wanted) => {
        const placed = spreadLabels(wanted, 13, 0, 200).toSorted((a, b) => a - b);
        placed.forEach((centre, index) => {
          expect(centre).toBeGreaterThanOrEqual(0);
          expect(centre).toBeLessThanOrEqual(200);
          if (index > 0) expect(centre - (placed[index - 1] ?? 0)).toBeGreaterThanOrEqual(12.999);
        });
      }),
    );
  });

  it('leaves labels that do not touch where they want to be', () => {
    expect(spreadLabels([150, 20], 13, 0, 200)).toEqual([150, 20]);
  });
});

describe('timeTicks', () => {
  const HOUR = 3_600_000;
  it('stand at round times of the zone', () => {
    const from = Date.UTC(2026, 10, 20, 0, 10);
    const labels = timeTicks([from, from + 6 * HOUR], 500, 'Asia/Kolkata').map(({ label }) => label);
    expect(labels).toEqual(['06:00', '07:00', '08:00', '09:00', '10:00', '11:00']);
  });

  it('stay at midnight across the change of daylight saving', () => {
    const from = Date.UTC(2026, 9, 23, 12);
    const ticks = timeTicks([from, from + 4 * 24 * HOUR], 320, 'Europe/Berlin');
    expect(ticks.map(({ label }) => label)).toEqual(['24 Oct', '25 Oct', '26 Oct', '27 Oct']);
    expect(ticks.map(({ at }) => new Date(at).getUTCHours())).toEqual([22, 22, 23, 23]);
  });

  it('name the day at midnight', () => {
    const from = Date.UTC(2026, 10, 20, 20);
    expect(timeTicks([from, from + 8 * HOUR], 300, 'UTC').map(({ label }) => label)).toContain('21 Nov');
  });

  it('are never closer than asked, and inside the domain', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1e12, max: 2e12 }),
        fc.integer({ min: 1000, max: 4e9 }),
        fc.integer({ min: 80, max: 2000 }),
        (from, span, width) => {
          const ticks = timeTicks([from, from + span], width, 'UTC');
          ticks.forEach(({ at }, index) => {
            expect(at).toBeGreaterThanOrEqual(from);
            expect(at).toBeLessThanOrEqual(from + span);
            const before = ticks[index - 1]?.at;
            if (before !== undefined) expect(((at - before) / span) * width).toBeGreaterThanOrEqual(59.9);
          });
        },
      ),
    );
  });

  it('are none for a domain without length or a plot without width', () => {
    expect(timeTicks([5, 5], 500, 'UTC')).toEqual([]);
    expect(timeTicks([0, 5000], 0, 'UTC')).toEqual([]);
  });
});
