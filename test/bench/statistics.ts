import type { Measure } from './types.ts';

/** The middle value, or the mean of the two in the middle. Throws RangeError for no values. */
export function median(values: readonly number[]): number {
  const ordered = values.toSorted((left, right) => left - right);
  const middle = Math.floor(ordered.length / 2);
  const upper = ordered[middle];
  if (upper === undefined) throw new RangeError('There is no median of no values.');
  return ordered.length % 2 === 1 ? upper : (upper + (ordered[middle - 1] ?? upper)) / 2;
}

/** The value at a share of 0 to 1 by nearest rank. Throws RangeError for no values. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((left, right) => left - right);
  const value = ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)];
  if (value === undefined) throw new RangeError('There is no percentile of no values.');
  return value;
}

/** How many times as much the subject costs as the baseline, whichever figure is the better one: lower is always better. */
export function ratioOf({ better, subject, baseline }: Measure): number {
  return better === 'lower' ? subject / baseline : baseline / subject;
}

/** A figure that is not a number, of a round that measured nothing, does not pass. */
export function passes(measure: Measure): boolean {
  return ratioOf(measure) <= measure.limit;
}
