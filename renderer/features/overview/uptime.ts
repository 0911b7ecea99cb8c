import type { LaneSpan } from '../../../shared/domain/history.ts';
import type { DayUptime } from '../../../shared/domain/provider.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatDay } from '../../../shared/format/time.ts';
import type { UptimeBucket } from '../../ui/UptimeBar.tsx';

/** The gravest state wins a bucket, so that a short outage is not averaged away. */
const GRAVITY: readonly UptimeBucket['status'][] = [
  'no_data',
  'disabled',
  'unknown',
  'healthy',
  'degraded',
  'unhealthy',
];

/** The spans of one lane as `count` equally long buckets between `since` and `until` (epoch ms). */
export function uptimeBuckets(spans: readonly LaneSpan[], since: number, until: number, count: number): UptimeBucket[] {
  const length = (until - since) / count;
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [since + index * length, since + (index + 1) * length];
    const states = spans.filter((span) => span.from < to && span.to > from).map(({ status }) => status);
    return { from, to, status: GRAVITY.findLast((status) => states.includes(status)) ?? 'no_data' };
  });
}

/** Share of the recorded time between two moments in which the provider could serve: "99.93 % up"; "no data" for none. */
export function spansSummary(spans: readonly LaneSpan[], since: number, until: number): string {
  const time = (wanted: readonly LaneSpan['status'][]): number =>
    spans
      .filter(({ status }) => wanted.includes(status))
      .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - Math.max(from, since)), 0);
  const up = time(['healthy', 'degraded']);
  const known = up + time(['unhealthy']);
  return known === 0 ? 'no data' : `${upText(up, known)} up`;
}

/** Share of a day's known time from which being down counts as an outage of the day and not as a blemish. */
const OUTAGE_SHARE = 0.01;

/** Days as buckets of their own: red from a hundredth of the known time down, amber for less or for a degraded day. */
export function dayBuckets(days: readonly DayUptime[], timeZone?: string): UptimeBucket[] {
  return days.map((day) => ({
    from: day.from,
    to: day.to,
    status: dayStatus(day),
    detail: `${formatDay(day.from, timeZone)}: ${dayWords(day)}`,
  }));
}

function knownTime({ healthy_ms: healthy, degraded_ms: degraded, down_ms: down }: DayUptime): number {
  return healthy + degraded + down;
}

function dayStatus(day: DayUptime): UptimeBucket['status'] {
  const known = knownTime(day);
  if (known === 0) return day.off_ms > 0 ? 'disabled' : 'no_data';
  if (day.down_ms >= OUTAGE_SHARE * known) return 'unhealthy';
  return day.down_ms > 0 || day.degraded_ms >= OUTAGE_SHARE * known ? 'degraded' : 'healthy';
}

function dayWords(day: DayUptime): string {
  const known = knownTime(day);
  if (known === 0) return day.off_ms > 0 ? 'off' : 'no data';
  const parts = [
    `${upText(known - day.down_ms, known)} up`,
    ...(day.down_ms > 0 ? [`${formatDuration(day.down_ms)} down`] : []),
    ...(day.degraded_ms > 0 ? [`${formatDuration(day.degraded_ms)} degraded`] : []),
    // A start or a pause of minutes is every day's; only a real gap is worth a word.
    ...(day.no_data_ms >= known * OUTAGE_SHARE ? [`no data for ${formatDuration(day.no_data_ms)}`] : []),
  ];
  return parts.join(', ');
}

/** Share of the known time of all days in which the provider could serve: "99.93 % up"; "no data" where there is none. */
export function daysSummary(days: readonly DayUptime[]): string {
  const known = days.reduce((sum, day) => sum + knownTime(day), 0);
  const down = days.reduce((sum, day) => sum + day.down_ms, 0);
  return known === 0 ? 'no data' : `${upText(known - down, known)} up`;
}

/** A share that is not whole never reads as 100 %. */
function upText(up: number, known: number): string {
  if (up === known) return '100 %';
  const percent = Math.floor((up / known) * 10_000) / 100;
  return `${percent >= 99 ? percent.toFixed(2) : percent.toFixed(1)} %`;
}
