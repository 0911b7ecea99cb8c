import type { Clock } from '../clock.ts';

interface Timer {
  at: number;
  run: () => void;
}

/** A clock that only recorded arrivals move; it never goes back. Wall and monotonic time are the same. */
export class SimulatedClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  /** `startAt` is epoch milliseconds. */
  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), run: callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(): Promise<void> {
    return Promise.reject(new Error('Simulated time passes with arrivals alone; nothing can sleep in it.'));
  }

  /** Moves on to a moment and runs what has become due, in the order of its time. */
  moveTo(at: number): void {
    for (let timer = this.#due(at); timer; timer = this.#due(at)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
    }
    this.#now = Math.max(this.#now, at);
  }

  #due(at: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.at <= at && (first === null || timer.at < first.at)) first = timer;
    }
    return first;
  }
}
