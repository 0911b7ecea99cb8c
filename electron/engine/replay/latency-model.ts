import type { Percentiles } from '../../../shared/domain/provider.ts';
import type { Random } from '../clock.ts';
import type { LatencySample } from '../store/types.ts';

/** How long an answer took, in milliseconds; no first token where the answer was not streamed. */
export interface Latency {
  firstTokenMs: number | null;
  durationMs: number;
}

/** What was measured of each provider; a request that moves there takes as long as one of its own, drawn by chance. */
export class LatencyModel {
  readonly #samples = new Map<string, LatencySample[]>();
  readonly #random: Random;

  constructor(samples: readonly LatencySample[], random: Random) {
    this.#random = random;
    for (const sample of samples) {
      const known = this.#samples.get(sample.provider);
      if (known) known.push(sample);
      else this.#samples.set(sample.provider, [sample]);
    }
  }

  /** Null for a provider of which nothing was measured. */
  draw(provider: string): Latency | null {
    const samples = this.#samples.get(provider);
    return samples?.[Math.floor(this.#random() * samples.length)] ?? null;
  }

  /** The upstream model that a provider answered with most lately; null when it is not known. */
  modelOf(provider: string): string | null {
    return this.#samples.get(provider)?.at(-1)?.model ?? null;
  }

  has(provider: string): boolean {
    return this.#samples.has(provider);
  }
}

/** Percentiles of milliseconds by the nearest rank; null where nothing was measured. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
