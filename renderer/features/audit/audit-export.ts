import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { csvCell } from '../../../shared/format/csv.ts';

const COLUMNS = ['id', 'at', 'operator', 'action', 'target', 'reason', 'before', 'after'] as const;

/** Entries as CSV (RFC 4180) under the public field names; times in UTC, values as JSON. */
export function auditToCsv(entries: readonly AuditEntry[]): string {
  const rows = entries.map((entry) => [
    entry.id,
    new Date(entry.at).toISOString(),
    entry.operator,
    entry.action,
    entry.target,
    entry.reason,
    entry.before === null ? '' : JSON.stringify(entry.before),
    entry.after === null ? '' : JSON.stringify(entry.after),
  ]);
  return [COLUMNS, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** Entries as JSON, times in UTC. */
export function auditToJson(entries: readonly AuditEntry[]): string {
  const readable = entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() }));
  return `${JSON.stringify(readable, null, 2)}\n`;
}
