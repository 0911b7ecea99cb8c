import { onReadersClock } from '../../../shared/format/written-times.ts';
import { StatusShape, statusWord } from '../StatusMark.tsx';
import {
  describeSpan,
  spanTimes,
  type TimelineLane,
  type TimelineSpan,
  type TimelineStatus,
} from './timeline-model.ts';

interface SpanTooltipProps {
  label: string;
  span: TimelineSpan;
  now: number;
  timeZone?: string;
  x: number;
  width: number;
  below: number;
}

const TOOLTIP_WIDTH = 260;

/** What a span was, when, how long and why, under its lane. */
export function SpanTooltip({ label, span, now, timeZone, x, width, below }: SpanTooltipProps) {
  const left = Math.min(Math.max(0, x - TOOLTIP_WIDTH / 2), Math.max(0, width - TOOLTIP_WIDTH));
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute z-20 rounded-panel border border-line-strong bg-raised px-2.5 py-2 text-table"
      style={{ left, top: below + 2, width: Math.min(TOOLTIP_WIDTH, width) }}
    >
      <div className="flex items-center gap-1.5">
        <StatusShape status={span.status} />
        <span className="font-medium">{label}</span>
        <span className="text-ink-muted">{statusWord(span.status)}</span>
      </div>
      <div className="text-ink-muted tabular-nums">{spanTimes(span, now, timeZone)}</div>
      {span.reason && <div className="break-words">{onReadersClock(span.reason, span.from)}</div>}
    </div>
  );
}

/** The shapes and words of the states that occur, so that the picture needs no guess. */
export function StatusKey({ lanes }: { lanes: readonly TimelineLane[] }) {
  const present = new Set(lanes.flatMap((lane) => lane.spans.map((span) => span.status)));
  const order: readonly TimelineStatus[] = ['healthy', 'degraded', 'unhealthy', 'unknown', 'disabled', 'no_data'];
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1 text-table text-ink-muted">
      {order
        .filter((status) => present.has(status))
        .map((status) => (
          <li key={status} className="flex items-center gap-1.5">
            <StatusShape status={status} />
            {statusWord(status)}
          </li>
        ))}
    </ul>
  );
}

const LISTED_SPANS = 50;

/** The troubled spans as a list: what the picture says, for those who cannot see it. */
export function SpanList({ lanes, now, timeZone }: { lanes: readonly TimelineLane[]; now: number; timeZone?: string }) {
  const troubled = lanes.flatMap((lane) =>
    lane.spans
      .filter((span) => span.status !== 'healthy' && span.status !== 'disabled')
      .map((span) => ({ lane, span })),
  );
  return (
    <ul className="sr-only" aria-label="States other than healthy">
      {troubled
        .toSorted((a, b) => b.span.from - a.span.from)
        .slice(0, LISTED_SPANS)
        .map(({ lane, span }) => (
          <li key={`${lane.provider} ${span.from}`}>
            {describeSpan(lane.label ?? lane.provider, span, now, timeZone)}
          </li>
        ))}
    </ul>
  );
}
