import type { ReplayExample, ReplayOutcome, ReplayResult, ReplaySide } from '../../shared/domain/replay.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { formatExact, formatPercent, formatUsd } from '../../shared/format/number.ts';
import { count, renderTable } from './table.ts';

const NOBODY = 'nobody';
const SHOWN_MOVES = 10;

/** A replay for reading on a terminal. */
export function renderReplay(result: ReplayResult): string {
  const { requests, changed, before, after } = result;
  const period = `${new Date(result.since).toISOString()} to ${new Date(result.until).toISOString()}`;
  if (requests === 0) return `No requests were recorded from ${period}.`;
  const share = formatPercent(changed / requests);
  return [
    `${count(requests, 'request')} from ${period}: ${formatExact(changed)} (${share}) would have gone another way.`,
    '',
    renderTable(['', 'recorded', 'replayed'], sideRows(before, after), new Set(['recorded', 'replayed'])),
    '',
    renderTable(
      ['provider', 'share then', 'share now', 'cost then', 'cost now', 'p95 then', 'p95 now'],
      providerRows(before, after),
      new Set(['share then', 'share now', 'cost then', 'cost now', 'p95 then', 'p95 now']),
    ),
    ...section(
      'Moves',
      result.moves
        .slice(0, SHOWN_MOVES)
        .map(({ from, to, requests: moved }) => `${from ?? NOBODY} → ${to ?? NOBODY}: ${count(moved, 'request')}`),
    ),
    ...section(
      'Tiers',
      result.tier_changes.map(
        ({ from, to, requests: moved }) => `${from ?? 'none'} → ${to ?? 'none'}: ${count(moved, 'request')}`,
      ),
    ),
    ...section('Examples', result.examples.map(exampleLine)),
    ...section('Notes', [...result.assumptions, ...caveats(result)]),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function sideRows(before: ReplaySide, after: ReplaySide): string[][] {
  const row = (name: string, figure: (side: ReplaySide) => string) => [name, figure(before), figure(after)];
  return [
    row('served', ({ served }) => formatExact(served)),
    row('refused by budget', ({ refused_by_budget: refused }) => formatExact(refused)),
    row('failed', ({ failed }) => formatExact(failed)),
    row('cost', costWords),
    row('latency p50', ({ latency_ms: latency }) => duration(latency?.p50)),
    row('latency p95', ({ latency_ms: latency }) => duration(latency?.p95)),
    row('first token p95', ({ first_token_ms: first }) => duration(first?.p95)),
  ];
}

function providerRows(before: ReplaySide, after: ReplaySide): string[][] {
  const names = new Set([...before.providers, ...after.providers].map(({ provider }) => provider));
  return [...names].map((name) => {
    const then = before.providers.find(({ provider }) => provider === name);
    const now = after.providers.find(({ provider }) => provider === name);
    return [
      name,
      formatPercent(then?.share ?? 0),
      formatPercent(now?.share ?? 0),
      then ? costWords(then) : '-',
      now ? costWords(now) : '-',
      duration(then?.latency_ms?.p95),
      duration(now?.latency_ms?.p95),
    ];
  });
}

/** A sum that leaves out what has no price says so. */
function costWords(figures: Pick<ReplaySide, 'cost_usd' | 'pricing_unknown_requests'>): string {
  const { cost_usd: cost, pricing_unknown_requests: unknown } = figures;
  return unknown === 0 ? formatUsd(cost) : `${formatUsd(cost)} + ${formatExact(unknown)} unpriced`;
}

function duration(ms: number | undefined): string {
  return ms === undefined ? '-' : formatDuration(ms);
}

function exampleLine({ id, requested_model: model, before, after, reason }: ReplayExample): string {
  return `${id} (${model}): ${outcomeWords(before)} → ${outcomeWords(after)}: ${reason}`;
}

function outcomeWords({ provider, model, outcome }: ReplayOutcome): string {
  if (provider === null) return outcome === 'refused_by_budget' ? 'refused by budget' : 'failed';
  return model === null ? provider : `${provider} (${model})`;
}

function caveats(result: ReplayResult): string[] {
  const { latency_unknown_requests: latency, usage_estimated_requests: usage, approximated_requests: tasks } = result;
  return [
    ...(latency > 0 ? [`No latency was measured for the provider of ${count(latency, 'request')}.`] : []),
    ...(usage > 0 ? [`The tokens of ${count(usage, 'request')} that nobody served then are estimated.`] : []),
    ...(tasks > 0 ? [`${count(tasks, 'request')} came without a recorded task; the tier is taken as it was.`] : []),
  ];
}
