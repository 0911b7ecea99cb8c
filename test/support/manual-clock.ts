import type { Clock } from '../../electron/engine/clock.ts';

interface Timer {
  at: number;
  order: number;
  run: () => void;
}

/** A clock that stands still until it is told to advance; timers run in the order of their time. */
export interface ManualClock extends Clock {
  /** Moves time on and runs what becomes due on the way, timers set meanwhile included. */
  advance(ms: number): void;
  /** How many timers wait. */
  pending(): number;
}

/** `startAt` is epoch milliseconds; the monotonic side starts at 0. */
export function createManualClock(startAt = Date.UTC(2026, 10, 20, 12, 0, 0)): ManualClock {
  let elapsed = 0;
  let order = 0;
  const timers = new Set<Timer>();

  function after(ms: number, callback: () => void): () => void {
    const timer = { at: elapsed + Math.max(0, ms), order: order++, run: callback };
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  }

  function nextDue(until: number): Timer | undefined {
    return [...timers].filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  }

  return {
    now: () => startAt + elapsed,
    monotonic: () => elapsed,
    after,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const onAbort = () => {
          cancel();
          reject(signal?.reason as Error);
        };
        const cancel = after(ms, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    advance(ms) {
      const until = elapsed + ms;
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.at);
        timer.run();
      }
      elapsed = until;
    },
    pending: () => timers.size,
  };
}
