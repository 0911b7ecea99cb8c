import type { Database } from 'better-sqlite3';
import { SHADOW_CALL_SITE } from '../../../shared/domain/experiments.ts';
import type { ReliabilityRow } from '../../../shared/domain/history.ts';
import { planSegments, widenRange } from './cost-plan.ts';
import type { Horizons, Segment } from './cost-plan.ts';
import { HOUR_MS } from './grains.ts';
import { prepareHorizons } from './horizons.ts';
import { percentilesOf } from './latency-buckets.ts';
import type { Queries } from './reader-protocol.ts';
import type { LatencyMetric } from './rollup.ts';
import type { TimeRange } from './time-range.ts';

type CountRow = Pick<ReliabilityRow, 'provider' | 'requests' | 'attempts' | 'failed_attempts'>;

interface LatencyRow {
  provider: string;
  metric: LatencyMetric;
  latency_bucket: number;
  count: number;
}

/**
 * Calls, failures and latencies of every provider that was asked in a range, read from rollups alone and cut as costs are.
 * Latencies have no day rollups: of days whose hours are gone they are not known, and are left out.
 */
export function prepareReliabilityQuery(database: Database): Queries['reliability'] {
  const readHorizons = prepareHorizons(database);
  return (asked) => {
    const horizons = readHorizons();
    const range = widenRange(asked, horizons);
    const rows = new Map<string, CountRow>();
    for (const row of readCounts(
      database,
      planSegments(range, horizons, () => false),
    )) {
      const sum = rows.get(row.provider) ?? { provider: row.provider, requests: 0, attempts: 0, failed_attempts: 0 };
      sum.requests += row.requests;
      sum.attempts += row.attempts;
      sum.failed_attempts += row.failed_attempts;
      rows.set(row.provider, sum);
    }
    const latencies = readLatencies(database, range, horizons);
    const of = (provider: string, metric: LatencyMetric) => {
      const counts = latencies.get(`${metric} ${provider}`);
      return counts ? percentilesOf(counts) : null;
    };
    return {
      ...range,
      providers: [...rows.values()]
        .filter(({ provider }) => provider !== '')
        .toSorted((left, right) => (left.provider < right.provider ? -1 : 1))
        .map((row) => ({
          ...row,
          first_token_ms: of(row.provider, 'first_token'),
          latency_ms: of(row.provider, 'latency'),
        })),
    };
  };
}

function readCounts(database: Database, segments: readonly Segment[]): CountRow[] {
  return segments.flatMap(({ grain, from, to }) =>
    database
      .prepare<[number, number], CountRow>(
        `SELECT provider, SUM(requests) AS requests, SUM(attempts) AS attempts, SUM(failed_attempts) AS failed_attempts
         FROM rollup_${grain} WHERE bucket >= ? AND bucket < ? AND call_site <> '${SHADOW_CALL_SITE}' GROUP BY provider`,
      )
      .all(from, to),
  );
}

function readLatencies(database: Database, range: TimeRange, horizons: Horizons): Map<string, Map<number, number>> {
  const since = Math.max(range.since, horizons.hour);
  // Every day lies across two groups, so that the plan has none but hours and minutes.
  const segments = since < range.until ? planSegments({ ...range, since }, horizons, splitsDays) : [];
  const groups = new Map<string, Map<number, number>>();
  for (const { grain, from, to } of segments) {
    const rows = database
      .prepare<[number, number], LatencyRow>(
        `SELECT provider, metric, latency_bucket, SUM(count) AS count FROM latency_rollup_${grain}
         WHERE bucket >= ? AND bucket < ? GROUP BY provider, metric, latency_bucket`,
      )
      .all(from, to);
    for (const row of rows) {
      const key = `${row.metric} ${row.provider}`;
      const counts = groups.get(key) ?? new Map<number, number>();
      counts.set(row.latency_bucket, (counts.get(row.latency_bucket) ?? 0) + row.count);
      groups.set(key, counts);
    }
  }
  return groups;
}

function splitsDays(from: number, to: number): boolean {
  return to - from > HOUR_MS;
}
