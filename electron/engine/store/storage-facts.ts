import type { Database } from 'better-sqlite3';
import type { Queries } from './reader-protocol.ts';

interface FactsRow {
  requests: number | null;
  oldest: number | null;
  audit: number | null;
}

/**
 * Answers how much is kept. Counting a million rows takes long, so requests are told by the numbers of the first and the
 * last row: rows are added at one end and deleted at the other.
 */
export function prepareStorageFacts(database: Database): Queries['storageFacts'] {
  // One aggregate a statement: SQLite reads a lone min or max off its index and scans for two together.
  const facts = database.prepare<[], FactsRow>(
    `SELECT (SELECT max(rowid) FROM requests) - (SELECT min(rowid) FROM requests) + 1 AS requests,
            (SELECT min(started_at) FROM requests) AS oldest,
            (SELECT count(*) FROM audit) AS audit`,
  );
  return () => {
    const row = facts.get();
    return { requests: row?.requests ?? 0, oldestRequestAt: row?.oldest ?? null, auditEntries: row?.audit ?? 0 };
  };
}
