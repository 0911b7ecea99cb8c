import { useSyncExternalStore } from 'react';
import { useConnection } from './connection.ts';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * The gateway's wall clock (epoch ms), renewed every `stepMs`; all readers share one timer. It is the viewer's clock
 * corrected by what the gateway's messages say, so that ages and countdowns hold on a machine whose clock is off.
 */
export function useNow(stepMs = 1000): number {
  const offset = useConnection((state) => state.clockOffsetMs);
  const local = useSyncExternalStore(subscribe, () => Math.floor(Date.now() / stepMs) * stepMs);
  return local + offset;
}
