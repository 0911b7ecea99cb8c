import type { Database } from 'better-sqlite3';
import type { IncidentPoint } from '../../../shared/domain/incidents.ts';
import type { IncidentRows } from './incident-types.ts';
import { prepareSeriesQuery } from './series-query.ts';
import type { TimeRange } from './time-range.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map((seconds) => seconds * SECOND);
const MOST_POINTS = 120;
/** A longer time is told from the rollups, whose finest grain is a minute. */
const LONGEST_FROM_REQUESTS_MS = 6 * HOUR;

interface Sample {
  at: number;
  provider: string;
  failed: number;
  duration_ms: number | null;
}

type Charts = IncidentRows['charts'];

/** Prepares what answers an incident's figures over time, with a fifth of its length (a minute at least) around it. */
export function prepareIncidentCharts(database: Database): (window: TimeRange, now: number) => Charts {
  const samples = database.prepare<[number, number], Sample>(
    `SELECT started_at AS at, coalesce(provider, '') AS provider, status IN ('error', 'timeout', 'refused') AS failed,
       CASE WHEN status = 'success' THEN duration_ms END AS duration_ms
     FROM requests WHERE origin = 'client' AND started_at >= ? AND started_at < ? ORDER BY started_at`,
  );
  const series = prepareSeriesQuery(database);
  return (window, now) => {
    const around = Math.max(MINUTE, (window.until - window.since) / 5);
    const range = {
      since: Math.floor(window.since - around),
      until: Math.min(Math.ceil(window.until + around), now + 1),
    };
    if (range.until - range.since > LONGEST_FROM_REQUESTS_MS) return fromSeries(series(range, MOST_POINTS, true));
    const step = STEPS.find((ms) => (range.until - range.since) / ms <= MOST_POINTS - 1) ?? 5 * MINUTE;
    const since = Math.floor(range.since / step) * step;
    const until = Math.ceil(range.until / step) * step;
    return { since, until, stepMs: step, providers: bucketed(samples.iterate(since, until), since, until, step) };
  };
}

function bucketed(samples: Iterable<Sample>, since: number, until: number, step: number): Charts['providers'] {
  const buckets = new Map<string, { requests: number; errors: number; durations: number[] }[]>();
  for (const { at, provider, failed, duration_ms: duration } of samples) {
    const own =
      buckets.get(provider) ??
      Array.from({ length: (until - since) / step }, () => ({ requests: 0, errors: 0, durations: [] }));
    buckets.set(provider, own);
    const bucket = own[Math.floor((at - since) / step)];
    if (!bucket) continue;
    bucket.requests += 1;
    bucket.errors += failed;
    if (duration !== null) bucket.durations.push(duration);
  }
  return [...buckets]
    .map(([provider, own]) => ({
      provider,
      points: own.map(({ requests, errors, durations }, index): IncidentPoint => ({
        at: since + index * step,
        requests,
        errors,
        latency_p95_ms: percentile95(durations),
      })),
    }))
    .toSorted((left, right) => (left.provider < right.provider ? -1 : 1));
}

/** By nearest rank; null for none. */
function percentile95(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null;
}

function fromSeries({
  since,
  until,
  step_ms: stepMs,
  providers,
}: ReturnType<ReturnType<typeof prepareSeriesQuery>>): Charts {
  return {
    since,
    until,
    stepMs,
    providers: providers.map(({ provider, points }) => ({
      provider,
      points: points.map(({ at, requests, errors, latency_ms: latency }) => ({
        at,
        requests,
        errors,
        latency_p95_ms: latency?.p95 ?? null,
      })),
    })),
  };
}
