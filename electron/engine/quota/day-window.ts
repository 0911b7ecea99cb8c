/** A day of counting as epoch milliseconds: from `start` up to, not including, `end`. 23 or 25 hours long on two days of the year. */
export interface DayWindow {
  start: number;
  end: number;
}

/** When a day of counting begins: at `resetHour` (0 to 23) o'clock in an IANA zone. */
export interface DayRule {
  resetHour: number;
  timeZone: string;
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The day of counting that holds `now`. Where the reset hour is skipped by a change to summer time the day begins at
 * the first instant after the gap; where it comes twice, at its first occurrence.
 * @throws RangeError for a zone that does not exist.
 */
export function dayWindow(now: number, rule: DayRule): DayWindow {
  const local = localTime(now, rule.timeZone);
  const today = Math.floor(local / DAY_MS) * DAY_MS;
  const starts = [-1, 0, 1, 2].map((days) =>
    instantOf(today + days * DAY_MS + rule.resetHour * HOUR_MS, rule.timeZone),
  );
  const next = starts.findIndex((start) => start > now);
  const end = starts[next];
  const start = starts[next - 1];
  if (start === undefined || end === undefined) throw new RangeError(`No day window holds ${now} in ${rule.timeZone}.`);
  return { start, end };
}

/** `00:00 UTC` or `06:00 GMT+2`: when an instant is, on the clock of the rule's zone. */
export function clockTime(at: number, rule: DayRule): string {
  if (rule.timeZone === 'UTC') return `${new Date(at).toISOString().slice(11, 16)} UTC`;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: rule.timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    // Not the zone's own name: everybody, and the console, can read an offset.
    timeZoneName: 'shortOffset',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/** The zone's wall-clock reading at an instant, written as if it were UTC epoch milliseconds. */
function localTime(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const seconds = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return seconds + (((at % 1_000) + 1_000) % 1_000);
}

/** The first instant at which the zone's clock shows `local` or later. */
function instantOf(local: number, timeZone: string): number {
  const offsetAt = (at: number): number => localTime(at, timeZone) - at;
  // The offsets half a day to either side are those before and after any change near `local`.
  const before = offsetAt(local - DAY_MS / 2 - offsetAt(local));
  const after = offsetAt(local + DAY_MS / 2 - offsetAt(local));
  const candidates = [local - before, local - after].filter((at) => localTime(at, timeZone) === local);
  if (candidates.length > 0) return Math.min(...candidates);
  return firstInstantAfterGap(local - Math.max(before, after), local - Math.min(before, after), timeZone);
}

/** Between two instants with different offsets: the one at which the offset changes, found by halving. */
function firstInstantAfterGap(early: number, late: number, timeZone: string): number {
  let low = early;
  let high = late;
  const offset = localTime(low, timeZone) - low;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localTime(middle, timeZone) - middle === offset) low = middle;
    else high = middle;
  }
  return high;
}
