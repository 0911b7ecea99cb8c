import { formatAbsolute, formatClock, formatClockSeconds, formatDay } from './time.ts';

const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `20 Nov 2026, ` or `2026-11-20 `, then `03:12` or `03:12:09`, then `UTC`, `Z` or `GMT+5:30`. */
const WRITTEN = new RegExp(
  [
    String.raw`(?:\b(?<day>\d{1,2}) (?<month>${MONTHS.join('|')}) (?<year>\d{4}), |\b(?<date>\d{4}-\d{2}-\d{2})[ T])?`,
    String.raw`(?<![\d:.-])(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d)(?:\.\d+)?)?`,
    String.raw`(?:Z\b| UTC\b| GMT(?<offset>[+-]\d{1,2}(?::\d{2})?)(?![\d:]))`,
  ].join(''),
  'g',
);

/**
 * A sentence of the engine with its moments on the reader's clock. The engine writes every moment with its zone, since the
 * same sentence goes to headers, logs and terminals; on a screen `tried again at 03:12 UTC` becomes `tried again at 04:12`.
 * A moment on another day than the reader's `near` keeps a date.
 *
 * @param near Epoch ms around which a time without a date lies: when the sentence was made.
 * @param timeZone IANA zone of the reader; the viewer's when left out.
 */
export function onReadersClock(text: string, near: number, timeZone?: string): string {
  return text.replace(WRITTEN, (written: string, ...parts: unknown[]) => {
    const found = parts.at(-1) as Partial<
      Record<'day' | 'month' | 'year' | 'date' | 'hour' | 'minute' | 'second' | 'offset', string>
    >;
    const at = instantOf(found, near);
    if (Number.isNaN(at)) return written;
    if (found.year !== undefined) return formatAbsolute(at, timeZone);
    const clock = found.second === undefined ? formatClock(at, timeZone) : formatClockSeconds(at, timeZone);
    const dated = found.date !== undefined && formatDay(at, timeZone) !== formatDay(near, timeZone);
    return dated ? `${formatDay(at, timeZone)} ${clock}` : clock;
  });
}

function instantOf(
  { day, month, year, date, hour, minute, second = '00', offset }: Partial<Record<string, string>>,
  near: number,
): number {
  const zone = offset === undefined ? 0 : minutesOf(offset) * 60_000;
  const written =
    date ?? (year === undefined ? null : `${year}-${two(MONTHS.indexOf(month ?? '') + 1)}-${two(Number(day))}`);
  const onDay = (text: string) => Date.parse(`${text}T${hour}:${minute}:${second}Z`) - zone;
  if (written !== null) return onDay(written);
  const guess = onDay(new Date(near + zone).toISOString().slice(0, 10));
  return guess + Math.round((near - guess) / DAY_MS) * DAY_MS;
}

function minutesOf(offset: string): number {
  const [hours = '0', minutes = '0'] = offset.slice(1).split(':');
  return (offset.startsWith('-') ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
