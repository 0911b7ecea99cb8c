import { formatDuration } from '../../../shared/format/duration.ts';
import { formatClock, formatDay } from '../../../shared/format/time.ts';
import { onReadersClock } from '../../../shared/format/written-times.ts';
import { statusWord } from '../StatusMark.tsx';

export type TimelineStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unknown' | 'disabled' | 'no_data';

/** A stretch in one state; both ends epoch ms. */
export interface TimelineSpan {
  from: number;
  to: number;
  status: TimelineStatus;
  reason: string;
}

export interface TimelineLane {
  provider: string;
  /** What the lane is called on screen; the provider's name when left out. */
  label?: string;
  spans: readonly TimelineSpan[];
}

export interface TimelineEpisode {
  id: number;
  started_at: number;
  /** Null while it lasts. */
  ended_at: number | null;
  from_provider: string;
  to_provider: string | null;
}

/** The visible part of time; both ends epoch ms. */
export interface TimelineWindow {
  from: number;
  to: number;
}

export type TimelineSelection =
  | { kind: 'span'; provider: string; span: TimelineSpan }
  | { kind: 'episode'; id: number };

const SMALLEST_WINDOW_MS = 10_000;

/** `wanted` moved and narrowed so that it lies inside `full` and is no shorter than ten seconds. */
export function clampWindow(wanted: TimelineWindow, full: TimelineWindow): TimelineWindow {
  const length = Math.min(full.to - full.from, Math.max(SMALLEST_WINDOW_MS, wanted.to - wanted.from));
  const from = Math.min(Math.max(wanted.from, full.from), full.to - length);
  return { from, to: from + length };
}

/** Zooms by `factor` (below 1 is closer) and keeps `centre` where it is on screen. */
export function zoomAround(
  window: TimelineWindow,
  full: TimelineWindow,
  centre: number,
  factor: number,
): TimelineWindow {
  const length = Math.max(SMALLEST_WINDOW_MS, (window.to - window.from) * factor);
  const share = (centre - window.from) / (window.to - window.from);
  const from = centre - length * Math.min(1, Math.max(0, share));
  return clampWindow({ from, to: from + length }, full);
}

/** Moves the window by `share` of its own length; negative is back in time. */
export function panBy(window: TimelineWindow, full: TimelineWindow, share: number): TimelineWindow {
  const shift = (window.to - window.from) * share;
  return clampWindow({ from: window.from + shift, to: window.to + shift }, full);
}

/** What is drawn: one span, or several that are too short to be seen apart, as the gravest of them. */
export interface DrawnSpan {
  x: number;
  width: number;
  span: TimelineSpan;
  /** How many spans stand here. */
  count: number;
}

const GRAVITY: Readonly<Record<TimelineStatus, number>> = {
  unhealthy: 5,
  degraded: 4,
  unknown: 3,
  no_data: 2,
  disabled: 1,
  healthy: 0,
};

const SMALLEST_MARK = 2;

/**
 * The spans that can be seen in `window` on `width` pixels. Spans under two pixels are drawn two pixels wide and
 * gathered with their neighbours, the gravest state winning: a short outage never disappears, and no more than
 * `width` marks are drawn however many spans there are.
 */
export function drawnSpans(spans: readonly TimelineSpan[], window: TimelineWindow, width: number): DrawnSpan[] {
  const perMs = width / (window.to - window.from);
  const drawn: DrawnSpan[] = [];
  for (const span of spans) {
    if (span.to <= window.from || span.from >= window.to || span.to <= span.from) continue;
    const start = (Math.max(span.from, window.from) - window.from) * perMs;
    const end = (Math.min(span.to, window.to) - window.from) * perMs;
    const last = drawn.at(-1);
    const lastEnd = last ? last.x + last.width : 0;
    if (end - start >= SMALLEST_MARK) {
      const x = Math.max(start, Math.min(lastEnd, end - 1));
      drawn.push({ x, width: end - x, span, count: 1 });
    } else if (last && last.width <= SMALLEST_MARK && start < lastEnd) {
      last.count += 1;
      if (GRAVITY[span.status] > GRAVITY[last.span.status]) last.span = span;
    } else {
      drawn.push({ x: Math.max(start, lastEnd), width: SMALLEST_MARK, span, count: 1 });
    }
  }
  return drawn;
}

/** An episode, or several too close to be drawn apart, as a bracket over the lanes. */
export interface Bracket {
  x: number;
  width: number;
  episodes: readonly TimelineEpisode[];
  /** True when it has not ended, so the bracket stays open. */
  open: boolean;
}

/** The brackets of `episodes` inside `window`, left to right; those less than three pixels apart become one. */
export function episodeBrackets(
  episodes: readonly TimelineEpisode[],
  window: TimelineWindow,
  width: number,
  now: number,
): Bracket[] {
  const perMs = width / (window.to - window.from);
  const brackets: Bracket[] = [];
  for (const episode of episodes.toSorted((a, b) => a.started_at - b.started_at)) {
    const end = episode.ended_at ?? Math.max(now, episode.started_at);
    if (end < window.from || episode.started_at > window.to) continue;
    const x = Math.max(0, (episode.started_at - window.from) * perMs);
    const until = Math.min(width, Math.max(x + 3, (end - window.from) * perMs));
    const last = brackets.at(-1);
    if (last && x < last.x + last.width + 3) {
      brackets[brackets.length - 1] = {
        x: last.x,
        width: Math.max(last.width, until - last.x),
        episodes: [...last.episodes, episode],
        open: last.open || episode.ended_at === null,
      };
    } else {
      brackets.push({ x, width: until - x, episodes: [episode], open: episode.ended_at === null });
    }
  }
  return brackets;
}

/** The span that holds the moment `at`; undefined where there is none. */
export function spanAt(spans: readonly TimelineSpan[], at: number): TimelineSpan | undefined {
  return spans.find((span) => span.from <= at && at < span.to);
}

/** Both ends of a stretch of time: `03:12 – 03:40`; with the day where it is not the day of `now` or changes in between. */
export function windowTimes(window: TimelineWindow, now: number, timeZone?: string): string {
  const [first, last, today] = [window.from, window.to, now].map((at) => formatDay(at, timeZone));
  const start = `${first === today && last === today ? '' : `${first} `}${formatClock(window.from, timeZone)}`;
  if (window.to >= now - 1000) return `${start} – now`;
  return `${start} – ${last === first ? '' : `${last} `}${formatClock(window.to, timeZone)}`;
}

/** When a span was and how long: `03:12 – 03:40 (28 min)`. */
export function spanTimes(span: TimelineWindow, now: number, timeZone?: string): string {
  return `${windowTimes(span, now, timeZone)} (${formatDuration(span.to - span.from)})`;
}

/** A span in one sentence, for the tooltip's text and the list beside the picture. */
export function describeSpan(label: string, span: TimelineSpan, now: number, timeZone?: string): string {
  const reason = span.reason ? `: ${onReadersClock(span.reason, span.from, timeZone)}` : '';
  return `${label} ${statusWord(span.status)}, ${spanTimes(span, now, timeZone)}${reason}`;
}
