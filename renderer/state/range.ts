import type { RangeQuery } from '../../shared/domain/history.ts';
import { parseDuration } from '../../shared/format/duration.ts';
import { formatClock, formatDay } from '../../shared/format/time.ts';

/** A span back from now that moves with it, or a fixed one that a chart was zoomed to (epoch ms). */
export type Range = { kind: 'relative'; span: RelativeSpan } | { kind: 'fixed'; since: number; until: number };

export const RELATIVE_SPANS = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
export type RelativeSpan = (typeof RELATIVE_SPANS)[number];

const WORDS: Readonly<Record<RelativeSpan, string>> = {
  '15m': '15 min',
  '1h': '1 h',
  '6h': '6 h',
  '24h': '24 h',
  '7d': '7 days',
  '30d': '30 days',
};

export const DEFAULT_RANGE: Range = { kind: 'relative', span: '1h' };

/** The range written in the address: `range=24h` or `range=1763600000000-1763603600000`; null when there is none or it is not one. */
export function parseRange(text: string | null): Range | null {
  if (text === null) return null;
  const span = RELATIVE_SPANS.find((each) => each === text);
  if (span) return { kind: 'relative', span };
  const [, since, until] = /^(\d{12,14})-(\d{12,14})$/.exec(text) ?? [];
  if (since === undefined || until === undefined || Number(since) >= Number(until)) return null;
  return { kind: 'fixed', since: Number(since), until: Number(until) };
}

/** What {@link parseRange} reads. */
export function writeRange(range: Range): string {
  return range.kind === 'relative' ? range.span : `${range.since}-${range.until}`;
}

/** The range as the contract's calls take it; relative ones stay relative, so equal ranges are equal query keys. */
export function rangeQuery(range: Range): RangeQuery {
  return range.kind === 'relative' ? { since: range.span } : { since: String(range.since), until: String(range.until) };
}

/** First and last moment of the range as of `now` (epoch ms). */
export function rangeDomain(range: Range, now: number): [since: number, until: number] {
  return range.kind === 'relative' ? [now - parseDuration(range.span), now] : [range.since, range.until];
}

/** The range in words, to stand after a title: `last 24 h`, `20 Nov 03:12 to 04:40`. */
export function rangeLabel(range: Range): string {
  if (range.kind === 'relative') return `last ${WORDS[range.span]}`;
  const [from, to] = [formatDay(range.since), formatDay(range.until)];
  return `${from} ${formatClock(range.since)} to ${to === from ? '' : `${to} `}${formatClock(range.until)}`;
}
