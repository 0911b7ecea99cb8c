import type { LiveState } from './live-reducer.ts';

/** Changes exactly when health, verdict, override or an episode does; gauges and requests leave it alone. */
export function transitionKey({ status, openEpisodes, recentFallbacks }: LiveState): string {
  return [
    status?.verdict_since,
    status?.override?.id,
    ...(status?.providers.map(({ health }) => health.since) ?? []),
    ...openEpisodes.map(({ id, to_provider: to }) => `${id}${to ?? ''}`),
    recentFallbacks[0]?.id,
  ].join(' ');
}
