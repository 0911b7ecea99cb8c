import { OTHER_AGENTS } from '../../../shared/domain/history.ts';
import type { CostFigures, CostRow } from '../../../shared/domain/history.ts';
import type { Rates } from '../../../shared/domain/pricing.ts';
import { NAMED_AGENTS } from './agent-book.ts';
import { apportion, toParts } from './exact-sums.ts';
import { fromMicroUsd } from './money.ts';
import { NO_FIGURES, addFigures } from './rollup.ts';
import type { Figures } from './rollup.ts';

/**
 * Turns summed figures into the rows and totals of an answer. What the reference model would have cost is reckoned from
 * the totals' tokens, exactly, and shared out to the rows, so that the rows add up to the totals and the totals are the
 * same for every grouping. Without rates it is 0.
 */
export function toCostAnswer(
  groups: ReadonlyMap<string, Figures>,
  reference: Rates | null,
): { rows: CostRow[]; totals: CostFigures } {
  const totals: Figures = { ...NO_FIGURES };
  for (const figures of groups.values()) addFigures(totals, figures);
  const entries = [...groups];
  const { total, shares } = apportion(entries.map(([, figures]) => referenceParts(figures, reference)));
  return {
    rows: entries.map(([key, figures], index) => ({ key, ...toCostFigures(figures, shares[index] ?? 0, reference) })),
    totals: toCostFigures(totals, total, reference),
  };
}

/** From the dearest down, then the most used, then by name. */
export function fromTheDearest(rows: readonly CostRow[]): CostRow[] {
  const byKey = (left: CostRow, right: CostRow) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0);
  return rows.toSorted(
    (left, right) => right.cost_usd - left.cost_usd || right.requests - left.requests || byKey(left, right),
  );
}

/** Keeps the most used agents of the whole range by name and puts the rest under the others. */
export function boundAgents(groups: ReadonlyMap<string, Figures>): Map<string, Figures> {
  const named = [...groups].filter(([key]) => key !== '' && key !== OTHER_AGENTS);
  if (named.length <= NAMED_AGENTS) return new Map(groups);
  const byUse = named.toSorted(([a, left], [b, right]) => right.requests - left.requests || (a < b ? -1 : 1));
  const bounded = new Map(byUse.slice(0, NAMED_AGENTS));
  const others: Figures = { ...(groups.get(OTHER_AGENTS) ?? NO_FIGURES) };
  for (const [, figures] of byUse.slice(NAMED_AGENTS)) addFigures(others, figures);
  bounded.set(OTHER_AGENTS, others);
  const nobody = groups.get('');
  if (nobody) bounded.set('', nobody);
  return bounded;
}

function referenceParts(figures: Figures, rates: Rates | null): bigint {
  if (!rates) return 0n;
  const { comparable_cache_read_tokens: read, comparable_cache_write_tokens: write } = figures;
  const fresh = figures.comparable_input_tokens - read - write;
  return (
    BigInt(fresh) * toParts(rates.input) +
    BigInt(read) * toParts(rates.cacheRead ?? rates.input) +
    BigInt(write) * toParts(rates.cacheWrite ?? rates.input) +
    BigInt(figures.comparable_output_tokens) * toParts(rates.output)
  );
}

function toCostFigures(figures: Figures, referenceMicroUsd: number, reference: Rates | null): CostFigures {
  return {
    requests: figures.requests,
    errors: figures.errors,
    input_tokens: figures.input_tokens,
    cache_read_tokens: figures.cache_read_tokens,
    cache_write_tokens: figures.cache_write_tokens,
    output_tokens: figures.output_tokens,
    reasoning_tokens: figures.reasoning_tokens,
    cost_usd: fromMicroUsd(figures.cost_micro_usd),
    pricing_unknown_requests: figures.pricing_unknown_requests,
    cache_savings_usd: fromMicroUsd(figures.cache_savings_micro_usd),
    list_savings_usd: fromMicroUsd(figures.list_savings_micro_usd),
    list_price_unknown_requests: figures.list_price_unknown_requests,
    reference_cost_usd: fromMicroUsd(referenceMicroUsd),
    savings_usd: reference ? fromMicroUsd(referenceMicroUsd - figures.cost_micro_usd) : 0,
  };
}
