import { quote } from '../../../shared/format/quote.ts';
import { DAY_MS, floorTo } from './grains.ts';
import { StoreQueryError } from './query-error.ts';

/** Names the local day or hour that an instant belongs to. */
interface ZoneCalendar {
  /** `2026-10-25`. */
  dayOf: (at: number) => string;
  /** `2026-10-25T02:00+02:00`; the offset tells the two hours apart that share a name when clocks go back. */
  hourOf: (at: number) => string;
}

/**
 * A calendar of one IANA time zone. Offsets come from the runtime's own zone data and are asked once for a UTC day
 * whose two ends agree; a zone never changes its offset twice within a day.
 * Throws `StoreQueryError` for a name that is no zone.
 */
export function createZoneCalendar(timeZone: string): ZoneCalendar {
  const format = offsetFormat(timeZone);
  const dayStarts = new Map<number, number>();

  const offsetAtDayStart = (day: number): number => {
    const known = dayStarts.get(day);
    if (known !== undefined) return known;
    const offset = readOffset(format, day);
    dayStarts.set(day, offset);
    return offset;
  };
  const offsetAt = (at: number): number => {
    const day = floorTo(at, DAY_MS);
    const before = offsetAtDayStart(day);
    return before === offsetAtDayStart(day + DAY_MS) ? before : readOffset(format, at);
  };

  return {
    dayOf: (at) => new Date(at + offsetAt(at)).toISOString().slice(0, 10),
    hourOf(at) {
      const offset = offsetAt(at);
      return `${new Date(at + offset).toISOString().slice(0, 13)}:00${writeOffset(offset)}`;
    },
  };
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    throw new StoreQueryError(
      'invalid_time_zone',
      `${quote(timeZone)} is not an IANA time zone; name one such as "Europe/Berlin" or "UTC".`,
    );
  }
}

function readOffset(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name);
  if (!match) return 0;
  const [, sign, hours, minutes, seconds = '0'] = match;
  const length = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return sign === '-' ? -length : length;
}

function writeOffset(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
