import { quote } from './quote.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/**
 * A span in words with its unit, at most three significant digits: `340 ms`, `1.4 s`, `52 s`, `4 min 30 s`, `12 min`,
 * `2 h 5 min`, `3 d 4 h`. Negative spans count as their length.
 */
export function formatDuration(ms: number): string {
  const span = Math.abs(ms);
  if (span < 0.5) return '0 ms';
  if (span < 999.5) return `${Math.round(span)} ms`;
  if (span < 9.95 * SECOND) return `${(span / SECOND).toFixed(1)} s`;
  if (span < 59.5 * SECOND) return `${Math.round(span / SECOND)} s`;
  const seconds = Math.round(span / SECOND);
  if (seconds < 600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(span / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(span / HOUR);
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/**
 * The same span in one whole unit, rounded down as an age is: `7 s`, `7 min`, `3 h`, `2 d`. For ages and countdowns,
 * where a second unit would only flicker.
 */
export function formatDurationCoarse(ms: number): string {
  const span = Math.abs(ms);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h`;
  return `${Math.floor(span / DAY)} d`;
}

/**
 * Milliseconds of a written duration: a number with `ms`, `s`, `m`, `h`, `d` or `w`, or several of them such as `1h30m`.
 * Throws an Error with one sentence when the text is anything else or not above zero.
 */
export function parseDuration(text: string): number {
  const compact = text.trim().toLowerCase();
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
  const whole = parts.map(([part]) => part).join('') === compact;
  if (parts.length > 0 && whole && total === 0) {
    throw new Error(`${quote(text)} is no time at all: write a duration above zero, such as 90s, 15m, 24h or 7d.`);
  }
  if (parts.length === 0 || !whole || !Number.isFinite(total)) {
    throw new Error(`${quote(text)} is not a duration: write a number and a unit, such as 90s, 15m, 24h or 7d.`);
  }
  return Math.round(total);
}
