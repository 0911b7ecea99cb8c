import type { Clock } from '../clock.ts';
import type { Amounts, Refusal } from './provider-quota.ts';
import type { Reservation, ReservationResult } from './types.ts';

type Outcome = ReservationResult & { queuedMs: number };

/** What the head of the line gets when it asks for its place. */
export type Attempt = { ok: true; reservation: Reservation } | Refusal;

interface Waiter {
  amounts: Amounts;
  since: number;
  lastRefusal: Refusal;
  leave: () => void;
  resolve: (outcome: Outcome) => void;
}

/** Requests that wait for a place at one provider, strictly in order of arrival. */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #ask: (amounts: Amounts) => Attempt;
  readonly #waiters: Waiter[] = [];
  #cancelRetry = (): void => undefined;

  constructor(clock: Clock, ask: (amounts: Amounts) => Attempt) {
    this.#clock = clock;
    this.#ask = ask;
  }

  get length(): number {
    return this.#waiters.length;
  }

  /**
   * Joins the end of the line. Resolves with a reservation, with a refusal that waiting does not mend, or with the last
   * refusal after `timeoutMs`; rejects with the signal's reason.
   */
  join(
    amounts: Amounts,
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
      const waiter: Waiter = { amounts, since, lastRefusal: refusal, leave, resolve };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
      this.advance();
    });
  }

  /** Lets in from the head whoever fits now. To be called whenever a place may have become free. */
  advance(): void {
    this.#cancelRetry();
    for (let head = this.#waiters[0]; head !== undefined; head = this.#waiters[0]) {
      const attempt = this.#ask(head.amounts);
      if (!attempt.ok && isWorthWaitingFor(attempt)) {
        head.lastRefusal = attempt;
        if (attempt.retryAfterMs !== null) {
          this.#cancelRetry = this.#clock.after(attempt.retryAfterMs, () => this.advance());
        }
        return;
      }
      this.#remove(head);
      head.resolve({ ...attempt, queuedMs: this.#clock.monotonic() - head.since });
    }
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
