import { setTimeout as delay } from 'node:timers/promises';

/** Time as the engine sees it, passed in so that tests and replay bring their own. */
export interface Clock {
  /** Wall clock, epoch milliseconds, whole. May jump; for stored times only. */
  now(): number;
  /** Monotonic milliseconds since an arbitrary start; for durations and limits. */
  monotonic(): number;
  /** Runs `callback` once after `ms`; the returned function cancels. Never keeps the process alive. */
  after(ms: number, callback: () => void): () => void;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.max(0, ms));
    timer.unref();
    return () => clearTimeout(timer);
  },
  async sleep(ms, signal) {
    await delay(Math.max(0, ms), undefined, signal ? { signal } : {});
  },
};

/** A number in [0, 1), passed in so that jitter and shares can be tested. */
export type Random = () => number;
