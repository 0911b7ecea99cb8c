import type { Clock } from '../engine/clock.ts';

/** Counts calls in a sliding window; who may call and what is refused is the caller's business. */
export class SlidingWindowLimit {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windowMs: number;
  #calls: number[] = [];

  constructor(clock: Clock, limit: number, windowMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Takes one call: null when it is admitted, else the milliseconds until the next one would be. */
  take(): number | null {
    const now = this.#clock.monotonic();
    this.#calls = this.#calls.filter((at) => now - at < this.#windowMs);
    const oldest = this.#calls[0];
    if (oldest !== undefined && this.#calls.length >= this.#limit) return this.#windowMs - (now - oldest);
    this.#calls.push(now);
    return null;
  }
}
