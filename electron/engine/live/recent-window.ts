import type { Percentiles, ProviderGauges } from '../../../shared/domain/provider.ts';
import type { Attempt, RequestDetail } from '../../../shared/domain/request.ts';

/** Width of a bucket of counts; the window is exact to this. */
const BUCKET_MS = 1000;
/** Latencies kept per provider and bucket for percentiles; of more, an even choice is kept. */
const SAMPLES_PER_BUCKET = 64;

/** What one provider did in one second. */
interface Bucket {
  /** Start, epoch milliseconds. */
  at: number;
  answered: number;
  failed: number;
  outputTokens: number;
  /** Time spent generating after the first token. */
  generatingMs: number;
  costMicroUsd: number;
  unpriced: number;
  firstTokenMs: number[];
  latencyMs: number[];
}

export type WindowFigures = Pick<
  ProviderGauges,
  | 'requests_per_second'
  | 'share'
  | 'error_rate'
  | 'first_token_ms'
  | 'latency_ms'
  | 'tokens_per_second'
  | 'cost_usd_per_hour'
  | 'pricing_unknown_attempts'
>;

/**
 * What happened in the last `windowMs`, from finished requests, in memory of bounded size. Attempts count for the provider
 * that was asked, so a failed attempt raises the error rate of who failed and not of who answered.
 */
export class RecentWindow {
  readonly windowMs: number;
  readonly #providers = new Map<string, Bucket[]>();

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  add(request: RequestDetail, now: number): void {
    // A shadow's copy is nobody's request: what it takes and costs is told where the experiment is.
    if (request.origin === 'shadow') return;
    for (const attempt of request.attempt_list) {
      if (attempt.outcome !== 'cancelled') count(this.#bucket(attempt.provider, now), attempt);
    }
  }

  /** Forgets what has left the window. */
  trim(now: number): void {
    const first = now - this.windowMs;
    for (const [provider, buckets] of this.#providers) {
      const kept = buckets.filter((bucket) => bucket.at > first && bucket.at <= now);
      if (kept.length === 0) this.#providers.delete(provider);
      else if (kept.length < buckets.length) this.#providers.set(provider, kept);
    }
  }

  figures(provider: string): WindowFigures {
    const own = this.#providers.get(provider) ?? [];
    const answered = total(own, 'answered');
    const failed = total(own, 'failed');
    const everybody = this.#sum('answered');
    const generatingMs = total(own, 'generatingMs');
    const outputTokens = total(own, 'outputTokens');
    return {
      requests_per_second: answered / this.#seconds,
      share: everybody === 0 ? 0 : answered / everybody,
      error_rate: answered + failed === 0 ? null : failed / (answered + failed),
      first_token_ms: percentiles(own.flatMap((bucket) => bucket.firstTokenMs)),
      latency_ms: percentiles(own.flatMap((bucket) => bucket.latencyMs)),
      tokens_per_second: generatingMs > 0 && outputTokens > 0 ? outputTokens / (generatingMs / 1000) : null,
      cost_usd_per_hour: this.#hourly(total(own, 'costMicroUsd')),
      pricing_unknown_attempts: total(own, 'unpriced'),
    };
  }

  /** Answered requests a second, all providers together. */
  requestsPerSecond(): number {
    return this.#sum('answered') / this.#seconds;
  }

  /** USD an hour at the rate of the window, failed attempts included; requests of unknown price count nothing. */
  costUsdPerHour(): number {
    return this.#hourly(this.#sum('costMicroUsd'));
  }

  get #seconds(): number {
    return this.windowMs / 1000;
  }

  #hourly(costMicroUsd: number): number {
    return (costMicroUsd / 1e6 / this.#seconds) * 3600;
  }

  #sum(figure: 'answered' | 'costMicroUsd'): number {
    return [...this.#providers.values()].reduce((sum, buckets) => sum + total(buckets, figure), 0);
  }

  #bucket(provider: string, now: number): Bucket {
    const buckets = this.#providers.get(provider) ?? [];
    this.#providers.set(provider, buckets);
    const at = now - (now % BUCKET_MS);
    const last = buckets.at(-1);
    if (last?.at === at) return last;
    const bucket: Bucket = {
      at,
      answered: 0,
      failed: 0,
      outputTokens: 0,
      generatingMs: 0,
      costMicroUsd: 0,
      unpriced: 0,
      firstTokenMs: [],
      latencyMs: [],
    };
    buckets.push(bucket);
    return bucket;
  }
}

/** Nearest-rank percentiles; null for no values. */
export function percentiles(values: number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

function count(bucket: Bucket, attempt: Attempt): void {
  bucket.costMicroUsd += Math.round(attempt.cost_usd * 1e6);
  if (attempt.pricing_unknown) bucket.unpriced += 1;
  if (attempt.outcome === 'failure') {
    bucket.failed += 1;
    return;
  }
  bucket.answered += 1;
  keep(bucket.latencyMs, bucket.answered, attempt.duration_ms);
  if (attempt.first_token_ms === null) return;
  keep(bucket.firstTokenMs, bucket.answered, attempt.first_token_ms);
  if (attempt.duration_ms <= attempt.first_token_ms) return;
  bucket.outputTokens += attempt.usage.output_tokens;
  bucket.generatingMs += attempt.duration_ms - attempt.first_token_ms;
}

/** Keeps the first values, then every value whose turn it is, in the place of the one that has been kept longest. */
function keep(samples: number[], turn: number, value: number): void {
  if (samples.length < SAMPLES_PER_BUCKET) samples.push(value);
  else samples[turn % SAMPLES_PER_BUCKET] = value;
}

function total(
  buckets: readonly Bucket[],
  figure: 'answered' | 'failed' | 'outputTokens' | 'generatingMs' | 'costMicroUsd' | 'unpriced',
): number {
  return buckets.reduce((sum, bucket) => sum + bucket[figure], 0);
}
