import type { Database } from 'better-sqlite3';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { AUDIT_COLUMNS, fromAuditRow } from './operation-rows.ts';
import type { AuditRow } from './operation-rows.ts';
import type { Queries } from './reader-protocol.ts';
import type { Value } from './sql.ts';
import type { AuditFilter } from './types.ts';

/** Answers the audit, newest first and keyset-paged. */
export function prepareAuditQuery(database: Database): Queries['audit'] {
  return (limit, cursor, filter = {}) => {
    const { condition, parameters } = conditionOf(filter, cursor);
    const rows = database
      .prepare<Value[], AuditRow>(
        `SELECT ${AUDIT_COLUMNS.join(', ')} FROM audit ${condition} ORDER BY at DESC, id DESC LIMIT ?`,
      )
      .all(...parameters, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      entries: page.map(fromAuditRow),
      next_cursor: rows.length > limit && last ? encodeCursor([last.at, last.id]) : null,
    };
  };
}

function conditionOf(filter: AuditFilter, cursor: string | null): { condition: string; parameters: Value[] } {
  const conditions: string[] = [];
  const parameters: Value[] = [];
  const where = (condition: string, ...values: Value[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (cursor !== null) where('(at, id) < (?, ?)', ...decodeCursor(cursor));
  if (filter.since !== undefined) where('at >= ?', filter.since);
  if (filter.until !== undefined) where('at < ?', filter.until);
  if (filter.id !== undefined) where('id = ?', filter.id);
  if (filter.operator !== undefined) where('operator = ?', filter.operator);
  if (filter.target !== undefined) where('target = ?', filter.target);
  // Not LIKE, to which an underscore in an action's name would be a wildcard.
  if (filter.action !== undefined) where('substr(action, 1, length(?)) = ?', filter.action, filter.action);
  return { condition: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', parameters };
}
