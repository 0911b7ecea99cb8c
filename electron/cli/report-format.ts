import type { CostFigures, CostRow, Costs, Fallbacks } from '../../shared/domain/history.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { formatExact, formatPercent, formatUsd } from '../../shared/format/number.ts';
import { count } from './table.ts';

export interface ReportData {
  since: number;
  until: number;
  byProvider: Costs;
  byModel: Costs;
  byDay: Costs;
  fallbacks: Fallbacks;
}

export type ReportFormat = 'md' | 'csv' | 'json';

const SECTIONS = ['byProvider', 'byModel', 'byDay'] as const satisfies ReadonlyArray<keyof ReportData>;
const SECTION_NAMES = { byProvider: 'provider', byModel: 'model', byDay: 'day' } as const;

const CSV_COLUMNS = [
  'requests',
  'errors',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd',
  'pricing_unknown_requests',
] as const satisfies ReadonlyArray<keyof CostFigures>;

function costWords(row: CostFigures): string {
  return row.pricing_unknown_requests === 0
    ? formatUsd(row.cost_usd)
    : `${formatUsd(row.cost_usd)} + ${count(row.pricing_unknown_requests, 'request')} of unknown price`;
}

function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function markdownTable(section: (typeof SECTIONS)[number], costs: Costs): string {
  const name = SECTION_NAMES[section];
  const row = (key: string, figures: CostFigures): string => {
    const errors = figures.requests === 0 ? '—' : formatPercent(figures.errors / figures.requests);
    const cells = [key, figures.requests, errors, figures.input_tokens, figures.output_tokens, costWords(figures)];
    return `| ${cells.map((cell) => (typeof cell === 'number' ? formatExact(cell) : markdownCell(cell))).join(' | ')} |`;
  };
  return [
    `## By ${name}`,
    '',
    `| ${name} | requests | errors | input tokens | output tokens | cost |`,
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...costs.rows.map((figures: CostRow) => row(figures.key === '' ? '(nobody)' : figures.key, figures)),
    row('**total**', costs.totals),
  ].join('\n');
}

function episodeLines(fallbacks: Fallbacks, until: number): string[] {
  return fallbacks.episodes.map((episode) => {
    const lasted = formatDuration((episode.ended_at ?? until) - episode.started_at);
    const took = episode.to_provider === null ? 'nobody could take over' : `${episode.to_provider} took over`;
    const state = episode.ended_at === null ? ' (still open)' : '';
    return `- ${new Date(episode.started_at).toISOString()}: ${episode.from_provider} out for ${lasted}${state}, ${took}; ${count(episode.requests, 'request')}, ${episode.failed_requests} failed, ${formatUsd(episode.cost_usd)}. ${markdownCell(episode.detail)}`;
  });
}

function renderMarkdown(data: ReportData): string {
  const { totals } = data.byProvider;
  const answered = totals.requests - totals.errors;
  const success = totals.requests === 0 ? '—' : formatPercent(answered / totals.requests);
  const episodes = episodeLines(data.fallbacks, data.until);
  return [
    '# Switchyard report',
    '',
    `${new Date(data.since).toISOString()} to ${new Date(data.until).toISOString()} (UTC)`,
    '',
    `${count(totals.requests, 'request')}, ${success} answered, ${costWords(totals)}.`,
    '',
    ...SECTIONS.flatMap((section) => [markdownTable(section, data[section]), '']),
    '## Fallback episodes',
    '',
    ...(episodes.length === 0 ? ['None: the primary served throughout.'] : episodes),
  ].join('\n');
}

/** Quotes where needed, and disarms what a spreadsheet would take for a formula. */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function renderCsv(data: ReportData): string {
  const rows = SECTIONS.flatMap((section) =>
    data[section].rows.map((row) => [SECTION_NAMES[section], row.key, ...CSV_COLUMNS.map((column) => row[column])]),
  );
  const totals = ['total', '', ...CSV_COLUMNS.map((column) => data.byProvider.totals[column])];
  return [['group', 'key', ...CSV_COLUMNS], ...rows, totals].map((row) => row.map(csvCell).join(',')).join('\n');
}

function renderJson(data: ReportData): string {
  return JSON.stringify(
    {
      since: data.since,
      until: data.until,
      totals: data.byProvider.totals,
      by_provider: data.byProvider.rows,
      by_model: data.byModel.rows,
      by_day: data.byDay.rows,
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
