import type { TimeoutPhase } from '../../../shared/domain/failure.ts';
import type { Clock } from '../clock.ts';
import { cancelled, timedOut } from './connection-failures.ts';
import type { Peer } from './connection-failures.ts';
import type { Failure } from './types.ts';

/**
 * The time limits of one request on its way, and the caller's wish to end it. The first reason to stop wins and is told
 * once; after `end` nothing is told any more.
 */
export class Attempt {
  readonly peer: Peer;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #timers = new Map<TimeoutPhase, () => void>();
  readonly #onAbort: () => void;
  #listener: ((failure: Failure) => void) | null = null;
  #ended = false;
  #idleSince = 0;
  #idleLimitMs = 0;

  constructor(peer: Peer, clock: Clock, signal: AbortSignal) {
    this.peer = peer;
    this.#clock = clock;
    this.#signal = signal;
    this.#onAbort = () => this.#stop(cancelled(peer, this.#timers.has('connect') ? 'connect' : null));
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
    this.#timers.set(
      phase,
      this.#clock.after(limitMs, () => this.#stop(timedOut(this.peer, phase, limitMs))),
    );
  }

  disarm(phase: TimeoutPhase): void {
    this.#timers.get(phase)?.();
    this.#timers.delete(phase);
  }

  /** Starts the limit between tokens, or starts it anew: one timer serves any number of tokens. */
  touchIdle(limitMs: number): void {
    this.#idleSince = this.#clock.monotonic();
    if (limitMs !== this.#idleLimitMs) this.disarm('idle');
    this.#idleLimitMs = limitMs;
    if (!this.#timers.has('idle')) this.#watchIdle(limitMs);
  }

  end(): void {
    this.#ended = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #watchIdle(waitMs: number): void {
    const cancel = this.#clock.after(waitMs, () => {
      const limitMs = this.#idleLimitMs;
      const rest = limitMs - (this.#clock.monotonic() - this.#idleSince);
      if (rest > 0) this.#watchIdle(rest);
      else this.#stop(timedOut(this.peer, 'idle', limitMs));
    });
    this.#timers.set('idle', cancel);
  }

  #stop(failure: Failure): void {
    if (this.#ended) return;
    this.end();
    this.#listener?.(failure);
  }
}
