import type { LaneSpan } from '../../../shared/domain/history.ts';
import type { DayUptime, Uptime, UptimeQuery } from '../../../shared/domain/provider.ts';
import { StoreQueryError } from '../store/query-error.ts';
import { createZoneCalendar } from '../store/time-zone.ts';
import type { StoreReader } from '../store/types.ts';
import type { TimeRange } from '../store/time-range.ts';
import { OperatorError } from './operator-error.ts';

/** No calendar day is longer: 24 h, an hour where clocks go back, and an hour to spare. */
const LONGEST_DAY_MS = 26 * 60 * 60 * 1000;

/**
 * The health of every provider by the calendar days of a time zone. Throws `OperatorError` `INVALID_REQUEST` for a zone
 * that there is none of.
 */
export async function uptimeByDay(
  query: UptimeQuery,
  { reader, now, names }: { reader: Pick<StoreReader, 'healthLanes'>; now: number; names: readonly string[] },
): Promise<Uptime> {
  const timeZone = query.time_zone ?? 'UTC';
  const days = localDays(timeZone, now, query.days);
  const since = days[0]?.since ?? now;
  const lanes = await reader.healthLanes({ since, until: now });
  return {
    time_zone: timeZone,
    since,
    until: now,
    providers: names.map((provider) => {
      const spans = lanes.find((lane) => lane.provider === provider)?.spans ?? [];
      return { provider, days: days.map((day) => uptimeOfDay(spans, day)) };
    }),
  };
}

/** The last `count` calendar days of a zone up to `until`, oldest first; the last one ends at `until`. */
export function localDays(timeZone: string, until: number, count: number): TimeRange[] {
  const { dayOf } = calendarOf(timeZone);
  const days: TimeRange[] = [];
  let end = until;
  while (days.length < count) {
    const since = startOfDay(dayOf, end - 1);
    days.push({ since, until: end });
    end = since;
  }
  return days.toReversed();
}

/** The first millisecond that belongs to the same calendar day as `at`. */
function startOfDay(dayOf: (at: number) => string, at: number): number {
  const day = dayOf(at);
  let [before, within] = [at - LONGEST_DAY_MS, at];
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (dayOf(middle) === day) within = middle;
    else before = middle;
  }
  return within;
}

/** How long a provider was in which state on one day. What no span covers is not known. */
export function uptimeOfDay(spans: readonly LaneSpan[], day: TimeRange): DayUptime {
  const lasted = (...states: LaneSpan['status'][]) =>
    spans
      .filter(({ status }) => states.includes(status))
      .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, day.until) - Math.max(from, day.since)), 0);
  const known = { healthy: lasted('healthy'), degraded: lasted('degraded'), down: lasted('unhealthy') };
  const off = lasted('disabled');
  return {
    from: day.since,
    to: day.until,
    healthy_ms: known.healthy,
    degraded_ms: known.degraded,
    down_ms: known.down,
    off_ms: off,
    no_data_ms: day.until - day.since - known.healthy - known.degraded - known.down - off,
  };
}

function calendarOf(timeZone: string) {
  try {
    return createZoneCalendar(timeZone);
  } catch (error) {
    if (error instanceof StoreQueryError) throw new OperatorError('INVALID_REQUEST', error.message);
    throw error;
  }
}
