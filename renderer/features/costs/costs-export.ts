import type { CostFigures, CostRow, Costs } from '../../../shared/domain/history.ts';
import { csvCell } from '../../../shared/format/csv.ts';

const FIGURES = [
  'requests',
  'errors',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd',
  'pricing_unknown_requests',
  'cache_savings_usd',
  'list_savings_usd',
  'list_price_unknown_requests',
  'reference_cost_usd',
  'savings_usd',
] as const satisfies readonly (keyof CostFigures)[];

/**
 * What the table shows as CSV (RFC 4180): a head with the public field names, the rows in the order shown, and a last
 * row `total`. Costs are of known prices alone; the requests without one are in their own column.
 */
export function costsToCsv(costs: Costs, rows: readonly CostRow[]): string {
  const head = [costs.group_by, ...FIGURES];
  const lines = [
    ...rows.map((row) => [row.key, ...FIGURES.map((name) => row[name])]),
    ['total', ...FIGURES.map((name) => costs.totals[name])],
  ];
  return [head, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** What the table shows as JSON: the range in UTC, the zone in which days and hours are cut, rows in the order shown, totals, what savings are held against, machines. */
export function costsToJson(costs: Costs, rows: readonly CostRow[]): string {
  const document = {
    group_by: costs.group_by,
    since: new Date(costs.since).toISOString(),
    until: new Date(costs.until).toISOString(),
    time_zone: costs.time_zone,
    rows,
    totals: costs.totals,
    reference: costs.reference,
    amortised: costs.amortised,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** `switchyard-costs-provider-2026-11-20.csv`, named after the last day of the range (UTC). */
export function exportName(costs: Costs, extension: 'csv' | 'json'): string {
  return `switchyard-costs-${costs.group_by.replace('_', '-')}-${new Date(costs.until).toISOString().slice(0, 10)}.${extension}`;
}
