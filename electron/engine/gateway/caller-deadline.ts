import type { Clock } from '../clock.ts';
import type { Failure } from '../providers/types.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { GatewayError } from './gateway-error.ts';

/** When a caller's own time for the whole answer is over; never where it gives none. */
export class CallerDeadline {
  readonly #clock: Clock;
  readonly #timeoutMs: number | null;
  readonly #startedAt: number;

  /** @param timeoutMs from now; null for no limit. */
  constructor(clock: Clock, timeoutMs: number | null) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#startedAt = clock.monotonic();
  }

  /** Milliseconds; below zero when it has passed, infinite without a limit. */
  remainingMs(): number {
    return this.#timeoutMs === null ? Infinity : this.#startedAt + this.#timeoutMs - this.#clock.monotonic();
  }

  /** A provider's limits, the total cut to what is left. */
  cut(timeouts: ProviderConfig['timeouts']): ProviderConfig['timeouts'] {
    return { ...timeouts, totalMs: Math.min(timeouts.totalMs, Math.max(1, this.remainingMs())) };
  }

  /** The answer of a request whose time is over. */
  error(lastFailure: Failure | null): GatewayError {
    const reason = lastFailure ? `; the last reason: ${lastFailure.message}` : '';
    return new GatewayError(
      'upstream_timeout',
      `No whole answer within the ${this.#timeoutMs ?? 0} ms that the caller gave${reason}.`,
      { failureClass: 'timeout' },
    );
  }

  /** Waits no longer than is left: then the signal given to `wait` is aborted with the error of a passed deadline. */
  async within<Result>(
    signal: AbortSignal,
    lastFailure: Failure | null,
    wait: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (this.#timeoutMs === null) return await wait(signal);
    const late = new AbortController();
    const cancel = this.#clock.after(this.remainingMs(), () => late.abort(this.error(lastFailure)));
    try {
      return await wait(AbortSignal.any([signal, late.signal]));
    } finally {
      cancel();
    }
  }
}
