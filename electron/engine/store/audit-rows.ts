import type { Database } from 'better-sqlite3';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { CHAIN_ANCHOR, hashOfEntry, verifyChain, type ChainHead, type ChainLink } from './audit-chain.ts';
import { AUDIT_COLUMNS, fromAuditRow } from './operation-rows.ts';
import type { AuditRow } from './operation-rows.ts';
import type { Queries } from './reader-protocol.ts';
import { prepareInsert } from './sql.ts';

type ChainedRow = AuditRow & { prev_hash: string; hash: string };

const CHAINED_COLUMNS = [...AUDIT_COLUMNS, 'prev_hash', 'hash'] as const satisfies readonly (keyof ChainedRow)[];

/** Prepares what appends a row to the chain; ids only rise. The database's triggers move the head along. */
export function prepareAuditAppend(database: Database): (entry: AuditEntry) => void {
  const insert = prepareInsert(database, 'audit', CHAINED_COLUMNS);
  const head = database.prepare<[], string>('SELECT hash FROM audit_head').pluck();
  const last = database.prepare<[], string>('SELECT hash FROM audit ORDER BY id DESC LIMIT 1').pluck();
  return (entry) => {
    const { before, after, ...same } = entry;
    const previous = head.get() ?? last.get() ?? CHAIN_ANCHOR;
    insert.run({
      ...same,
      before_value: JSON.stringify(before),
      after_value: JSON.stringify(after),
      prev_hash: previous,
      hash: hashOfEntry(entry, previous),
    });
  };
}

/** The last id that was given out, also where its row was removed since. */
export function lastAuditId(database: Database): number {
  const id = database
    .prepare<[], number>(
      'SELECT max(coalesce((SELECT max(id) FROM audit), 0), coalesce((SELECT last_id FROM audit_head), 0))',
    )
    .pluck()
    .get();
  return id ?? 0;
}

/** Answers whether the audit is what was written, and rows with their hashes for an export. */
export function prepareAuditProofQueries(database: Database): Pick<Queries, 'verifyAudit' | 'auditExport'> {
  const columns = CHAINED_COLUMNS.join(', ');
  const all = database.prepare<[], ChainedRow>(`SELECT ${columns} FROM audit ORDER BY id`);
  const head = database.prepare<[], ChainHead>('SELECT last_id, hash, entries FROM audit_head');
  const range = database.prepare<[number, number], ChainedRow>(
    `SELECT ${columns} FROM audit WHERE at >= ? AND at < ? ORDER BY id`,
  );
  return {
    verifyAudit(expected) {
      const startedAt = performance.now();
      const result = verifyChain(linksOf(all.iterate()), head.get() ?? null, expected);
      return { ...result, elapsed_ms: Math.round(performance.now() - startedAt) };
    },
    auditExport: ({ since, until }) =>
      range.all(since, until).map(({ prev_hash, hash, ...row }) => ({ ...fromAuditRow(row), prev_hash, hash })),
  };
}

function* linksOf(rows: Iterable<ChainedRow>): Generator<ChainLink> {
  for (const { prev_hash, hash, ...row } of rows) yield { id: row.id, entry: entryOf(row), prev_hash, hash };
}

/** Null for values that are no JSON any more: nobody but a hand from outside writes such. */
function entryOf(row: AuditRow): AuditEntry | null {
  try {
    return fromAuditRow(row);
  } catch {
    return null;
  }
}
