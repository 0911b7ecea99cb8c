import type { Clock } from '../clock.ts';

const BEAT_MS = 5_000;
/** A beat that comes this many times too late means that the machine slept, or the process stood still. */
const GAP_BEATS = 3;

/**
 * Beats every five seconds and tells when the machine was suspended in between. The wall clock is compared, because
 * Linux stops the monotonic clock during suspend. Answers the function that ends it.
 */
export function watchSuspend(clock: Clock, onBeat: () => void, onResume: () => void): () => void {
  let cancel = (): void => undefined;
  const plan = (): void => {
    const wall = clock.now();
    const monotonic = clock.monotonic();
    cancel = clock.after(BEAT_MS, () => {
      const gap = Math.max(clock.now() - wall, clock.monotonic() - monotonic);
      plan();
      if (gap > GAP_BEATS * BEAT_MS) onResume();
      else onBeat();
    });
  };
  plan();
  return () => cancel();
}
