import { renderTable } from '../../electron/cli/table.ts';
import { formatExact } from '../../shared/format/number.ts';
import { passes, ratioOf } from './statistics.ts';
import type { Measure, Outcome } from './types.ts';

const HEADER = ['benchmark', 'measure', 'switchyard', 'baseline', 'unit', 'ratio', 'limit', 'verdict'];
const RIGHT = new Set(['switchyard', 'baseline', 'ratio', 'limit']);

/** True when everything could be measured and no ratio is over its limit. */
export function allPass(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ failure, measures }) => failure === null && measures.every(passes));
}

/** The table, a line for each measure, and under it what each benchmark asks and against what. */
export function renderReport(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ benchmark, measures, failure }) =>
    failure === null
      ? measures.map((measure) => [benchmark.name, ...cellsOf(measure)])
      : [[benchmark.name, '', '', '', '', '', '', 'failed']],
  );
  const notes = outcomes.map(({ benchmark, failure, tookMs }) =>
    [
      `${benchmark.name} (${(tookMs / 1000).toFixed(1)} s): ${benchmark.question}`,
      `  baseline: ${benchmark.baseline}`,
      ...(failure === null ? [] : [`  failed: ${failure}`]),
    ].join('\n'),
  );
  return [renderTable(HEADER, rows, RIGHT), '', ...notes].join('\n');
}

/** The same as JSON, with every digit and the machine it was measured on. */
export function renderJson(outcomes: readonly Outcome[], machine: { node: string; cpus: number }): string {
  const benchmarks = outcomes.map(({ benchmark, measures, failure, tookMs }) => ({
    name: benchmark.name,
    question: benchmark.question,
    baseline: benchmark.baseline,
    took_ms: Math.round(tookMs),
    failure,
    measures: measures.map((measure) => ({ ...measure, ratio: ratioOf(measure), passes: passes(measure) })),
  }));
  return JSON.stringify({ ...machine, passes: allPass(outcomes), benchmarks }, null, 2);
}

function cellsOf(measure: Measure): string[] {
  const { what, unit, subject, baseline, limit } = measure;
  const verdict = passes(measure) ? 'ok' : 'over the limit';
  return [what, figure(subject), figure(baseline), unit, figure(ratioOf(measure)), figure(limit), verdict];
}

/** Three digits, and every one before the point. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '—';
  if (value >= 99.95) return formatExact(value);
  if (value >= 9.995) return value.toFixed(1);
  return value >= 0.0995 ? value.toFixed(2) : value.toFixed(4);
}
