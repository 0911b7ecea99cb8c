import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import { systemClock } from '../../electron/engine/clock.ts';
import { migrate } from '../../electron/engine/store/migrate.ts';
import { prepareRequestInsert } from '../../electron/engine/store/request-rows.ts';
import type { SqliteStore } from '../../electron/engine/store/types.ts';
import type { RequestDetail } from '../../shared/domain/request.ts';
import { sampleDecision, sampleRequest } from '../support/store-plain-fixtures.ts';
import { withStore } from './bench-store.ts';
import { alternate, perSecond } from './rounds.ts';
import type { Benchmark } from './types.ts';

/** Requests that end in one turn of the event loop, as under a few dozen callers. */
const A_TURN = 16;
const ROUND_MS = 400;
const ROUNDS = 5;

let made = 0;

/** A request of this moment with its decision and one attempt: three rows, and its share of the rollups. */
function nextRequest(): RequestDetail {
  made += 1;
  return sampleRequest({ id: `request-${made}`, started_at: systemClock.now(), decision: sampleDecision });
}

async function recordByTurns({ writer }: SqliteStore): Promise<{ rate: number }> {
  const startedAt = performance.now();
  let recorded = 0;
  while (performance.now() - startedAt < ROUND_MS) {
    await Promise.all(Array.from({ length: A_TURN }, () => writer.record(nextRequest())));
    recorded += A_TURN;
  }
  return { rate: (recorded * 1000) / (performance.now() - startedAt) };
}

/** A database of the same schema and settings, with a statement that commits each row by itself. */
function openPlain(path: string) {
  const database = new SqliteDatabase(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  migrate(database);
  return { database, insert: prepareRequestInsert(database) };
}

export const store: Benchmark = {
  name: 'store',
  question: `How many requests a second are durable with their rollups, ${A_TURN} ending in each turn of the event loop?`,
  baseline: 'the same rows without rollups, one autocommit a row',
  async run(directory) {
    const plain = openPlain(join(directory, 'plain.db'));
    try {
      const { subject, baseline } = await withStore(join(directory, 'store'), (recording) =>
        alternate(ROUNDS, {
          subject: () => recordByTurns(recording),
          baseline: () => ({ rate: perSecond(ROUND_MS, () => void plain.insert(nextRequest())) }),
        }),
      );
      return [
        {
          what: 'requests recorded',
          unit: '/s',
          better: 'higher',
          subject: subject.rate,
          baseline: baseline.rate,
          limit: 1,
        },
      ];
    } finally {
      plain.database.close();
    }
  },
};
