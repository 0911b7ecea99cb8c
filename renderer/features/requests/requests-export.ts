import type { RequestSummary } from '../../../shared/domain/request.ts';
import { csvCell } from '../../../shared/format/csv.ts';

/** The most rows of one export. */
export const EXPORT_ROWS = 10_000;

const COLUMNS = [
  'id',
  'started_at',
  'status',
  'http_status',
  'error_code',
  'failure_class',
  'error_message',
  'provider',
  'model',
  'requested_model',
  'fallback_from',
  'fallback_reason',
  'call_site',
  'tier',
  'agent_id',
  'user',
  'first_token_ms',
  'duration_ms',
  'cost_usd',
  'pricing_unknown',
] as const satisfies readonly (keyof RequestSummary)[];
const TOKENS = [
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const;

/** The rows as CSV; times are ISO 8601 in UTC. */
export function requestsToCsv(rows: readonly RequestSummary[]): string {
  const lines = rows.map((row) =>
    [
      ...COLUMNS.map((column) => {
        const value = column === 'started_at' ? new Date(row.started_at).toISOString() : row[column];
        return csvCell(typeof value === 'number' ? value : value === null ? '' : String(value));
      }),
      ...TOKENS.map((name) => csvCell(row.usage[name])),
    ].join(','),
  );
  return `${[[...COLUMNS, ...TOKENS].join(','), ...lines].join('\r\n')}\r\n`;
}

export function requestsToJson(rows: readonly RequestSummary[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`;
}
