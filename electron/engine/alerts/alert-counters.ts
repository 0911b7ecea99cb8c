import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { Happened, RestoredState } from '../store/types.ts';
import type { AlertFacts } from './alert-facts.ts';
import { SlidingCounts } from './sliding-counts.ts';

const MINUTE_MS = 60_000;

type CountedFacts = Pick<AlertFacts, 'requests' | 'apiAnswers' | 'breakerOpenings' | 'unpriced'>;

export interface AlertCountersParts {
  clock: Clock;
  events: EventBus;
  isApi: (provider: string) => boolean;
  /** What the store still knows of the time before the start, oldest first. */
  restored: Pick<RestoredState, 'unpricedAttempts' | 'breakerOpenings'>;
}

/**
 * Counts what rules need of the past minutes, from the events of the engine. On the monotonic clock: a step of the wall
 * clock neither forgets nor repeats anything.
 */
export class AlertCounters {
  readonly #clock: Clock;
  readonly #isApi: (provider: string) => boolean;
  readonly #finished = new SlidingCounts(5 * MINUTE_MS);
  readonly #apiAnswers = new SlidingCounts(5 * MINUTE_MS);
  readonly #openings = new SlidingCounts(15 * MINUTE_MS);
  readonly #unpriced = new SlidingCounts(60 * MINUTE_MS);
  readonly #unpricedModels = new Map<string, string>();
  readonly #breakers = new Map<string, string>();
  readonly #detach: (() => void)[];

  constructor(parts: AlertCountersParts) {
    this.#clock = parts.clock;
    this.#isApi = parts.isApi;
    this.#goOn(this.#openings, parts.restored.breakerOpenings);
    this.#goOn(this.#unpriced, parts.restored.unpricedAttempts);
    for (const { name, model } of parts.restored.unpricedAttempts) {
      if (name !== null) this.#unpricedModels.set(name, model);
    }
    this.#detach = [
      parts.events.on('request_finished', (request) => this.#note(request)),
      parts.events.on('breaker_changed', ({ provider, breaker }) => {
        // It is announced with every change of its share too.
        if (this.#breakers.get(provider) === breaker.state) return;
        this.#breakers.set(provider, breaker.state);
        if (breaker.state === 'open') this.#openings.add(provider, 1, this.#clock.monotonic());
      }),
    ];
  }

  facts(): CountedFacts {
    const now = this.#clock.monotonic();
    const finished = this.#finished.totals(now);
    return {
      requests: { finished: sum(finished), failed: finished.get('failed') ?? 0 },
      apiAnswers: this.#apiAnswers.totals(now),
      breakerOpenings: this.#openings.totals(now),
      unpriced: new Map(
        [...this.#unpriced.totals(now)].map(([provider, calls]) => [
          provider,
          { calls, model: this.#unpricedModels.get(provider) ?? '' },
        ]),
      ),
    };
  }

  /** Counts what happened before the start, as long ago as the wall clock says. */
  #goOn(counts: SlidingCounts, happened: readonly Happened[]): void {
    const [wall, now] = [this.#clock.now(), this.#clock.monotonic()];
    for (const { at, name } of happened) if (name !== null) counts.add(name, 1, now - Math.max(0, wall - at));
  }

  stop(): void {
    for (const detach of this.#detach.splice(0)) detach();
  }

  #note(request: RequestDetail): void {
    const now = this.#clock.monotonic();
    if (request.origin === 'client') {
      const failed = request.status === 'error' || request.status === 'timeout';
      this.#finished.add(failed ? 'failed' : 'ended', 1, now);
    }
    // By provider, as the metrics have it: callers name what models they like, and each name must not be an alert.
    for (const { provider, model, pricing_unknown: unknown } of request.attempt_list) {
      if (!unknown) continue;
      this.#unpriced.add(provider, 1, now);
      this.#unpricedModels.set(provider, model);
    }
    // As llm_requests_total counts: once at each model that a client's request was sent to, whatever came of it.
    const asked = new Set(
      request.attempt_list.filter(({ outcome }) => outcome !== 'cancelled').map(({ provider }) => provider),
    );
    for (const provider of request.origin === 'client' ? asked : []) {
      if (this.#isApi(provider)) this.#apiAnswers.add(provider, 1, now);
    }
  }
}

function sum(totals: ReadonlyMap<string, number>): number {
  return [...totals.values()].reduce((total, amount) => total + amount, 0);
}
