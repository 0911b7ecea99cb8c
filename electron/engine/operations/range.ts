import { parseInstant } from '../../../shared/format/time.ts';
import { OperatorError } from './operator-error.ts';
import type { TimeRange } from '../store/time-range.ts';

const DEFAULT_SPAN_MS = 24 * 60 * 60 * 1000;

/**
 * Reads a range as callers give it; the last 24 h when nothing is said. Throws `OperatorError` `INVALID_REQUEST` for words
 * that are no time and for a range that ends before it begins.
 */
export function readRange(query: { since?: string | undefined; until?: string | undefined }, now: number): TimeRange {
  const until = query.until === undefined ? now : instant('until', query.until, now);
  const since = query.since === undefined ? until - DEFAULT_SPAN_MS : instant('since', query.since, now);
  if (since >= until)
    throw new OperatorError('INVALID_REQUEST', 'The range ends before it begins: since must lie before until.');
  return { since, until };
}

function instant(name: string, text: string, now: number): number {
  try {
    return parseInstant(text, now);
  } catch (error) {
    throw new OperatorError('INVALID_REQUEST', `${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
