import type { CostFigures, Reliability } from '../../shared/domain/history.ts';
import { csvCell } from '../../shared/format/csv.ts';
import { agentAverage, REPORT_SECTIONS, type ReportData } from './report-data.ts';
import { renderMarkdown } from './report-markdown.ts';

export type ReportFormat = 'md' | 'csv' | 'json';

const COST_COLUMNS = [
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
] as const satisfies ReadonlyArray<keyof CostFigures>;

const RELIABILITY_COLUMNS = [
  'attempts',
  'failed_attempts',
  'latency_p50_ms',
  'latency_p95_ms',
  'first_token_p50_ms',
  'first_token_p95_ms',
] as const;

function reliabilityCells({ providers }: Reliability, provider: string): (string | number)[] {
  const row = providers.find((candidate) => candidate.provider === provider);
  if (!row) return RELIABILITY_COLUMNS.map(() => '');
  const { latency_ms: latency, first_token_ms: firstToken } = row;
  return [
    row.attempts,
    row.failed_attempts,
    latency?.p50 ?? '',
    latency?.p95 ?? '',
    firstToken?.p50 ?? '',
    firstToken?.p95 ?? '',
  ];
}

/** One table: a line for each value of each grouping, machines of one's own, and the total; what a line has not is empty. */
function renderCsv(data: ReportData): string {
  const none = RELIABILITY_COLUMNS.map(() => '');
  const blank = COST_COLUMNS.map(() => '');
  const grouped = REPORT_SECTIONS.flatMap(({ section, group }) =>
    data[section].rows.map((row) => [
      group,
      row.key,
      ...COST_COLUMNS.map((column) => row[column]),
      ...(group === 'provider' ? reliabilityCells(data.reliability, row.key) : none),
      '',
      '',
    ]),
  );
  const machines = data.byProvider.amortised.rows.map(({ provider, hours, cost_usd: cost }) => [
    'amortised',
    provider,
    ...blank,
    ...none,
    hours,
    cost,
  ]);
  const totals = [
    'total',
    '',
    ...COST_COLUMNS.map((column) => data.byProvider.totals[column]),
    ...none,
    '',
    data.byProvider.amortised.cost_usd,
  ];
  const head = ['group', 'key', ...COST_COLUMNS, ...RELIABILITY_COLUMNS, 'hours', 'amortised_cost_usd'];
  return [head, ...grouped, ...machines, totals].map((row) => row.map(csvCell).join(',')).join('\n');
}

function renderJson(data: ReportData): string {
  const { totals, reference, amortised } = data.byProvider;
  return JSON.stringify(
    {
      since: data.since,
      until: data.until,
      totals,
      reference,
      amortised,
      agents: agentAverage(data.byAgent),
      ...Object.fromEntries(REPORT_SECTIONS.map(({ section, group }) => [`by_${group}`, data[section].rows])),
      reliability: data.reliability.providers,
      episodes: data.fallbacks.episodes,
    },
    null,
    2,
  );
}

const RENDERERS: Readonly<Record<ReportFormat, (data: ReportData) => string>> = {
  md: renderMarkdown,
  csv: renderCsv,
  json: renderJson,
};

/** The report in the asked format. Prices that are unknown are counted beside the sums, never as zero. */
export function renderReport(data: ReportData, format: ReportFormat): string {
  return RENDERERS[format](data);
}
