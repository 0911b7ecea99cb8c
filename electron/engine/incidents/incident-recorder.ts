import type { BreakerStatus, ProviderStatus } from '../../../shared/domain/provider.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { Episode } from '../../../shared/domain/history.ts';
import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { BudgetMark } from '../store/incident-types.ts';
import type { StoreWriter } from '../store/types.ts';

export interface IncidentRecorderParts {
  clock: Clock;
  events: EventBus;
  writer: Pick<StoreWriter, 'addMark'>;
  /** How a provider stands now; null for one that is not there any more. */
  provider: (name: string) => Pick<ProviderStatus, 'health' | 'gauges' | 'load'> | null;
  quotas: () => QuotaStatus[];
  /** Episodes that were open when the engine stopped: their beginning is noted already. */
  openEpisodes: readonly Episode[];
}

/**
 * Notes what health alone does not tell of an incident, at the moment it happens: breakers, the load of a provider that
 * falls, and what episodes do to budgets. Listens only; nothing waits for it. Returns what stops it.
 */
export function startIncidentRecorder(parts: IncidentRecorderParts): () => void {
  const breakers = new Map<string, string>();
  const { clock, events, writer, provider, quotas } = parts;
  const openEpisodes = new Set(parts.openEpisodes.map(({ id }) => id));
  /** Primaries that serve again and whose share still rises: what others answer meanwhile belongs to the incident. */
  const rising = new Set<string>();

  const noteLoad = (name: string): void => {
    const status = provider(name);
    if (!status) return;
    const { health, gauges, load } = status;
    const value = { health_reason: health.reason, in_flight: gauges.in_flight, queued: gauges.queued, load };
    writer.addMark({ at: clock.now(), kind: 'load', name, value });
  };
  const noteBreaker = (name: string, { state, reason, admitted_share: share }: BreakerStatus): void => {
    // It is announced while it cools, too; what counts is whether it is open, on trial, rising or closed.
    const standing = state === 'closed' && share < 1 ? 'rising' : state;
    const before = breakers.get(name) ?? 'closed';
    breakers.set(name, standing);
    if (standing === before) return;
    const at = clock.now();
    writer.addMark({ at, kind: 'breaker', name, value: { state, share, reason } });
    if (standing === 'closed' && rising.delete(name)) noteBudgets(at, 'ended');
    if (state === 'open' && before === 'closed') noteLoad(name);
  };
  const noteBudget = (quota: QuotaStatus, moment: BudgetMark['moment'], at = clock.now()): void => {
    const { scope, name, limit, used, limit_value: limitValue } = quota;
    writer.addMark({
      at,
      kind: 'budget',
      name,
      value: { scope, limit, used, limit_value: limitValue, moment },
    });
  };
  const noteBudgets = (at: number, moment: BudgetMark['moment']): void => {
    for (const quota of quotas()) if (isDaily(quota)) noteBudget(quota, moment, at);
  };
  const noteEpisode = ({ id, from_provider: primary, ended_at: ended }: Episode): void => {
    const isNew = ended === null && !openEpisodes.has(id);
    if (!isNew && ended === null) return;
    if (isNew) openEpisodes.add(id);
    else openEpisodes.delete(id);
    noteBudgets(clock.now(), isNew ? 'began' : 'ended');
    if (isNew || breakers.get(primary) === 'closed') rising.delete(primary);
    else rising.add(primary);
  };

  const listening = [
    events.on('breaker_changed', ({ provider: name, breaker }) => noteBreaker(name, breaker)),
    events.on('health_changed', ({ provider: name, to_status: to }) => {
      if (to === 'unhealthy') noteLoad(name);
    }),
    events.on('quota_exhausted', (quota) => noteBudget(quota, 'exhausted')),
    events.on('quota_reopened', (quota) => noteBudget(quota, 'reopened')),
    events.on('quota_soft_exceeded', (quota) => noteBudget(quota, 'soft_exceeded')),
    events.on('episode_changed', noteEpisode),
  ];
  return () => {
    for (const stop of listening) stop();
  };
}

/** Rates and concurrency free themselves within moments; what an incident uses up is the day's. */
function isDaily({ limit }: QuotaStatus): boolean {
  return limit === 'requests_per_day' || limit === 'usd_per_day';
}
