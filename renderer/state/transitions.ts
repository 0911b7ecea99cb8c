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

/**
 * Changes exactly when somebody changed something that leaves a row in the audit and shows in the live status: an override,
 * a provider by hand, a raised limit, the configuration. Traffic leaves it alone, however fast it falls back.
 */
export function operatorChangeKey({ status, callSiteQuotas }: LiveState): string {
  const providers = status?.providers ?? [];
  const raised = [...providers.flatMap(({ quota }) => quota), ...(callSiteQuotas ?? [])].flatMap(({ raise }) =>
    raise === null ? [] : [raise.created_at],
  );
  return [
    status?.override?.id,
    status?.config.version,
    status?.config.loaded_at,
    ...providers.map(({ isolation }) => isolation?.since),
    ...raised,
  ].join(' ');
}
