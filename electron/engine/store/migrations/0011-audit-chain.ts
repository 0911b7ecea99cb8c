import type { Database } from 'better-sqlite3';
import { CHAIN_ANCHOR, hashOfEntry } from '../audit-chain.ts';
import { fromAuditRow, type AuditRow } from '../operation-rows.ts';
import type { Migration } from './migration.ts';

/**
 * Every row of the audit carries the hash of the row before it and its own; rows are only added. `audit_head` says where
 * the chain ends. `price_runs` holds how far a rate has been applied, so that the audit gets one row when it is over, also
 * when the process died meanwhile.
 */
export const migration: Migration = {
  version: 11,
  name: 'audit as a chain of hashes',
  sql: `
    ALTER TABLE audit ADD COLUMN prev_hash TEXT NOT NULL DEFAULT '';
    ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
    CREATE TABLE audit_head (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      last_id INTEGER NOT NULL,
      hash TEXT NOT NULL,
      entries INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE price_runs (id INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT;
  `,
  finish(database) {
    chainExisting(database);
    database.exec(`
      CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'rows of the audit are never changed');
      END;
      CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'rows of the audit are never deleted');
      END;
      -- Also against INSERT OR REPLACE, whose deletion fires no trigger.
      CREATE TRIGGER audit_is_appended BEFORE INSERT ON audit
      WHEN NEW.id <= (SELECT last_id FROM audit_head) OR NEW.prev_hash <> (SELECT hash FROM audit_head) BEGIN
        SELECT RAISE(ABORT, 'rows of the audit are only added at its end');
      END;
      CREATE TRIGGER audit_head_moves AFTER INSERT ON audit BEGIN
        UPDATE audit_head SET last_id = NEW.id, hash = NEW.hash, entries = entries + 1;
      END;
      CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head BEGIN
        SELECT RAISE(ABORT, 'the end of the audit is never deleted');
      END;
    `);
  },
};

function chainExisting(database: Database): void {
  const rows = database
    .prepare<[], AuditRow>(
      'SELECT id, at, operator, action, target, reason, before_value, after_value FROM audit ORDER BY id',
    )
    .all();
  const update = database.prepare<[string, string, number]>('UPDATE audit SET prev_hash = ?, hash = ? WHERE id = ?');
  let previous = CHAIN_ANCHOR;
  for (const row of rows) {
    const hash = hashOfEntry(fromAuditRow(row), previous);
    update.run(previous, hash, row.id);
    previous = hash;
  }
  database
    .prepare<[number, string, number]>('INSERT INTO audit_head (only, last_id, hash, entries) VALUES (1, ?, ?, ?)')
    .run(rows.at(-1)?.id ?? 0, previous, rows.length);
}
