import type { Fallbacks } from '../../shared/domain/history.ts';
import type { ProviderStatus } from '../../shared/domain/provider.ts';

/**
 * The recorded lanes, and one for each provider that is watched and has never changed: only changes are recorded, so such a
 * provider has been as it is since the gateway started or since its state began, whichever is later. Before that nothing
 * is known of it.
 *
 * @param range What the lanes cover, epoch ms.
 * @param startedAt When the gateway started, epoch ms.
 */
export function watchedLanes(
  lanes: Fallbacks['lanes'],
  providers: readonly ProviderStatus[],
  range: Pick<Fallbacks, 'since' | 'until'>,
  startedAt: number,
): Fallbacks['lanes'] {
  const recorded = new Set(lanes.map(({ provider }) => provider));
  const unchanged = providers
    .filter(({ name, health }) => !recorded.has(name) && health.status !== 'disabled')
    .map(({ name, health: { status, since, reason } }) => {
      const from = Math.min(range.until, Math.max(range.since, startedAt, since));
      const before = { from: range.since, to: from, status: 'no_data' as const, reason: 'not watched yet' };
      const present = { from, to: range.until, status, reason };
      return { provider: name, spans: [before, present].filter((span) => span.to > span.from) };
    });
  return [...lanes, ...unchanged];
}
