import type { Database } from 'better-sqlite3';
import type { AuditEntry } from '../../../shared/domain/operations.ts';

type NewAuditEntry = Omit<AuditEntry, 'id'>;

/** How far rates have been applied, for the one row that each application leaves in the audit. */
export interface PriceRuns {
  begin: () => number;
  /** Notes what the audit would have to say if the run ended here; part of the caller's transaction. */
  note: (run: number, entry: NewAuditEntry) => void;
  /** Writes that to the audit and forgets the run; nothing where nothing was applied. */
  finish: (run: number) => void;
}

/**
 * @param append writes a row of the audit together with what `alongside` does, in one transaction.
 */
export function preparePriceRuns(
  database: Database,
  append: (entry: NewAuditEntry, alongside: () => void) => void,
): PriceRuns {
  const upsert = database.prepare<[number, string]>(
    'INSERT INTO price_runs (id, entry) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry',
  );
  const find = database.prepare<[number], string>('SELECT entry FROM price_runs WHERE id = ?').pluck();
  const forget = database.prepare<[number]>('DELETE FROM price_runs WHERE id = ?');
  const newest = database.prepare<[], number>('SELECT coalesce(max(id), 0) FROM price_runs').pluck().get() ?? 0;
  let last = newest;
  return {
    begin: () => (last += 1),
    note: (run, entry) => void upsert.run(run, JSON.stringify(entry)),
    finish(run) {
      const entry = find.get(run);
      if (entry !== undefined) append(JSON.parse(entry) as NewAuditEntry, () => void forget.run(run));
    },
  };
}

/** Takes what runs have left that died before they were over. */
export function takeInterruptedRuns(database: Database): NewAuditEntry[] {
  const entries = database.prepare<[], string>('SELECT entry FROM price_runs ORDER BY id').pluck().all();
  database.prepare('DELETE FROM price_runs').run();
  return entries.map((entry) => JSON.parse(entry) as NewAuditEntry);
}
