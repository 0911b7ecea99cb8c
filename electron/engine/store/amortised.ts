import type { Database } from 'better-sqlite3';
import type { Costs } from '../../../shared/domain/history.ts';
import { HOUR_MS } from './grains.ts';
import { fromMicroUsd, toMicroUsd } from './money.ts';
import type { CostBasis } from './types.ts';
import type { TimeRange } from './time-range.ts';

/**
 * Prepares what machines of one's own cost: their rate per hour for the time that Switchyard ran within the range, each
 * rounded once to whole micro-dollars. When it did not run, nothing is known of them and nothing is charged.
 */
export function prepareAmortised(
  database: Database,
): (range: TimeRange, infrastructure: CostBasis['infrastructure']) => Costs['amortised'] {
  const spans = database.prepare<[number, number], TimeRange>(
    'SELECT from_at AS since, to_at AS until FROM alive_spans WHERE from_at < ? AND to_at > ? ORDER BY from_at',
  );
  return (range, infrastructure) => {
    const aliveMs = infrastructure.length === 0 ? 0 : coveredMs(range, spans.all(range.until, range.since));
    const charged = infrastructure.map(({ provider, usdPerHour }) => ({
      provider,
      usdPerHour,
      microUsd: costOfHours(aliveMs, usdPerHour),
    }));
    return {
      rows: charged.map(({ provider, usdPerHour, microUsd }) => ({
        provider,
        usd_per_hour: usdPerHour,
        hours: aliveMs / HOUR_MS,
        cost_usd: fromMicroUsd(microUsd),
      })),
      cost_usd: fromMicroUsd(charged.reduce((sum, { microUsd }) => sum + microUsd, 0)),
    };
  };
}

/** Milliseconds of the range that the spans cover; `spans` are ordered by their start and may overlap. */
export function coveredMs(range: TimeRange, spans: readonly TimeRange[]): number {
  let covered = 0;
  let reached = range.since;
  for (const { since, until } of spans) {
    const from = Math.max(since, reached);
    const to = Math.min(until, range.until);
    if (to <= from) continue;
    covered += to - from;
    reached = to;
  }
  return covered;
}

/** Whole micro-dollars, half up; in exact integers, as milliseconds times micro-dollars outgrow a double. */
function costOfHours(ms: number, usdPerHour: number): number {
  const hour = BigInt(HOUR_MS);
  return Number((BigInt(ms) * BigInt(toMicroUsd(usdPerHour)) + hour / 2n) / hour);
}
