import type { AuditFormat, ChainedAuditEntry } from '../../../shared/domain/operations.ts';
import { csvCell } from '../../../shared/format/csv.ts';
import { markdownCell } from '../../../shared/format/markdown.ts';
import type { TextDocument } from '../text-document.ts';

const COLUMNS = [
  'id',
  'at',
  'operator',
  'action',
  'target',
  'reason',
  'before',
  'after',
  'prev_hash',
  'hash',
] as const satisfies readonly (keyof ChainedAuditEntry)[];

/**
 * The audit as a document. JSON holds all that the hashes are computed from; CSV and Markdown are for people, with times
 * in ISO 8601 (UTC).
 */
export function auditDocument(entries: readonly ChainedAuditEntry[], format: AuditFormat): TextDocument {
  const name = `audit.${format}`;
  switch (format) {
    case 'json':
      return { name, mediaType: 'application/json', text: `${JSON.stringify(entries, null, 2)}\n` };
    case 'csv':
      return { name, mediaType: 'text/csv', text: csv(entries) };
    case 'md':
      return { name, mediaType: 'text/markdown', text: markdown(entries) };
    default:
      return format satisfies never;
  }
}

function textOf(entry: ChainedAuditEntry, column: (typeof COLUMNS)[number]): string {
  if (column === 'at') return new Date(entry.at).toISOString();
  const value = entry[column];
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
}

function csv(entries: readonly ChainedAuditEntry[]): string {
  const line = (cells: readonly string[]) => `${cells.map(csvCell).join(',')}\r\n`;
  return [line(COLUMNS), ...entries.map((entry) => line(COLUMNS.map((column) => textOf(entry, column))))].join('');
}

function markdown(entries: readonly ChainedAuditEntry[]): string {
  const rows = entries.map(
    (entry) => `| ${COLUMNS.map((column) => markdownCell(textOf(entry, column))).join(' | ')} |`,
  );
  return [`# Audit`, '', `| ${COLUMNS.join(' | ')} |`, `|${'---|'.repeat(COLUMNS.length)}`, ...rows, ''].join('\n');
}
