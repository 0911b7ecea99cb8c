import { setTimeout as delay } from 'node:timers/promises';

/** Time as the simulator sees it, passed in so that tests bring their own. */
export interface SimulatorClock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Monotonic milliseconds since an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const realTime: SimulatorClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    await delay(Math.max(0, ms), undefined, signal ? { signal } : {});
  },
};
