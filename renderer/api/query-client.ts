import { keepPreviousData, QueryClient } from '@tanstack/react-query';

/**
 * The cache of historical data. Nothing polls: the live stream says when an answer has become old. Another range keeps
 * the last picture until its own has come.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 55_000,
        gcTime: 5 * 60_000,
        retry: 1,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // The gateway may be on this very machine; the browser's idea of being online says nothing about it.
        networkMode: 'always',
        placeholderData: keepPreviousData,
      },
      mutations: { networkMode: 'always' },
    },
  });
}
