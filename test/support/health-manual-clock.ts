import type { Clock } from '../../electron/engine/clock.ts';

interface Timer {
  due: number;
  order: number;
  callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 1_000_000;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(startAt = Date.UTC(2026, 10, 3, 3, 12, 0)) {
    this.#wall = startAt;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#monotonic + Math.max(0, ms), order: (this.#order += 1), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        reject(signal.reason as Error);
      });
    });
  }

  /** Goes on by `ms`, running every timer at its own instant and letting promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settlePromises();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#moveTo(next.due);
      this.#timers.delete(next);
      next.callback();
      await settlePromises();
    }
    this.#moveTo(end);
    await settlePromises();
  }

  /** Moves only the wall clock, as a suspend on Linux or a correction of the clock does. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  /** Time passes and no timer runs, as when the event loop is held up. */
  stall(ms: number): void {
    this.#moveTo(this.#monotonic + ms);
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due || a.order - b.order)[0];
  }

  #moveTo(monotonic: number): void {
    if (monotonic <= this.#monotonic) return;
    this.#wall += Math.round(monotonic - this.#monotonic);
    this.#monotonic = monotonic;
  }
}

/** Lets everything that is already resolved run to its end. */
async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
