import { soundUsage } from '../../../shared/domain/pricing.ts';
import type { Attempt, RequestDetail } from '../../../shared/domain/request.ts';
import { toMicroUsd } from './money.ts';

/** What is counted per bucket and key; all whole numbers. */
export const FIGURE_NAMES = [
  'requests',
  'errors',
  'attempts',
  'failed_attempts',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_micro_usd',
  'pricing_unknown_requests',
  'comparable_input_tokens',
  'comparable_cache_read_tokens',
  'comparable_cache_write_tokens',
  'comparable_output_tokens',
  'cache_savings_micro_usd',
  'list_savings_micro_usd',
  'list_price_unknown_requests',
] as const;
type FigureName = (typeof FIGURE_NAMES)[number];
export type Figures = Record<FigureName, number>;

/** Empty strings stand for none. */
export interface RollupKey {
  provider: string;
  model: string;
  tier: string;
  call_site: string;
}

/** What a request adds to the figures of one key. */
export interface FiguresDelta {
  key: RollupKey;
  figures: Figures;
}

export type LatencyMetric = 'first_token' | 'latency';

interface LatencySample {
  provider: string;
  metric: LatencyMetric;
  latencyMs: number;
}

export const NO_FIGURES: Readonly<Figures> = {
  requests: 0,
  errors: 0,
  attempts: 0,
  failed_attempts: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  cost_micro_usd: 0,
  pricing_unknown_requests: 0,
  comparable_input_tokens: 0,
  comparable_cache_read_tokens: 0,
  comparable_cache_write_tokens: 0,
  comparable_output_tokens: 0,
  cache_savings_micro_usd: 0,
  list_savings_micro_usd: 0,
  list_price_unknown_requests: 0,
};

export function addFigures(target: Figures, added: Readonly<Figures>): void {
  for (const name of FIGURE_NAMES) target[name] += added[name];
}

export function subtractFigures(target: Figures, taken: Readonly<Figures>): void {
  for (const name of FIGURE_NAMES) target[name] -= taken[name];
}

/** Whole micro-dollars that the cache saved on one use of tokens of known price. */
export type CacheSavings = (use: Pick<Attempt, 'provider' | 'model' | 'usage'>, at: number) => number;

/**
 * Whole micro-dollars by which a use of tokens of known price was cheaper than at its model's public list price, negative
 * where it was dearer; null where no list price is known.
 */
export type ListSavings = (
  use: Pick<Attempt, 'provider' | 'model' | 'usage' | 'cost_usd'>,
  at: number,
) => number | null;

/** What is told of a use of tokens beside its cost. */
export interface Savings {
  cache: CacheSavings;
  list: ListSavings;
}

export const NO_SAVINGS: Savings = { cache: () => 0, list: () => null };

/**
 * What one finished request adds to the rollups of the buckets that hold its `started_at`.
 *
 * The request itself counts once, under who answered, or under '' when nobody did; so do its error (status `error` or
 * `timeout`; a cancelled or refused request is nobody's error) and its unknown price. Tokens and cost follow the
 * attempts: each is put under the provider and model that was asked, so that a failed attempt costs the one who failed.
 * The attempt that answered goes under the request's own model, as that is what really answered. A request without
 * attempts carries its own tokens and cost. All origins count: money spent by a probe is money.
 *
 * `comparable_…` are the tokens that another model's price can be held against: those of known price whose call did not
 * fail. A failed call would not have been needed elsewhere, nor a shadow's, and an unknown price compares with nothing.
 *
 * Savings against the list price follow the attempts as cost does, failed ones included: they used the same tokens of the
 * same model. A request counts once as of unknown list price when any of its tokens has none.
 */
