import type { SeriesColor } from '../../state/provider-colors.ts';

/** One value of a series at the start of its bucket (epoch ms); null where nothing was measured. */
interface ChartPoint {
  at: number;
  value: number | null;
}

export interface ChartSeries {
  key: string;
  label: string;
  color: SeriesColor;
  points: readonly ChartPoint[];
  /** Drawn dashed, for the second of two lines that share a hue, such as p95 beside p50. */
  dashed?: boolean;
}

/** All series at one moment; `values` follow the order of the series. */
export interface ChartRow {
  at: number;
  values: readonly (number | null)[];
}

/** Merges series into rows by time, ascending; a series without a point at a time has null there, so that gaps stay gaps. */
export function chartRows(series: readonly ChartSeries[]): ChartRow[] {
  const byTime = new Map<number, (number | null)[]>();
  series.forEach((one, index) => {
    for (const point of one.points) {
      let values = byTime.get(point.at);
      if (!values) {
        values = series.map(() => null);
        byTime.set(point.at, values);
      }
      values[index] = point.value;
    }
  });
  return [...byTime].map(([at, values]) => ({ at, values })).toSorted((a, b) => a.at - b.at);
}

/** The smallest distance between two rows in ms, which is the width of a bucket; `fallback` with fewer than two rows. */
export function bucketStep(rows: readonly ChartRow[], fallback: number): number {
  let step = Number.POSITIVE_INFINITY;
  for (let index = 1; index < rows.length; index += 1) {
    step = Math.min(step, (rows[index]?.at ?? 0) - (rows[index - 1]?.at ?? 0));
  }
  return Number.isFinite(step) && step > 0 ? step : fallback;
}

/** The highest value drawn: of single lines the highest point, of stacks the highest sum. 0 when there is none. */
export function highestValue(rows: readonly ChartRow[], stacked: boolean): number {
  let highest = 0;
  for (const { values } of rows) {
    const here = stacked
      ? values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
      : Math.max(0, ...values.map((value) => value ?? 0));
    highest = Math.max(highest, here);
  }
  return highest;
}

/** True for a point that has no neighbour to draw a line to; it gets a dot, or it would be invisible. */
export function isIsolated(rows: readonly ChartRow[], rowIndex: number, seriesIndex: number): boolean {
  const valueAt = (index: number) => rows[index]?.values[seriesIndex] ?? null;
  return valueAt(rowIndex) !== null && valueAt(rowIndex - 1) === null && valueAt(rowIndex + 1) === null;
}

/**
 * The value of a band of a stacked area. A stretch of zeros is left out, or its line would lie on the band below and
 * give it the wrong colour; the zeros at its ends stay, so that the band rises from nothing and falls to it.
 */
export function bandValue(rows: readonly ChartRow[], rowIndex: number, seriesIndex: number): number | null {
  const valueAt = (index: number) => rows[index]?.values[seriesIndex] ?? 0;
  const value = rows[rowIndex]?.values[seriesIndex] ?? null;
  return value === 0 && valueAt(rowIndex - 1) === 0 && valueAt(rowIndex + 1) === 0 ? null : value;
}

const MOST_DIRECT_LABELS = 5;

/** True when each of two to five series has a place beside the plot to be named at; otherwise a legend has to name them. */
export function canLabelDirectly(rows: readonly ChartRow[], series: readonly ChartSeries[], stacked: boolean): boolean {
  if (series.length < 2 || series.length > MOST_DIRECT_LABELS) return false;
  const last = rows.findLast(({ values }) => values.some((value) => value !== null && value > 0));
  return series.every((_, index) =>
    stacked ? (last?.values[index] ?? 0) > 0 : rows.some(({ values }) => typeof values[index] === 'number'),
  );
}

/** Zero-based axis marks: two to four round steps that reach `highest`. The last mark is the top of the axis. */
export function valueTicks(highest: number): number[] {
  if (!(highest > 0)) return [0, 1];
  const rough = highest / 3;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough * 0.999) ?? 10) * magnitude;
  const marks = Math.max(1, Math.ceil(highest / step - 0.001));
  return Array.from({ length: marks + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** A limit drawn as a labelled line. */
export interface Threshold {
  value: number;
  label: string;
}

/**
 * The top the axis must reach. A threshold is drawn in when the data come within reach of it; one far above stays out,
 * or it would press the data flat.
 */
export function axisReach(highest: number, thresholds: readonly Threshold[]): number {
  const near = thresholds.filter(({ value }) => value <= highest * 2.5).map(({ value }) => value * 1.08);
  return Math.max(highest, ...near);
}

/**
 * Moves labels apart so that none overlaps: each stays as near to its wanted centre as `gap` and the bounds allow, in
 * the order of the wanted centres. All in pixels; returns centres in the order given.
 */
export function spreadLabels(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, index) => index).toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = Array.from({ length: wanted.length }, () => 0);
  let floor = top;
  for (const index of order) {
    placed[index] = Math.max(wanted[index] ?? 0, floor);
    floor = (placed[index] ?? 0) + gap;
  }
  let ceiling = bottom;
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, ceiling);
    ceiling = (placed[index] ?? 0) - gap;
  }
  return placed;
}
