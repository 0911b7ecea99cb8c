import type { Restricted } from '../../../shared/domain/decision.ts';
import type { RoutingState } from '../../../shared/domain/routing.ts';

/** Callers name what they like; beyond so many models the rest is counted in the sum alone. */
const MOST_MODELS = 200;
const SHOWN = 20;

/** Counts, since the start, the requests whose restricted model was replaced. */
export class RestrictedCount {
  readonly #since: number;
  readonly #models = new Map<string, { replacedBy: string; requests: number }>();
  #requests = 0;

  /** `since` is epoch milliseconds. */
  constructor(since: number) {
    this.#since = since;
  }

  add({ model, replaced_by: replacedBy }: Restricted): void {
    this.#requests += 1;
    const known = this.#models.get(model);
    if (known) {
      known.requests += 1;
      known.replacedBy = replacedBy;
    } else if (this.#models.size < MOST_MODELS) this.#models.set(model, { replacedBy, requests: 1 });
  }

  summary(): RoutingState['restricted'] {
    const models = [...this.#models]
      .map(([model, { replacedBy, requests }]) => ({ model, replaced_by: replacedBy, requests }))
      .toSorted((left, right) => right.requests - left.requests);
    return { since: this.#since, requests: this.#requests, models: models.slice(0, SHOWN) };
  }
}
