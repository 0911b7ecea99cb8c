import type { TimeoutPhase } from '../../../shared/domain/failure.ts';
import type { Clock } from '../clock.ts';
import { cancelled, timedOut } from './connection-failures.ts';
import type { Peer } from './connection-failures.ts';
import type { Failure } from './types.ts';

/** One limit that is running. Times are milliseconds of the provider's own time. */
interface Limit {
  since: number;
  limitMs: number;
  /** Cancels the timer; null while the limit has come due in time that is not the provider's. */
  cancel: (() => void) | null;
}

/**
 * The time limits of one request on its way, and the caller's wish to end it. The first reason to stop wins and is told
 * once; after `end` nothing is told any more. Limits count the provider's own time: what the caller takes to read what has
 * come already is none of it.
 */
export class Attempt {
  readonly peer: Peer;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #limits = new Map<TimeoutPhase, Limit>();
  readonly #onAbort: () => void;
  #listener: ((failure: Failure) => void) | null = null;
  #ended = false;
  /** How long the provider has had to wait for the caller, and since when it does so now. */
  #heldMs = 0;
  #heldSince: number | null = null;

  constructor(peer: Peer, clock: Clock, signal: AbortSignal) {
    this.peer = peer;
    this.#clock = clock;
    this.#signal = signal;
    this.#onAbort = () => this.#stop(cancelled(peer, this.#limits.has('connect') ? 'connect' : null));
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Who is told when a limit is reached or the caller leaves; told at once if he has left already. */
  onFailure(listener: (failure: Failure) => void): void {
    this.#listener = listener;
    if (this.#signal.aborted) this.#onAbort();
  }

  /** Starts one limit, counted from now. */
  arm(phase: TimeoutPhase, limitMs: number): void {
    this.disarm(phase);
    const limit: Limit = { since: this.#providersTime(), limitMs, cancel: null };
    this.#limits.set(phase, limit);
    this.#watch(phase, limit, limitMs);
  }

  disarm(phase: TimeoutPhase): void {
    this.#limits.get(phase)?.cancel?.();
    this.#limits.delete(phase);
  }

  /** Starts the limit between tokens, or starts it anew: one timer serves any number of tokens. */
  touchIdle(limitMs: number): void {
    const limit = this.#limits.get('idle');
    if (limit?.limitMs === limitMs) limit.since = this.#providersTime();
    else this.arm('idle', limitMs);
  }

  /** What has come is being handed to the caller, and the provider waits for him. */
  hold(): void {
    this.#heldSince ??= this.#clock.monotonic();
  }

  /** The caller has taken it: the provider's time goes on. */
  resume(): void {
    if (this.#heldSince === null) return;
    this.#heldMs += this.#clock.monotonic() - this.#heldSince;
    this.#heldSince = null;
    if (this.#ended) return;
    for (const [phase, limit] of this.#limits)
      if (limit.cancel === null) this.#watch(phase, limit, restOf(limit, this.#providersTime()));
  }

  end(): void {
    this.#ended = true;
    for (const limit of this.#limits.values()) limit.cancel?.();
    this.#limits.clear();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  /** A clock that stands still while the provider waits for the caller. */
  #providersTime(): number {
    return (this.#heldSince ?? this.#clock.monotonic()) - this.#heldMs;
  }

  #watch(phase: TimeoutPhase, limit: Limit, waitMs: number): void {
    limit.cancel = this.#clock.after(waitMs, () => {
      limit.cancel = null;
      const rest = restOf(limit, this.#providersTime());
      if (rest <= 0) this.#stop(timedOut(this.peer, phase, limit.limitMs));
      else if (this.#heldSince === null) this.#watch(phase, limit, rest);
    });
  }

  #stop(failure: Failure): void {
    if (this.#ended) return;
    this.end();
    this.#listener?.(failure);
  }
}

function restOf(limit: Limit, providersTime: number): number {
  return limit.limitMs - (providersTime - limit.since);
}
