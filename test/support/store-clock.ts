import type { Clock } from '../../electron/engine/clock.ts';

export interface StoreTestClock extends Clock {
  /** Moves time on and runs what falls due, in order. */
  advance(ms: number): void;
  set(now: number): void;
}

/** A clock that stands still until told to move. */
export function createStoreTestClock(start = Date.UTC(2026, 0, 15, 12)): StoreTestClock {
  let now = start;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    sleep: () => Promise.reject(new Error('the store never sleeps')),
    set(at) {
      now = at;
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).toSorted((left, right) => left.at - right.at)[0];
        if (!due) break;
        timers = timers.filter((other) => other !== due);
        now = due.at;
        due.callback();
      }
      now = end;
    },
  };
}
