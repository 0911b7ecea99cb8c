import type { ReplayOutcome, ReplaySide } from '../../../shared/domain/replay.ts';
import type { Latency } from './latency-model.ts';
import { percentiles } from './latency-model.ts';

const MICRO = 1_000_000;

/** How a request ended; money in whole micro-dollars. */
export interface Ending {
  provider: string | null;
  model: string | null;
  outcome: ReplayOutcome['outcome'];
  costMicroUsd: number;
  pricingUnknown: boolean;
  /** Null where nothing is known, or nobody answered. */
  latency: Latency | null;
}

interface ProviderTally {
  requests: number;
  costMicroUsd: number;
  unknown: number;
  durations: number[];
}

/** Adds up one side of the comparison. */
export class Tally {
  readonly #outcomes: Record<ReplayOutcome['outcome'], number> = { served: 0, refused_by_budget: 0, failed: 0 };
  readonly #providers = new Map<string, ProviderTally>();
  readonly #durations: number[] = [];
  readonly #firstTokens: number[] = [];
  #costMicroUsd = 0;
  #unknown = 0;

  add({ provider, outcome, costMicroUsd, pricingUnknown, latency }: Ending): void {
    this.#outcomes[outcome] += 1;
    this.#costMicroUsd += costMicroUsd;
    if (pricingUnknown) this.#unknown += 1;
    if (latency) {
      this.#durations.push(latency.durationMs);
      if (latency.firstTokenMs !== null) this.#firstTokens.push(latency.firstTokenMs);
    }
    if (provider === null) return;
    const tally = this.#providers.get(provider) ?? { requests: 0, costMicroUsd: 0, unknown: 0, durations: [] };
    this.#providers.set(provider, tally);
    tally.requests += 1;
    tally.costMicroUsd += costMicroUsd;
    if (pricingUnknown) tally.unknown += 1;
    if (latency) tally.durations.push(latency.durationMs);
  }

  side(): ReplaySide {
    const served = [...this.#providers.values()].reduce((sum, { requests }) => sum + requests, 0);
    return {
      ...this.#outcomes,
      cost_usd: this.#costMicroUsd / MICRO,
      pricing_unknown_requests: this.#unknown,
      latency_ms: percentiles(this.#durations),
      first_token_ms: percentiles(this.#firstTokens),
      providers: [...this.#providers]
        .map(([provider, { requests, costMicroUsd, unknown, durations }]) => ({
          provider,
          requests,
          share: requests / served,
          cost_usd: costMicroUsd / MICRO,
          pricing_unknown_requests: unknown,
          latency_ms: percentiles(durations),
        }))
        .toSorted((left, right) => right.requests - left.requests || (left.provider < right.provider ? -1 : 1)),
    };
  }
}

/** Counts of pairs, most first. */
export class PairCount<Name extends string> {
  readonly #counts = new Map<string, { from: Name | null; to: Name | null; requests: number }>();

  add(from: Name | null, to: Name | null): void {
    const key = JSON.stringify([from, to]);
    const known = this.#counts.get(key);
    if (known) known.requests += 1;
    else this.#counts.set(key, { from, to, requests: 1 });
  }

  of(from: Name | null, to: Name | null): number {
    return this.#counts.get(JSON.stringify([from, to]))?.requests ?? 0;
  }

  list(): { from: Name | null; to: Name | null; requests: number }[] {
    return [...this.#counts.values()].toSorted((left, right) => right.requests - left.requests);
  }
}
