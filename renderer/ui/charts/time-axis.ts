import { formatClock, formatClockSeconds, formatDay } from '../../../shared/format/time.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Half the width of the widest label. */
const EDGE_PX = 18;

const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * DAY),
];

export interface TimeTick {
  /** Epoch ms. */
  at: number;
  label: string;
}

/**
 * Marks of a time axis: at round times of the clock in `timeZone` (the viewer's when left out), at most one per
 * `minimumSpacing` pixels. `domain` is epoch ms, `width` pixels.
 */
export function timeTicks(
  domain: readonly [number, number],
  width: number,
  timeZone?: string,
  minimumSpacing = 60,
): TimeTick[] {
  const [from, to] = domain;
  if (!(to > from) || width <= 0) return [];
  const mostTicks = Math.max(1, Math.floor(width / minimumSpacing));
  const step = STEPS.find((one) => (to - from) / one <= mostTicks) ?? to - from;
  const ticks: TimeTick[] = [];
  // A label is drawn around its mark; one at the very end would be cut off.
  const lastLabelled = to - (EDGE_PX / width) * (to - from);
  const offset = (at: number) => zoneOffset(at, timeZone);
  // Steps run over the local clock, and each is carried back with the offset that holds there: across a change of
  // daylight saving, midnight stays midnight.
  for (let local = Math.ceil((from + offset(from)) / step) * step; ; local += step) {
    const guess = local - offset(from);
    const at = local - offset(guess);
    if (at > to) break;
    if (at >= from && at <= lastLabelled) ticks.push({ at, label: tickLabel(at, local, step, timeZone) });
    if (ticks.length > mostTicks + 2) break;
  }
  return ticks;
}

function tickLabel(at: number, local: number, step: number, timeZone: string | undefined): string {
  if (step < MINUTE) return formatClockSeconds(at, timeZone);
  return step >= DAY || local % DAY === 0 ? formatDay(at, timeZone) : formatClock(at, timeZone);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds by which the clock of `timeZone` is ahead of UTC at `at`. */
function zoneOffset(at: number, timeZone: string | undefined): number {
  const key = timeZone ?? '';
  let format = formatters.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      ...(timeZone ? { timeZone } : {}),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(key, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const wall = Date.UTC(
    part['year'] ?? 0,
    (part['month'] ?? 1) - 1,
    part['day'],
    part['hour'],
    part['minute'],
    part['second'],
  );
  return wall - Math.floor(at / SECOND) * SECOND;
}
