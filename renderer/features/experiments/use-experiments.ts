import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useConsoleApi } from '../../api/client.ts';
import { useLive } from '../../state/live.ts';

const PAGE_ROWS = 50;
/** Copies may end many times a second; the figures follow at most this often. */
const REFRESH_MS = 2000;

/** Where the experiment stands. */
export function useExperiments() {
  const { query } = useConsoleApi();
  return useQuery(query.experiments.get.queryOptions());
}

/** The pairs, page by page, newest first. */
export function useShadowPairs() {
  const { query } = useConsoleApi();
  return useInfiniteQuery(
    query.experiments.pairs.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: PAGE_ROWS, cursor }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  );
}

/** Renews the figures when the live stream brings another copy. */
export function useExperimentRefresh(): void {
  const { query } = useConsoleApi();
  const queries = useQueryClient();
  const newest = useLive(({ requests }) => requests.find(({ origin }) => origin === 'shadow')?.id);
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);
  const seen = useRef(newest);
  useEffect(() => {
    if (newest === seen.current) return;
    seen.current = newest;
    waiting.current ??= setTimeout(() => {
      waiting.current = null;
      void queries.invalidateQueries({ queryKey: query.experiments.key() });
    }, REFRESH_MS);
  }, [newest, queries, query]);
  useEffect(
    () => () => {
      if (waiting.current) clearTimeout(waiting.current);
      waiting.current = null;
    },
    [],
  );
}
