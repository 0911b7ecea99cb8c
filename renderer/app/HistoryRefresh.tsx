import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useConsoleApi } from '../api/client.ts';
import { useLive } from '../state/live.ts';
import { operatorChangeKey, transitionKey } from '../state/transitions.ts';

const MINUTE_MS = 60_000;
const SETTLE_MS = 750;
/** While requests fall back, transitions come faster than they settle: then history is asked for this often. */
const MOST_MS = 3000;

/**
 * Renews historical answers when the live stream says that they are old: on a transition, and once a minute as buckets
 * fill. Only what is on screen is fetched, and nothing while the window is hidden.
 */
export function HistoryRefresh() {
  const queryClient = useQueryClient();
  const { query } = useConsoleApi();
  const transition = useLive(transitionKey);
  const change = useLive(operatorChangeKey);
  const alerts = useLive((state) => state.status?.firing_alerts);
  const openFigures = useLive((state) => state.openEpisodes.map(({ id, requests }) => `${id}:${requests}`).join());

  const renew = (keys: readonly QueryKey[]) => {
    for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
  };
  useSettled(transition, () =>
    renew([query.fallbacks.key(), query.uptime.key(), query.incidents.key(), query.annotations.key()]),
  );
  // One that lasts is told from what was stored: its story grows with its requests.
  useSettled(openFigures, () => renew([query.incidents.get.key()]));
  useSettled(change, () => renew([query.audit.key(), query.annotations.key(), query.experiments.key()]));
  // An alert that pends, fires, is acknowledged, silenced or over comes as a new status.
  useSettled(alerts, () => renew([query.alerts.key(), query.notify.key()]));

  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'hidden') return;
      for (const queryKey of [
        query.series.key(),
        query.costs.key(),
        query.fallbacks.key(),
        query.audit.key(),
        query.settings.key(),
        query.alerts.key(),
        query.notify.key(),
        query.incidents.key(),
        query.annotations.key(),
        query.experiments.key(),
      ]) {
        void queryClient.invalidateQueries({ queryKey });
      }
    };
    const timer = setInterval(refresh, MINUTE_MS);
    document.addEventListener('visibilitychange', refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
    };
  }, [queryClient, query]);

  return null;
}

/** Acts once a burst of changes is over, so that the gateway has stored what it announced; in a long one every few seconds. */
function useSettled(key: unknown, act: () => void): void {
  const settled = useEffectEvent(act);
  const begun = useRef<number | null>(null);
  useEffect(() => {
    const now = performance.now();
    begun.current ??= now;
    const wait = Math.max(0, Math.min(SETTLE_MS, begun.current + MOST_MS - now));
    const timer = setTimeout(() => {
      begun.current = null;
      settled();
    }, wait);
    return () => clearTimeout(timer);
  }, [key]);
}
