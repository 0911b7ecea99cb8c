import { formatDurationCoarse, parseDuration } from './duration.ts';
import { quote } from './quote.ts';

const DAY_MS = 86_400_000;

/**
 * A moment as seen from `now` (both epoch ms): `just now`, `7 min ago`, `in 12 min`; a day or more away it is the absolute
 * date and minute, in `timeZone` (the viewer's own when left out).
 */
export function formatRelative(at: number, now: number, timeZone?: string): string {
  const distance = now - at;
  if (Math.abs(distance) >= DAY_MS) return `${formatDay(at, timeZone)} ${formatClock(at, timeZone)}`;
  if (Math.abs(distance) < 1000) return 'just now';
  return distance > 0 ? `${formatDurationCoarse(distance)} ago` : `in ${formatDurationCoarse(distance)}`;
}

/** A moment (epoch ms) to the second with its zone: `20 Nov 2026, 03:12:09 UTC`. The viewer's zone when left out. */
export function formatAbsolute(at: number, timeZone?: string): string {
  return formatter('absolute', timeZone).format(at);
}

/** Hour and minute (epoch ms): `03:12`. */
export function formatClock(at: number, timeZone?: string): string {
  return formatter('clock', timeZone).format(at);
}

/** Hour, minute and second (epoch ms): `03:12:09`. */
export function formatClockSeconds(at: number, timeZone?: string): string {
  return formatter('clockSeconds', timeZone).format(at);
}

/** Day and month (epoch ms): `20 Nov`. */
export function formatDay(at: number, timeZone?: string): string {
  return formatter('day', timeZone).format(at);
}

/** The viewer's IANA zone, such as `Europe/Berlin`. */
export function viewerTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const SHAPES = {
  absolute: {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  },
  clock: { hour: '2-digit', minute: '2-digit' },
  clockSeconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { day: 'numeric', month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Building an Intl formatter costs about a hundred times as much as using one, and tables use thousands.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(shape: keyof typeof SHAPES, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone ?? ''}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...SHAPES[shape], hourCycle: 'h23', ...(timeZone ? { timeZone } : {}) });
    formatters.set(key, found);
  }
  return found;
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const ISO_TIME_WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const ISO_TIME_WITH_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i;

/**
 * Epoch milliseconds of a written moment: epoch milliseconds (`1763600000000`), ISO 8601 (`2026-11-20`,
 * `2026-11-20T03:12:09Z`; without a zone it is UTC), `now`, or a duration back from `now` (`24h`, `7d`).
 * Throws an Error with one sentence when the text is none of these.
 */
export function parseInstant(text: string, now: number): number {
  const written = text.trim();
  if (written === 'now') return now;
  if (/^\d+$/.test(written) && Number.isSafeInteger(Number(written))) return Number(written);
  const iso = isoInstant(written);
  if (iso !== null) return iso;
  if (/^\d/.test(written) && /[a-z]$/i.test(written)) {
    try {
      return now - parseDuration(written);
    } catch {
      // Falls through to the sentence that names every form.
    }
  }
  throw new Error(
    `${quote(text)} is not a time: write epoch milliseconds, ISO 8601 such as 2026-11-20T03:12:00Z, or a duration back from now such as 24h.`,
  );
}

function isoInstant(written: string): number | null {
  const normal = written.replace(' ', 'T');
  const complete = ISO_TIME_WITHOUT_ZONE.test(written) ? `${normal}Z` : normal;
  if (!ISO_DATE.test(written) && !ISO_TIME_WITHOUT_ZONE.test(written) && !ISO_TIME_WITH_ZONE.test(written)) return null;
  const at = Date.parse(complete);
  return Number.isNaN(at) ? null : at;
}
