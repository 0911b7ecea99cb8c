import type { Fallbacks, LaneSpan } from '../../../shared/domain/history.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';

/** A provider entered another state. */
export interface HealthChange {
  provider: string;
  /** Epoch ms. */
  at: number;
  status: LaneSpan['status'];
  reason: string;
}

const KNOWN: readonly LaneSpan['status'][] = ['healthy', 'degraded', 'unhealthy'];

/**
 * The newest changes of health, newest first: those of the fetched history, and what the live status has that it does not
 * hold yet. What the history begins with is no change, nor is a state that comes back after a gap in the record.
 */
export function latestChanges(
  history: Fallbacks | undefined,
  providers: readonly ProviderStatus[],
  most: number,
): HealthChange[] {
  const lanes = (history?.lanes ?? []).map(({ provider, spans }) => ({
    provider,
    known: spans.filter(({ status }) => KNOWN.includes(status)),
  }));
  const past = lanes.flatMap(({ provider, known }) =>
    known
      .filter(({ status }, index) => index > 0 && status !== known[index - 1]?.status)
      .map(({ from, status, reason }) => ({ provider, at: from, status, reason })),
  );
  const present = providers
    .filter(({ name, health }) => {
      const last = lanes.find(({ provider }) => provider === name)?.known.at(-1);
      return KNOWN.includes(health.status) && health.status !== (last?.status ?? 'healthy');
    })
    .map(({ name, health }) => ({ provider: name, at: health.since, status: health.status, reason: health.reason }));
  return [...present, ...past].toSorted((left, right) => right.at - left.at).slice(0, most);
}
