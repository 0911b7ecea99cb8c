import type { Database } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import { fromMicroUsd, toMicroUsd } from './money.ts';
import type { PriceRuns } from './price-runs.ts';
import type { Queries } from './reader-protocol.ts';
import { reprice } from './reprice.ts';
import { ATTEMPT_COLUMNS, REQUEST_COLUMNS, fromAttemptRow, fromRequestRow } from './request-rows.ts';
import type { AttemptRow, RequestRow } from './request-rows.ts';
import type { RollupBatch } from './rollup-rows.ts';
import { toFlag } from './sql.ts';
import type { AuditNote, PriceCounts, PriceOrder } from './types.ts';

/** Requests that one transaction looks at: a few milliseconds. */
const BATCH = 200;

type Candidate = { seq: number; request: RequestDetail };
type Position = Pick<RequestDetail, 'started_at' | 'id'>;

const NOTHING: PriceCounts = { attempts: 0, requests: 0, requests_now_known: 0, cost_usd: 0 };

/** Answers what applying a rate would come to, without changing anything. */
export function preparePreview(database: Database): Queries['previewRates'] {
  const readBatch = prepareCandidates(database);
  return (order) => {
    let counts = NOTHING;
    let after: Position | null = null;
    for (;;) {
      const batch = readBatch(order, after);
      for (const { request } of batch) {
        const repriced = reprice(request, order.model, order.rates);
        if (repriced) counts = count(counts, repriced);
      }
      const last = batch.at(-1);
      if (!last || batch.length < BATCH) return counts;
      after = last.request;
    }
  };
}

/**
 * Prepares {@link import('./types.ts').StoreWriter.applyRates}. Every batch notes in its own transaction how far it came,
 * and `runs` writes the audit's row once it is over, however it ended. Where no request was used of the model, there is no
 * row.
 */
export function prepareApplyRates(
  database: Database,
  rollups: RollupBatch,
  runs: PriceRuns,
): (order: PriceOrder, note: AuditNote) => Promise<PriceCounts> {
  const readBatch = prepareCandidates(database);
  const save = prepareSave(database);

  const step = database.transaction(
    (order: PriceOrder, note: AuditNote, run: number, after: Position | null, earlier: PriceCounts) => {
      const batch = readBatch(order, after);
      let counts = earlier;
      for (const { seq, request } of batch) {
        const repriced = reprice(request, order.model, order.rates);
        if (!repriced) continue;
        save(seq, repriced.request, repriced.attempts);
        rollups.replace(request, repriced.before, repriced.after);
        counts = count(counts, repriced);
      }
      rollups.write();
      const last = batch.length < BATCH ? null : (batch.at(-1)?.request ?? null);
      // What changed nothing leaves nothing in the audit.
      if (counts.requests > 0) runs.note(run, auditEntry(order, note, counts, last === null));
      return { counts, last };
    },
  );
  return async (order, note) => {
    const run = runs.begin();
    let counts = NOTHING;
    let after: Position | null = null;
    try {
      do {
        if (after !== null) await setImmediate();
        try {
          const done = step.immediate(order, note, run, after, counts);
          counts = done.counts;
          after = done.last;
        } finally {
          rollups.clear();
        }
      } while (after !== null);
    } finally {
      runs.finish(run);
    }
    return counts;
  };
}

function prepareCandidates(database: Database): (order: PriceOrder, after: Position | null) => Candidate[] {
  const requests = database.prepare<[number, number, number, string, number], RequestRow & { seq: number }>(
    // `pricing_unknown = 1` word for word, as the index has it.
    `SELECT seq, ${REQUEST_COLUMNS.join(', ')} FROM requests
     WHERE pricing_unknown = 1 AND started_at >= ? AND started_at < ? AND (started_at, id) > (?, ?)
     ORDER BY started_at, id LIMIT ?`,
  );
  const attempts = database.prepare<[number], AttemptRow>(
    `SELECT ${ATTEMPT_COLUMNS.join(', ')} FROM attempts WHERE seq = ? ORDER BY attempt_index`,
  );
  return ({ range }, after) =>
    requests.all(range.since, range.until, after?.started_at ?? -1, after?.id ?? '', BATCH).map((row) => ({
      seq: row.seq,
      request: { ...fromRequestRow(row), decision: null, attempt_list: attempts.all(row.seq).map(fromAttemptRow) },
    }));
}

function prepareSave(database: Database) {
  const saveRequest = database.prepare<[number, number, number]>(
    'UPDATE requests SET cost_micro_usd = ?, pricing_unknown = ? WHERE seq = ?',
  );
  const saveAttempt = database.prepare<[number, number, number]>(
    'UPDATE attempts SET cost_micro_usd = ?, pricing_unknown = 0 WHERE seq = ? AND attempt_index = ?',
  );
  return (seq: number, request: RequestDetail, attempts: RequestDetail['attempt_list']): void => {
    saveRequest.run(toMicroUsd(request.cost_usd), toFlag(request.pricing_unknown), seq);
    for (const { index, cost_usd: cost } of attempts) saveAttempt.run(toMicroUsd(cost), seq, index);
  };
}

function count(counts: PriceCounts, repriced: NonNullable<ReturnType<typeof reprice>>): PriceCounts {
  return {
    attempts: counts.attempts + repriced.priced,
    requests: counts.requests + 1,
    requests_now_known: counts.requests_now_known + (repriced.request.pricing_unknown ? 0 : 1),
    cost_usd: fromMicroUsd(toMicroUsd(counts.cost_usd) + repriced.addedMicroUsd),
  };
}

/** Before: so many calls without a price. After: the rate, what it came to, and whether all of it was done. */
function auditEntry(
  { model, rates, range }: PriceOrder,
  note: AuditNote,
  counts: PriceCounts,
  complete: boolean,
): Omit<AuditEntry, 'id'> {
  return {
    ...note,
    action: 'price.apply',
    target: model,
    before: { pricing_unknown: true, attempts: counts.attempts, requests: counts.requests, cost_usd: 0 },
    after: {
      pricing: {
        input: rates.input,
        output: rates.output,
        cache_read: rates.cacheRead,
        cache_write: rates.cacheWrite,
      },
      since: range.since,
      until: range.until,
      ...counts,
      complete,
    },
  };
}
