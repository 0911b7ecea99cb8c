import type { Clock } from '../clock.ts';
import { DAY_MS, MINUTE_MS } from './grains.ts';

const FIRST_AFTER_MS = MINUTE_MS;
const EVERY_MS = 10 * MINUTE_MS;
/** Pause between two steps while there is more to delete, so that requests come in between. */
const STEP_PAUSE_MS = 50;

interface RetentionDependencies {
  clock: Clock;
  /** How long rows are kept until `purge` says otherwise. */
  retentionDays: number;
  /** Deletes a little of what is older than `before` and answers how many rows went; 0 when nothing is left. */
  purgeStep: (before: number, now: number) => number;
  onError: (error: unknown) => void;
}

/** Deletes what is past its retention for as long as the store is open, a step at a time so that no step is felt. */
export interface Retention {
  /**
   * Keeps from now on what is as young as `before` is now. Takes the first step at once and answers how many rows it
   * deleted; the others follow by themselves. Never throws: a step that fails is reported and tried again later.
   */
  purge(before: number): number;
  stop(): void;
}

export function startRetention({ clock, retentionDays, purgeStep, onError }: RetentionDependencies): Retention {
  let keptMs = retentionDays * DAY_MS;
  let cancel = clock.after(FIRST_AFTER_MS, step);

  function step(): number {
    cancel();
    const now = clock.now();
    const rows = tryStep(now);
    cancel = clock.after(rows > 0 ? STEP_PAUSE_MS : EVERY_MS, step);
    return rows;
  }

  function tryStep(now: number): number {
    try {
      return purgeStep(now - keptMs, now);
    } catch (error) {
      onError(new Error('Old rows could not be deleted; the next try is in ten minutes.', { cause: error }));
      return 0;
    }
  }

  return {
    purge(before) {
      keptMs = clock.now() - before;
      return step();
    },
    stop: () => cancel(),
  };
}
