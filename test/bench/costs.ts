import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import type { SqliteStore, StoreWriter } from '../../electron/engine/store/types.ts';
import type { TimeRange } from '../../electron/engine/store/time-range.ts';
import { createRandom, pick } from '../../electron/simulator/random.ts';
import type { CostRow } from '../../shared/domain/history.ts';
import type { RequestDetail } from '../../shared/domain/request.ts';
import { noUsage, sampleAttempt, sampleRequest } from '../support/store-plain-fixtures.ts';
import { withStore } from './bench-store.ts';
import { alternate } from './rounds.ts';
import type { Benchmark } from './types.ts';

const REQUESTS = 200_000;
const A_COMMIT = 1000;
const ROUNDS = 5;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const HISTORY_MS = WEEK_MS + 24 * HOUR_MS;

const MODELS = [
  { provider: 'kimi', model: 'kimi-k2', usdPerToken: 0 },
  { provider: 'claude', model: 'claude-opus', usdPerToken: 0.000_025 },
  { provider: 'grok', model: 'grok-4', usdPerToken: 0.000_01 },
] as const;

/** Requests spread evenly over the history, the same ones in every run. */
function* requestsOf({ since, until }: TimeRange): Generator<RequestDetail> {
  const random = createRandom(7);
  for (let index = 0; index < REQUESTS; index += 1) {
    const { provider, model, usdPerToken } = pick(random, MODELS);
    const startedAt = since + Math.floor(((until - since) * index) / REQUESTS);
    const usage = { ...noUsage, input_tokens: 400, output_tokens: Math.floor(random() * 800) };
    const attempt = sampleAttempt({
      provider,
      model,
      started_at: startedAt,
      usage,
      cost_usd: usage.output_tokens * usdPerToken,
    });
    yield sampleRequest({
      id: `request-${index}`,
      started_at: startedAt,
      provider,
      model,
      attempt_list: [attempt],
    });
  }
}

async function fill(writer: StoreWriter, history: TimeRange): Promise<void> {
  let batch: Promise<void>[] = [];
  for (const request of requestsOf(history)) {
    batch.push(writer.record(request));
    if (batch.length < A_COMMIT) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
}

const FROM_REQUESTS = `
  SELECT provider AS key, 1 AS requests, status IN ('error', 'timeout') AS errors, 0 AS input_tokens,
    0 AS cache_read_tokens, 0 AS cache_write_tokens, 0 AS output_tokens, 0 AS reasoning_tokens, 0 AS cost_micro_usd,
    pricing_unknown AS pricing_unknown_requests
  FROM requests WHERE started_at >= @since AND started_at < @until`;

const FROM_ATTEMPTS = `
  SELECT attempts.provider, 0, 0, attempts.input_tokens, attempts.cache_read_tokens, attempts.cache_write_tokens,
    attempts.output_tokens, attempts.reasoning_tokens, attempts.cost_micro_usd, 0
  FROM requests JOIN attempts ON attempts.seq = requests.seq
  WHERE requests.started_at >= @since AND requests.started_at < @until`;

const SAVINGS = [
  'cache_savings_usd',
  'list_savings_usd',
  'list_price_unknown_requests',
  'reference_cost_usd',
  'savings_usd',
] as const satisfies readonly (keyof CostRow)[];
type SpentRow = Omit<CostRow, (typeof SAVINGS)[number]>;

/** The question of the cost view, put to the rows of every request and attempt. */
function prepareRawQuery(database: Database): (range: TimeRange) => SpentRow[] {
  const statement = database.prepare<[TimeRange], SpentRow>(`
    SELECT key, sum(requests) AS requests, sum(errors) AS errors, sum(input_tokens) AS input_tokens,
      sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens,
      sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens,
      sum(cost_micro_usd) / 1000000.0 AS cost_usd, sum(pricing_unknown_requests) AS pricing_unknown_requests
    FROM (${FROM_REQUESTS} UNION ALL ${FROM_ATTEMPTS})
    GROUP BY key ORDER BY cost_usd DESC`);
  return (range) => statement.all(range);
}

/** Savings are in the rollups alone. */
function withoutSavings(row: CostRow): SpentRow {
  const savings: readonly string[] = SAVINGS;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !savings.includes(name))) as SpentRow;
}

async function elapsedMs(ask: () => unknown): Promise<{ elapsed: number }> {
  const startedAt = performance.now();
  await ask();
  return { elapsed: performance.now() - startedAt };
}

async function measure({ writer, reader }: SqliteStore, path: string) {
  const until = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await fill(writer, { since: until - HISTORY_MS, until });
  const database = new SqliteDatabase(path, { readonly: true });
  try {
    const askRaw = prepareRawQuery(database);
    // Edges off the hour, so that minutes, hours and days all have to be read.
    const week = { since: until - WEEK_MS - 17 * MINUTE_MS, until: until - 23 * MINUTE_MS };
    const askRollups = () => reader.costs(week, 'provider', 'UTC');
    if (!isDeepStrictEqual((await askRollups()).rows.map(withoutSavings), askRaw(week))) {
      throw new Error('The rollups do not add up to the rows that they were made of.');
    }
    return await alternate(ROUNDS, {
      subject: () => elapsedMs(askRollups),
      baseline: () => elapsedMs(() => askRaw(week)),
    });
  } finally {
    database.close();
  }
}

export const costs: Benchmark = {
  name: 'costs',
  question: 'How long does a week of costs by provider take, out of 200,000 stored requests?',
  baseline: 'the same sums over the rows of requests and attempts',
  async run(directory) {
    const path = join(directory, 'switchyard.db');
    const { subject, baseline } = await withStore(directory, (filled) => measure(filled, path));
    return [
      {
        what: 'cost query',
        unit: 'ms',
        better: 'lower',
        subject: subject.elapsed,
        baseline: baseline.elapsed,
        limit: 0.1,
      },
    ];
  },
};
