import type { Database } from 'better-sqlite3';
import { FIGURE_NAMES } from '../../electron/engine/store/rollup.ts';

export interface GeneratedHistory {
  /** How many requests the rollups come to, about. */
  requests: number;
  /** How many of 200 agents ask in a minute. */
  agentsAMinute: number;
  days: number;
  /** Epoch milliseconds at which it ends. */
  until: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Minutes are kept for 14 days, as the store keeps them. */
const MINUTE_DAYS = 14;
const PROVIDERS = 4;
const TIERS = 3;
const CALL_SITES = 2;
const KEYS = PROVIDERS * TIERS * CALL_SITES;
const AGENTS = 200;

/**
 * Fills the rollups as recording that many requests, spread evenly, would: every minute, hour and day has a row for each
 * of 24 keys and for the agents that ask in it. They are written straight into the tables, as recording millions of
 * requests takes minutes; days are the sum of
 * their hours, so the figures add up as real ones do. Latencies are left out: the cost screen does
 * not ask for them.
 */
export function generateRollups(database: Database, { requests, agentsAMinute, days, until }: GeneratedHistory): void {
  const aMinute = requests / (days * 24 * 60);
  const end = Math.floor(until / DAY_MS) * DAY_MS;
  const since = end - days * DAY_MS;
  const minutesSince = end - MINUTE_DAYS * DAY_MS;
  database.transaction(() => {
    database.exec(`
      CREATE TEMP TABLE key_numbers AS ${series(KEYS)};
      CREATE TEMP TABLE agent_numbers AS ${series(agentsAMinute)};
      ${rollup('hour', since, end, HOUR_MS, Math.max(1, Math.round((aMinute * 60) / KEYS)))}
      ${rollup('minute', minutesSince, end, MINUTE_MS, Math.max(1, Math.round(aMinute / KEYS)))}
      ${sumOfHours('rollup', 'provider, model, tier, call_site')}
      ${agents('hour', since, end, HOUR_MS, Math.max(1, Math.round((aMinute * 60) / agentsAMinute)))}
      ${agents('minute', minutesSince, end, MINUTE_MS, Math.max(1, Math.round(aMinute / agentsAMinute)))}
      ${sumOfHours('agent_rollup', 'agent_id')}
      UPDATE rollup_horizons SET kept_since = ${minutesSince} WHERE grain = 'minute';
      INSERT OR IGNORE INTO alive_spans VALUES (${since}, ${end});
      DROP TABLE key_numbers; DROP TABLE agent_numbers;`);
  })();
  database.pragma('wal_checkpoint(TRUNCATE)');
}

function series(size: number): string {
  return `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${size - 1}) SELECT n FROM numbers`;
}

function buckets(since: number, end: number, step: number): string {
  return `WITH RECURSIVE times (at) AS (SELECT ${since} UNION ALL SELECT at + ${step} FROM times WHERE at + ${step} < ${end})`;
}

/** Figures of a row with `count` requests, in the order of the columns. */
function figures(count: number): string {
  const values: Record<(typeof FIGURE_NAMES)[number], number> = {
    requests: count,
    errors: 0,
    attempts: count,
    failed_attempts: 0,
    input_tokens: 900 * count,
    cache_read_tokens: 300 * count,
    cache_write_tokens: 0,
    output_tokens: 250 * count,
    reasoning_tokens: 0,
    cost_micro_usd: 4321 * count,
    pricing_unknown_requests: 0,
    comparable_input_tokens: 900 * count,
    comparable_cache_read_tokens: 300 * count,
    comparable_cache_write_tokens: 0,
    comparable_output_tokens: 250 * count,
    cache_savings_micro_usd: 270 * count,
    list_savings_micro_usd: 1100 * count,
    list_price_unknown_requests: 0,
  };
  return FIGURE_NAMES.map((name) => values[name]).join(', ');
}

function rollup(grain: string, since: number, end: number, step: number, count: number): string {
  return `INSERT INTO rollup_${grain} (bucket, provider, model, tier, call_site, ${FIGURE_NAMES.join(', ')})
    ${buckets(since, end, step)}
    SELECT at, 'provider-' || (n % ${PROVIDERS}), 'model-' || (n % ${PROVIDERS}),
      'tier-' || (n / ${PROVIDERS} % ${TIERS}), 'site-' || (n / ${PROVIDERS * TIERS}), ${figures(count)}
    FROM times CROSS JOIN key_numbers;`;
}

function agents(grain: string, since: number, end: number, step: number, count: number): string {
  return `INSERT OR IGNORE INTO agent_rollup_${grain} (bucket, agent_id, ${FIGURE_NAMES.join(', ')})
    ${buckets(since, end, step)}
    SELECT at, 'agent-' || ((n * 7 + at / ${step} * 13) % ${AGENTS}), ${figures(count)}
    FROM times CROSS JOIN agent_numbers;`;
}

function sumOfHours(tables: string, keys: string): string {
  const sums = FIGURE_NAMES.map((name) => `SUM(${name})`).join(', ');
  return `INSERT INTO ${tables}_day (bucket, ${keys}, ${FIGURE_NAMES.join(', ')})
    SELECT bucket - bucket % ${DAY_MS}, ${keys}, ${sums} FROM ${tables}_hour GROUP BY 1, ${keys};`;
}
