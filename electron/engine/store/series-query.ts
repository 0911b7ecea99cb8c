import type { Database } from 'better-sqlite3';
import { SHADOW_CALL_SITE } from '../../../shared/domain/experiments.ts';
import type { Series, SeriesPoint } from '../../../shared/domain/history.ts';
import { DAY_MS, HOUR_MS } from './grains.ts';
import type { Grain } from './grains.ts';
import { prepareHorizons } from './horizons.ts';
import { percentilesOf } from './latency-buckets.ts';
import { fromMicroUsd } from './money.ts';
import type { Queries } from './reader-protocol.ts';
import type { LatencyMetric } from './rollup.ts';
import { planSeries } from './series-step.ts';
import type { SeriesPlan } from './series-step.ts';

interface FiguresRow {
  at: number;
  provider: string;
  requests: number;
  errors: number;
  cost_micro_usd: number;
  pricing_unknown_requests: number;
  output_tokens: number;
}

interface LatencyRow {
  at: number;
  provider: string;
  metric: LatencyMetric;
  latency_bucket: number;
  count: number;
}

/**
 * Figures per provider over time, in buckets of one whole step aligned to UTC; `since` and `until` of the answer are
 * those of the first and the last bucket. Requests nobody answered are the provider ''. Every provider with a figure in
 * the range has every bucket: no request is a zero and no latency a null, so that a gap is drawn as a gap.
 */
export function prepareSeriesQuery(database: Database): Queries['series'] {
  const readHorizons = prepareHorizons(database);
  return (asked, buckets, latency = true): Series => {
    const plan = planSeries(asked, buckets, readHorizons());
    const points = new Map<string, SeriesPoint[]>();
    const pointAt = (provider: string, at: number): SeriesPoint | undefined => {
      const list = points.get(provider) ?? emptyPoints(plan);
      points.set(provider, list);
      return list[(at - plan.since) / plan.stepMs];
    };
    for (const row of readFigures(database, plan)) {
      const point = pointAt(row.provider, row.at);
      if (!point) continue;
      point.requests = row.requests;
      point.errors = row.errors;
      point.cost_usd = fromMicroUsd(row.cost_micro_usd);
      point.pricing_unknown_requests = row.pricing_unknown_requests;
      point.output_tokens = row.output_tokens;
    }
    for (const { at, provider, metric, counts } of latency ? readLatencies(database, plan) : []) {
      const point = pointAt(provider, at);
      if (point) point[metric === 'latency' ? 'latency_ms' : 'first_token_ms'] = percentilesOf(counts);
    }
    return {
      since: plan.since,
      until: plan.until,
      step_ms: plan.stepMs,
      providers: [...points]
        .map(([provider, list]) => ({ provider, points: list }))
        .toSorted((left, right) => (left.provider < right.provider ? -1 : 1)),
    };
  };
}

function emptyPoints({ since, until, stepMs }: SeriesPlan): SeriesPoint[] {
  return Array.from({ length: (until - since) / stepMs }, (_, index) => ({
    at: since + index * stepMs,
    requests: 0,
    errors: 0,
    cost_usd: 0,
    pricing_unknown_requests: 0,
    output_tokens: 0,
    first_token_ms: null,
    latency_ms: null,
  }));
}

/** A shadow's requests are money, and nobody's requests. */
function sumOfOthers(figure: 'requests' | 'errors'): string {
  return `SUM(CASE WHEN call_site = '${SHADOW_CALL_SITE}' THEN 0 ELSE ${figure} END) AS ${figure}`;
}

function readFigures(database: Database, { since, until, stepMs }: SeriesPlan): FiguresRow[] {
  const grain: Grain = stepMs % DAY_MS === 0 ? 'day' : stepMs % HOUR_MS === 0 ? 'hour' : 'minute';
  return database
    .prepare<[Record<'step' | 'since' | 'until', number>], FiguresRow>(
      `SELECT bucket - bucket % CAST(@step AS INTEGER) AS at, provider, ${sumOfOthers('requests')}, ${sumOfOthers('errors')},
         SUM(cost_micro_usd) AS cost_micro_usd, SUM(output_tokens) AS output_tokens,
         SUM(pricing_unknown_requests) AS pricing_unknown_requests
       FROM rollup_${grain} WHERE bucket >= @since AND bucket < @until GROUP BY 1, 2`,
    )
    .all({ step: stepMs, since, until });
}

interface LatencyCounts {
  at: number;
  provider: string;
  metric: LatencyMetric;
  counts: Map<number, number>;
}

function readLatencies(database: Database, { since, until, stepMs }: SeriesPlan): LatencyCounts[] {
  const grain: Grain = stepMs % HOUR_MS === 0 ? 'hour' : 'minute';
  const rows = database
    .prepare<[Record<'step' | 'since' | 'until', number>], LatencyRow>(
      `SELECT bucket - bucket % CAST(@step AS INTEGER) AS at, provider, metric, latency_bucket, SUM(count) AS count
       FROM latency_rollup_${grain} WHERE bucket >= @since AND bucket < @until GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    )
    .all({ step: stepMs, since, until });
  const groups: LatencyCounts[] = [];
  for (const { at, provider, metric, latency_bucket: bucket, count } of rows) {
    const last = groups.at(-1);
    if (last && last.at === at && last.provider === provider && last.metric === metric) last.counts.set(bucket, count);
    else groups.push({ at, provider, metric, counts: new Map([[bucket, count]]) });
  }
  return groups;
}
