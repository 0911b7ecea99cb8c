import { spanAt, type TimelineLane, type TimelineSpan, type TimelineWindow } from './timeline-model.ts';

/** The span under the pointer or the keyboard's cursor. */
export interface TimelineFocus {
  /** Index of the lane. */
  lane: number;
  span: TimelineSpan;
}

/** The middle of what is visible of a span (epoch ms). */
export function middleOf(span: TimelineSpan, view: TimelineWindow): number {
  return (Math.max(span.from, view.from) + Math.min(span.to, view.to)) / 2;
}

function visibleIn(lane: TimelineLane | undefined, view: TimelineWindow): readonly TimelineSpan[] {
  return lane?.spans.filter((span) => span.to > view.from && span.from < view.to) ?? [];
}

/** One span back or on in the same lane; without a focus, the newest span of the first lane. */
export function stepSpan(
  lanes: readonly TimelineLane[],
  focus: TimelineFocus | null,
  by: 1 | -1,
  view: TimelineWindow,
): TimelineFocus | null {
  const lane = focus?.lane ?? 0;
  const spans = visibleIn(lanes[lane], view);
  // Without a focus the walk begins at the newest span: that is the one that is asked about.
  const at = focus ? spans.indexOf(focus.span) + by : spans.length - 1;
  const span = spans[Math.min(spans.length - 1, Math.max(0, at))];
  return span ? { lane, span } : null;
}

/** The span of the lane above or below at the same time. */
export function stepLane(
  lanes: readonly TimelineLane[],
  focus: TimelineFocus | null,
  by: 1 | -1,
  view: TimelineWindow,
): TimelineFocus | null {
  if (!focus) return stepSpan(lanes, null, by, view);
  const lane = Math.min(lanes.length - 1, Math.max(0, focus.lane + by));
  const spans = visibleIn(lanes[lane], view);
  const span = spanAt(spans, middleOf(focus.span, view)) ?? spans.at(-1);
  return span ? { lane, span } : focus;
}
