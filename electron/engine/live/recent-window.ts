import type { Percentiles, ProviderGauges } from '../../../shared/domain/provider.ts';
import type { RequestDetail } from '../../../shared/domain/request.ts';

/** Samples kept per provider for percentiles; older ones give way under heavy load, evenly with time. */
const MAXIMUM_SAMPLES = 4096;

interface Sample {
  at: number;
  provider: string;
  answered: boolean;
  failed: boolean;
  firstTokenMs: number | null;
  durationMs: number;
  outputTokens: number;
  costMicroUsd: number;
  pricingUnknown: boolean;
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
>;

/**
 * What happened in the last `windowMs`, from finished requests, in memory. Attempts count for the provider that was asked,
 * so a failed attempt raises the error rate of who failed and not of who answered.
 */
export class RecentWindow {
  readonly windowMs: number;
  readonly #samples: Sample[] = [];

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  add(request: RequestDetail, now: number): void {
    for (const attempt of request.attempt_list) {
      if (attempt.outcome === 'cancelled') continue;
      this.#samples.push({
        at: now,
        provider: attempt.provider,
        answered: attempt.outcome === 'success',
        failed: attempt.outcome === 'failure',
        firstTokenMs: attempt.first_token_ms,
        durationMs: attempt.duration_ms,
        outputTokens: attempt.usage.output_tokens,
        costMicroUsd: Math.round(attempt.cost_usd * 1e6),
        pricingUnknown: attempt.pricing_unknown,
      });
    }
    if (this.#samples.length > MAXIMUM_SAMPLES) this.#samples.splice(0, this.#samples.length - MAXIMUM_SAMPLES);
  }

  /** Forgets what has left the window. */
  trim(now: number): void {
    const first = this.#samples.findIndex((sample) => sample.at > now - this.windowMs);
    this.#samples.splice(0, first === -1 ? this.#samples.length : first);
  }

  figures(provider: string): WindowFigures {
    const own = this.#samples.filter((sample) => sample.provider === provider);
    const answered = own.filter((sample) => sample.answered);
    const allAnswered = this.#samples.reduce((count, sample) => count + (sample.answered ? 1 : 0), 0);
    const seconds = this.windowMs / 1000;
    return {
      requests_per_second: answered.length / seconds,
      share: allAnswered === 0 ? 0 : answered.length / allAnswered,
      error_rate: own.length === 0 ? null : own.filter((sample) => sample.failed).length / own.length,
      first_token_ms: percentiles(
        answered.flatMap((sample) => (sample.firstTokenMs === null ? [] : [sample.firstTokenMs])),
      ),
      latency_ms: percentiles(answered.map((sample) => sample.durationMs)),
      tokens_per_second: generationSpeed(answered),
      cost_usd_per_hour: hourly(own, seconds),
    };
  }

  /** Answered requests a second, all providers together. */
  requestsPerSecond(): number {
    return this.#samples.filter((sample) => sample.answered).length / (this.windowMs / 1000);
  }

  /** USD an hour at the rate of the window, failed attempts included; requests of unknown price count nothing. */
  costUsdPerHour(): number {
    return hourly(this.#samples, this.windowMs / 1000);
  }
}

/** Nearest-rank percentiles; null for no values. */
export function percentiles(values: number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

function hourly(samples: readonly Sample[], seconds: number): number {
  return (samples.reduce((sum, sample) => sum + sample.costMicroUsd, 0) / 1e6 / seconds) * 3600;
}

/** Output tokens a second while generating: tokens over the time after the first token. */
function generationSpeed(answered: readonly Sample[]): number | null {
  let tokens = 0;
  let seconds = 0;
  for (const sample of answered) {
    if (sample.firstTokenMs === null || sample.durationMs <= sample.firstTokenMs) continue;
    tokens += sample.outputTokens;
    seconds += (sample.durationMs - sample.firstTokenMs) / 1000;
  }
  return seconds > 0 && tokens > 0 ? tokens / seconds : null;
}
