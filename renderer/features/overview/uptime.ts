import type { LaneSpan } from '../../../shared/domain/history.ts';
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
