import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import type { CostBasis, SqliteStore, StoreReader, StoreWriter } from '../../electron/engine/store/types.ts';
import type { CostGroup } from '../../shared/domain/history.ts';
import { sampleAttempt, sampleRequest } from '../support/store-plain-fixtures.ts';
import { withStore } from './bench-store.ts';
import { generateRollups } from './generate-rollups.ts';
import { alternate } from './rounds.ts';
import { percentile } from './statistics.ts';
import type { Benchmark } from './types.ts';

const ROWS_PER_SECOND = 1000;
const TICK_MS = 10;
/** What the cost screen may take: an answer within the time that is felt as at once. */
const LONGEST_MS = 50;
const ROUNDS = 3;
/** How often the screen is opened in a round: long enough that several batches of rows are written meanwhile. */
const VISITS = 10;
const DAY_MS = 24 * 3_600_000;
const DAYS = 30;
const RAW_CHUNK = 1000;

/** What the figures stand for; the raw rows are a slice of them, as costs are never read from raw rows. */
const SIZES = {
  usual: { requests: 1_000_000, agentsAMinute: 8, rawRows: 10_000 },
  full: { requests: 10_000_000, agentsAMinute: 80, rawRows: 200_000 },
};

const GROUPS: readonly CostGroup[] = ['provider', 'model', 'tier', 'call_site', 'agent', 'day', 'hour'];
const SPANS_DAYS = [1, 7, DAYS];
const ZONE = 'Europe/Berlin';
const BASIS: CostBasis = {
  reference: { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
  infrastructure: [{ provider: 'provider-0', usdPerHour: 4.5 }],
};

let made = 0;

/** A request of this moment with one attempt; agents and providers take turns. */
function nextRequest(at: number) {
  made += 1;
  const provider = `provider-${made % 4}`;
  const attempt = sampleAttempt({ provider, model: `model-${made % 4}`, started_at: at });
  return sampleRequest({
    id: `request-${made}`,
    started_at: at,
    provider,
    model: attempt.model,
    agent_id: `agent-${made % 200}`,
    attempt_list: [attempt],
  });
}

/** Raw rows of the newest stretch of the history, recorded as the gateway records them. */
async function recordSlice(writer: StoreWriter, rows: number, until: number): Promise<void> {
  for (let from = 0; from < rows; from += RAW_CHUNK) {
    const size = Math.min(RAW_CHUNK, rows - from);
    await Promise.all(
      Array.from({ length: size }, (_, index) => writer.record(nextRequest(until - rows + from + index))),
    );
  }
}

/** Records so many rows a second, in small portions, until stopped; answers how many a second it came to. */
function startWriting(writer: StoreWriter): () => number {
  const startedAt = performance.now();
  let written = 0;
  const writeDue = (): void => {
    // What a late tick owes is written by the next one, so that the rate holds on a busy machine.
    const due = Math.floor(((performance.now() - startedAt) * ROWS_PER_SECOND) / 1000);
    for (; written < due; written += 1) void writer.record(nextRequest(Date.now()));
  };
  const timer = setInterval(writeDue, TICK_MS);
  return () => {
    clearInterval(timer);
    writeDue();
    return (written * 1000) / (performance.now() - startedAt);
  };
}

/** What the cost screen asks on opening and on each change of its grouping, over each of its ranges. */
async function askAll(reader: StoreReader): Promise<number[]> {
  const elapsed: number[] = [];
  const timed = async (ask: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await ask();
    elapsed.push(performance.now() - startedAt);
  };
  for (const days of SPANS_DAYS) {
    const until = Date.now();
    const range = { since: until - days * DAY_MS, until };
    await timed(() => reader.series(range, 60, false));
    for (const group of GROUPS) await timed(() => reader.costs(range, group, ZONE, BASIS));
  }
  return elapsed;
}

async function roundOf(reader: StoreReader) {
  const elapsed: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) elapsed.push(...(await askAll(reader)));
  return { typical: percentile(elapsed, 0.5), slowest: Math.max(...elapsed) };
}

async function measure({ reader, writer }: SqliteStore) {
  let slowestRate = Number.POSITIVE_INFINITY;
  const { subject, baseline } = await alternate(ROUNDS, {
    async subject() {
      const stop = startWriting(writer);
      // The writer is under way before the first query.
      await new Promise((resolve) => setTimeout(resolve, 10 * TICK_MS));
      const round = await roundOf(reader);
      slowestRate = Math.min(slowestRate, stop());
      return round;
    },
    baseline: () => roundOf(reader),
  });
  return { subject, baseline, rate: slowestRate };
}

export const costsUnderWrite: Benchmark = {
  name: 'costs-under-write',
  question:
    'How long do the cost screen’s queries take over 30 days of rollups while 1,000 requests a second are recorded? The rollups stand for 1 million requests (with --full 10 million) and are generated; a slice of the requests is there as rows.',
  baseline: 'the same queries with no writer (for the 50 ms: 50 ms; for rows written: 1,000 a second)',
  async run(directory, full) {
    const size = full ? SIZES.full : SIZES.usual;
    const { subject, baseline, rate } = await withStore(directory, async (store) => {
      const until = Date.now();
      const database = new SqliteDatabase(join(directory, 'switchyard.db'), { timeout: 5000 });
      generateRollups(database, { ...size, days: DAYS, until });
      database.close();
      await recordSlice(store.writer, size.rawRows, until);
      return await measure(store);
    });
    const queries = { unit: 'ms', better: 'lower', limit: 4 } as const;
    return [
      { ...queries, what: 'query, median', subject: subject.typical, baseline: baseline.typical },
      { ...queries, what: 'query, slowest', subject: subject.slowest, baseline: baseline.slowest },
      { ...queries, what: 'slowest, for 50 ms', subject: subject.slowest, baseline: LONGEST_MS, limit: 1 },
      { what: 'rows written', unit: '/s', better: 'higher', subject: rate, baseline: ROWS_PER_SECOND, limit: 1.2 },
    ];
  },
};