export function figuresOf(request: RequestDetail, savings: Savings): FiguresDelta[] {
  const own: FiguresDelta = {
    key: keyFor(request, request.provider ?? '', request.model ?? ''),
    figures: {
      ...NO_FIGURES,
      requests: 1,
      errors: request.status === 'error' || request.status === 'timeout' ? 1 : 0,
      pricing_unknown_requests: request.pricing_unknown ? 1 : 0,
    },
  };
  if (request.attempt_list.length === 0) {
    const use = { ...request, provider: request.provider ?? '', model: request.model ?? '' };
    const wanted = request.status !== 'error' && request.status !== 'timeout' && request.origin !== 'shadow';
    addFigures(own.figures, spent(use, wanted, savings));
    return [own];
  }
  const deltas = [own];
  for (const attempt of request.attempt_list) {
    const figures = spent(attempt, attempt.outcome !== 'failure' && request.origin !== 'shadow', savings);
    figures.attempts = 1;
    figures.failed_attempts = attempt.outcome === 'failure' ? 1 : 0;
    if (answered(request, attempt)) addFigures(own.figures, figures);
    else deltas.push({ key: keyFor(request, attempt.provider, attempt.model), figures });
  }
  const unlisted = deltas.some(({ figures }) => figures.list_price_unknown_requests > 0);
  for (const { figures } of deltas) figures.list_price_unknown_requests = 0;
  own.figures.list_price_unknown_requests = unlisted ? 1 : 0;
  return deltas;
}

/**
 * Latencies of a request: of each attempt that succeeded, under its provider, measured from when that provider was
 * asked. The wait for a provider that failed before is nobody's latency, nor is the length of a failure; a shadow's is
 * compared in its own place.
 */
export function latenciesOf(request: RequestDetail): LatencySample[] {
  if (request.origin === 'shadow') return [];
  const measured =
    request.attempt_list.length > 0
      ? request.attempt_list.filter((attempt) => attempt.outcome === 'success')
      : request.status === 'success' && request.provider !== null
        ? [{ ...request, provider: request.provider }]
        : [];
  return measured.flatMap(({ provider, first_token_ms: firstTokenMs, duration_ms: latencyMs }) => [
    ...(firstTokenMs === null ? [] : [{ provider, metric: 'first_token' as const, latencyMs: firstTokenMs }]),
    { provider, metric: 'latency' as const, latencyMs },
  ]);
}

/** The model that an attempt is counted under: the one that answered goes under the request's own. */
export function chargedModel(request: RequestDetail, attempt: Attempt): string {
  return answered(request, attempt) ? (request.model ?? '') : attempt.model;
}

function answered(request: RequestDetail, attempt: Attempt): boolean {
  return attempt.outcome === 'success' && attempt.provider === request.provider;
}

function keyFor(request: RequestDetail, provider: string, model: string): RollupKey {
  return { provider, model, tier: request.tier ?? '', call_site: request.call_site ?? '' };
}

const NO_TOKENS = { input_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 0 };

type Spending = Pick<Attempt, 'provider' | 'model' | 'usage' | 'cost_usd' | 'pricing_unknown' | 'started_at'>;

function spent(spending: Spending, wanted: boolean, savings: Savings): Figures {
  const { usage, pricing_unknown: unknown } = spending;
  const used = usage.input_tokens + usage.output_tokens > 0;
  const againstList = unknown || !used ? null : savings.list(spending, spending.started_at);
  const comparable = wanted && !unknown ? soundUsage(usage) : NO_TOKENS;
  return {
    ...NO_FIGURES,
    input_tokens: usage.input_tokens,
    cache_read_tokens: usage.cache_read_tokens,
    cache_write_tokens: usage.cache_write_tokens,
    output_tokens: usage.output_tokens,
    reasoning_tokens: usage.reasoning_tokens,
    cost_micro_usd: toMicroUsd(spending.cost_usd),
    comparable_input_tokens: comparable.input_tokens,
    comparable_cache_read_tokens: comparable.cache_read_tokens,
    comparable_cache_write_tokens: comparable.cache_write_tokens,
    comparable_output_tokens: comparable.output_tokens,
    cache_savings_micro_usd: unknown ? 0 : savings.cache(spending, spending.started_at),
    list_savings_micro_usd: againstList ?? 0,
    list_price_unknown_requests: used && againstList === null ? 1 : 0,
  };
}
