import type { CostFigures, Costs, Fallbacks, ReliabilityRow } from '../../shared/domain/history.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { markdownCell, markdownText } from '../../shared/format/markdown.ts';
import { formatExact, formatPercent, formatUsd } from '../../shared/format/number.ts';
import { agentAverage, REPORT_SECTIONS, type ReportData } from './report-data.ts';
import { count } from './table.ts';

/** The report as Markdown: the sums first, then a table for each question. Unknown prices stand apart everywhere. */
export function renderMarkdown(data: ReportData): string {
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
    ...savingsLines(data.byProvider),
    ...agentLines(data.byAgent),
    '',
    ...REPORT_SECTIONS.flatMap(({ section, words }) => [costTable(words, data[section]), '']),
    ...amortisedSection(data.byProvider),
    reliabilityTable(data.reliability.providers),
    '',
    '## Fallback episodes',
    '',
    ...(episodes.length === 0 ? ['None: the primary served throughout.'] : episodes),
  ].join('\n');
}

function costWords(row: CostFigures): string {
  return row.pricing_unknown_requests === 0
    ? formatUsd(row.cost_usd)
    : `${formatUsd(row.cost_usd)} + ${count(row.pricing_unknown_requests, 'request')} of unknown price`;
}

function savingsLines({ totals, reference, amortised }: Costs): string[] {
  const cached = `- The cache saved ${formatUsd(totals.cache_savings_usd)}.`;
  const listed = listLine(totals);
  const machines =
    amortised.rows.length === 0
      ? []
      : [`- Own machines cost ${formatUsd(amortised.cost_usd)} while Switchyard ran; not in the sum above.`];
  if (reference.pricing_unknown) {
    return [
      `- No price of ${markdownText(reference.model)} is known, so nothing is said of what all of it would have cost there.`,
    ]
      .concat(listed, cached)
      .concat(machines);
  }
  const difference =
    totals.savings_usd >= 0
      ? `${formatUsd(totals.savings_usd)} saved`
      : `${formatUsd(-totals.savings_usd)} more was spent`;
  const all = `- All of it on ${markdownText(reference.model)} would have cost ${formatUsd(totals.reference_cost_usd)} at list price: ${difference}, what has no known price left out.`;
  return [all, ...listed, cached, ...machines];
}

/** Nothing where no list price is known of any of it. */
function listLine({ requests, list_savings_usd: saved, list_price_unknown_requests: unlisted }: CostFigures): string[] {
  if (requests > 0 && unlisted >= requests) return [];
  const difference = saved >= 0 ? `${formatUsd(saved)} less` : `${formatUsd(-saved)} more`;
  const apart = unlisted === 0 ? '' : `, ${count(unlisted, 'request')} without a list price left out`;
  return [`- That is ${difference} than the public list price of each model${apart}.`];
}

function agentLines(byAgent: Costs): string[] {
  const agents = agentAverage(byAgent);
  if (!agents) return [];
  const average =
    agents.average_cost_usd === null ? 'of unknown price' : `${formatUsd(agents.average_cost_usd)} on average`;
  const apart =
    agents.pricing_unknown_requests > 0 && agents.average_cost_usd !== null
      ? ` (${formatExact(agents.pricing_unknown_requests)} of unknown price left out)`
      : '';
  return [`- ${count(agents.executions, 'execution')} by agents, ${average}${apart}.`];
}

function costTable(words: string, costs: Costs): string {
  const { totals } = costs;
  const row = (key: string, figures: CostFigures): string =>
    markdownRow([
      key,
      figures.requests,
      totals.requests === 0 ? '—' : formatPercent(figures.requests / totals.requests),
      figures.requests === 0 ? '—' : formatPercent(figures.errors / figures.requests),
      figures.input_tokens,
      figures.output_tokens,
      costWords(figures),
      formatUsd(figures.cache_savings_usd),
      figures.requests > 0 && figures.list_price_unknown_requests >= figures.requests
        ? '—'
        : formatUsd(figures.list_savings_usd),
      costs.reference.pricing_unknown ? '—' : formatUsd(figures.savings_usd),
    ]);
  return [
    `## By ${words}`,
    '',
    `| ${words} | requests | share | errors | input tokens | output tokens | cost | cache savings | below list | savings |`,
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...costs.rows.map((figures) => row(figures.key === '' ? `(no ${words})` : markdownCell(figures.key), figures)),
    row('**total**', totals),
  ].join('\n');
}

function amortisedSection({ amortised }: Costs): string[] {
  if (amortised.rows.length === 0) return [];
  return [
    '## Own machines',
    '',
    '| provider | hours | USD an hour | cost |',
    '| --- | ---: | ---: | ---: |',
    ...amortised.rows.map(({ provider, hours, usd_per_hour: rate, cost_usd: cost }) =>
      markdownRow([markdownCell(provider), hours.toFixed(1), formatUsd(rate), formatUsd(cost)]),
    ),
    '',
  ];
}

function reliabilityTable(rows: readonly ReliabilityRow[]): string {
  const ms = (value: number | undefined) => (value === undefined ? '—' : formatDuration(value));
  return [
    '## Reliability by provider',
    '',
    '| provider | calls | success | errors | latency p50 | latency p95 | first token p50 | first token p95 |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(({ provider, attempts, failed_attempts: failed, latency_ms: latency, first_token_ms: first }) =>
      markdownRow([
        markdownCell(provider),
        attempts,
        attempts === 0 ? '—' : formatPercent((attempts - failed) / attempts),
        attempts === 0 ? '—' : formatPercent(failed / attempts),
        ms(latency?.p50),
        ms(latency?.p95),
        ms(first?.p50),
        ms(first?.p95),
      ]),
    ),
  ].join('\n');
}

function episodeLines(fallbacks: Fallbacks, until: number): string[] {
  return fallbacks.episodes.map((episode) => {
    const lasted = formatDuration((episode.ended_at ?? until) - episode.started_at);
    const took =
      episode.to_provider === null ? 'nobody could take over' : `${markdownText(episode.to_provider)} took over`;
    const state = episode.ended_at === null ? ' (still open)' : '';
    return `- ${new Date(episode.started_at).toISOString()}: ${markdownText(episode.from_provider)} out for ${lasted}${state}, ${took}; ${count(episode.requests, 'request')}, ${episode.failed_requests} failed, ${formatUsd(episode.cost_usd)}. ${markdownText(episode.detail)}`;
  });
}

function markdownRow(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => (typeof cell === 'number' ? formatExact(cell) : cell)).join(' | ')} |`;
}
