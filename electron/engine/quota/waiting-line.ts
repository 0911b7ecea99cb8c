import type { Clock } from '../clock.ts';
import type { Amounts } from './limit-set.ts';
import type { Refusal, ReservationResult } from './types.ts';

type Outcome = ReservationResult & { queuedMs: number };

/** What a request asks of its provider's limits and of its call site's. */
export interface Demand {
  amounts: Amounts;
  callSite: string | null;
}

interface Waiter {
  demand: Demand;
  since: number;
  lastRefusal: Refusal;
  leave: () => void;
  resolve: (outcome: Outcome) => void;
}

/**
 * Requests that wait for a place at one provider, in order of arrival. Those that only their own call site holds back
 * stand aside: others may pass them, except those of the same call site.
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #ask: (demand: Demand) => ReservationResult;
  readonly #waiters: Waiter[] = [];
  #cancelRetry = (): void => undefined;

  constructor(clock: Clock, ask: (demand: Demand) => ReservationResult) {
    this.#clock = clock;
    this.#ask = ask;
  }

  get length(): number {
    return this.#waiters.length;
  }

  /** Since when the first has waited, in monotonic milliseconds; Infinity when nobody waits. */
  get since(): number {
    return this.#waiters[0]?.since ?? Infinity;
  }

  /** How many have a better right to the next place than a newcomer from this call site. */
  ahead(callSite: string | null): number {
    return this.#waiters.filter(({ lastRefusal, demand }) => !lastRefusal.callSite || demand.callSite === callSite)
      .length;
  }

  /**
   * Joins the end of the line. Resolves with a reservation, with a refusal that waiting does not mend, or with the last
   * refusal after `timeoutMs`; rejects with the signal's reason.
   */
  join(
    demand: Demand,
    refusal: Refusal,
    timeoutMs: number,
    describe: (waitedMs: number, reason: string) => string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    return new Promise<Outcome>((resolve, reject) => {
      const since = this.#clock.monotonic();
      const onAbort = (): void => {
        this.#remove(waiter);
        reject(signal.reason as Error);
        this.advance();
      };
      const cancelTimeout = this.#clock.after(timeoutMs, () => {
        this.#remove(waiter);
        const queuedMs = this.#clock.monotonic() - since;
        resolve({ ...waiter.lastRefusal, reason: describe(queuedMs, waiter.lastRefusal.reason), queuedMs });
        this.advance();
      });
      const leave = (): void => {
        cancelTimeout();
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = { demand, since, lastRefusal: refusal, leave, resolve };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
      this.advance();
    });
  }

  /** Lets in whoever fits now. To be called whenever a place may have become free. */
  advance(): void {
    this.#cancelRetry();
    let retryMs = Infinity;
    const heldSites = new Set<string>();
    // Whoever is let in leaves the line: it is walked over as it stood.
    for (const waiter of this.#waiters.slice()) {
      const { demand } = waiter;
      if (demand.callSite !== null && heldSites.has(demand.callSite)) continue;
      const answer = this.#ask(demand);
      if (answer.ok || !isWorthWaitingFor(answer)) {
        this.#remove(waiter);
        waiter.resolve({ ...answer, queuedMs: this.#clock.monotonic() - waiter.since });
        continue;
      }
      waiter.lastRefusal = answer;
      retryMs = Math.min(retryMs, answer.retryAfterMs ?? Infinity);
      if (answer.callSite === undefined) break;
      heldSites.add(answer.callSite);
    }
    if (retryMs < Infinity) this.#cancelRetry = this.#clock.after(retryMs, () => this.advance());
  }

  #remove(waiter: Waiter): void {
    waiter.leave();
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }
}

/** Only a place and the next second come by themselves soon enough to be waited for. */
export function isWorthWaitingFor(refusal: Refusal): boolean {
  return refusal.limit === 'max_concurrent' || refusal.limit === 'requests_per_second';
}
