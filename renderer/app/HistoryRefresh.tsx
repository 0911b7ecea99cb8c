import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useConsoleApi } from '../api/client.ts';
import { useLive } from '../state/live.ts';
import { operatorChangeKey, transitionKey } from '../state/transitions.ts';

const MINUTE_MS = 60_000;
const SETTLE_MS = 750;

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

  useEffect(() => {
    // A burst of transitions asks once, and only after the gateway has stored what it announced.
    const timer = setTimeout(() => {
      for (const queryKey of [
        query.fallbacks.key(),
        query.uptime.key(),
        query.incidents.key(),
        query.annotations.key(),
      ]) {
        void queryClient.invalidateQueries({ queryKey });
      }
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [transition, queryClient, query]);

  useEffect(() => {
    // A key of its own: while requests fall back the transitions come so fast that the one above keeps being put off.
    const timer = setTimeout(() => {
      for (const queryKey of [query.audit.key(), query.annotations.key(), query.experiments.key()])
        void queryClient.invalidateQueries({ queryKey });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [change, queryClient, query]);

  useEffect(() => {
    // An alert that pends, fires, is acknowledged, silenced or over comes as a new status.
    const timer = setTimeout(() => {
      for (const queryKey of [query.alerts.key(), query.notify.key()]) void queryClient.invalidateQueries({ queryKey });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [alerts, queryClient, query]);

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
