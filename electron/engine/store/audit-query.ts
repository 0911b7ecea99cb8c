import type { Database } from 'better-sqlite3';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { AUDIT_COLUMNS, fromAuditRow } from './operation-rows.ts';
import type { AuditRow } from './operation-rows.ts';
import type { Queries } from './reader-protocol.ts';
import type { Value } from './sql.ts';

/** Answers the audit, newest first and keyset-paged. */
export function prepareAuditQuery(database: Database): Queries['audit'] {
  const columns = AUDIT_COLUMNS.join(', ');
  const first = database.prepare<Value[], AuditRow>(`SELECT ${columns} FROM audit ORDER BY at DESC, id DESC LIMIT ?`);
  const after = database.prepare<Value[], AuditRow>(
    `SELECT ${columns} FROM audit WHERE (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`,
  );
  return (limit, cursor) => {
    const rows = cursor === null ? first.all(limit + 1) : after.all(...decodeCursor(cursor), limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      entries: page.map(fromAuditRow),
      next_cursor: rows.length > limit && last ? encodeCursor([last.at, last.id]) : null,
    };
  };
}
