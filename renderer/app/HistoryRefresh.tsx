import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useConsoleApi } from '../api/client.ts';
import { useLive } from '../state/live.ts';
import { transitionKey } from '../state/transitions.ts';

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

  useEffect(() => {
    // A burst of transitions asks once, and only after the gateway has stored what it announced.
    const timer = setTimeout(() => void queryClient.invalidateQueries({ queryKey: query.fallbacks.key() }), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [transition, queryClient, query]);

  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'hidden') return;
      for (const queryKey of [query.series.key(), query.costs.key(), query.fallbacks.key()]) {
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
