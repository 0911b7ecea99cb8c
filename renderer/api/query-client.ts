import { keepPreviousData, QueryClient } from '@tanstack/react-query';
import { isNotFound } from './client.ts';

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
        retry: (failures, error) => failures < 1 && !isNotFound(error),
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
