import type { LaneSpan } from '../../../shared/domain/history.ts';
import type { HealthTransition } from '../../../shared/domain/provider.ts';
import { MINUTE_MS } from './grains.ts';
import type { TimeRange } from './time-range.ts';

/** Shorter pauses of the engine, such as a restart or the time since it last said it was alive, are no gap. */
export const ALIVE_GRACE_MS = MINUTE_MS;

type Change = Pick<HealthTransition, 'at' | 'from_status' | 'to_status' | 'reason'>;

/**
 * One provider's health as spans that cover `range` without gap or overlap.
 *
 * @param before the last transition before the range; null when there is none.
 * @param transitions those within the range, oldest first.
 * @param alive when the engine was running, oldest first. Outside of it nothing is known, so the span is `no_data`
 *   rather than the last health that was seen.
 */
export function healthSpans(
  range: TimeRange,
  before: Change | null,
  transitions: readonly Change[],
  alive: readonly TimeRange[],
): LaneSpan[] {
  const known = statusSpans(range, before, transitions);
  const spans: LaneSpan[] = [];
  let reached = range.since;
  for (const running of mergeAlive(alive)) {
    const from = Math.max(running.since, reached);
    const to = Math.min(running.until, range.until);
    if (to <= from) continue;
    if (from > reached) spans.push(noData(reached, from));
    for (const span of known) {
      const cut = { ...span, from: Math.max(span.from, from), to: Math.min(span.to, to) };
      if (cut.to > cut.from) spans.push(cut);
    }
    reached = to;
  }
  if (reached < range.until) spans.push(noData(reached, range.until));
  return spans;
}

function statusSpans(range: TimeRange, before: Change | null, transitions: readonly Change[]): LaneSpan[] {
  const first = transitions[0];
  const spans: LaneSpan[] = [];
  let current: LaneSpan = {
    from: range.since,
    to: range.until,
    status: before?.to_status ?? first?.from_status ?? 'unknown',
    reason: before?.reason ?? '',
  };
  for (const transition of transitions) {
    if (transition.to_status === current.status && transition.reason === current.reason) continue;
    if (transition.at > current.from) spans.push({ ...current, to: transition.at });
    current = { from: transition.at, to: range.until, status: transition.to_status, reason: transition.reason };
  }
  return [...spans, current];
}

/** Joins spans that touch, overlap or lie closer than the grace, and lets the last one reach as far as the grace. */
function mergeAlive(alive: readonly TimeRange[]): TimeRange[] {
  const merged: TimeRange[] = [];
  for (const span of alive) {
    const last = merged.at(-1);
    if (last && span.since <= last.until + ALIVE_GRACE_MS) last.until = Math.max(last.until, span.until);
    else merged.push({ ...span });
  }
  const last = merged.at(-1);
  if (last) last.until += ALIVE_GRACE_MS;
  return merged;
}

function noData(from: number, to: number): LaneSpan {
  return { from, to, status: 'no_data', reason: 'Switchyard was not running' };
}
