import { SHADOW_CALL_SITE, type ShadowDrop } from '../../../shared/domain/experiments.ts';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { AnsweredChat } from '../attempt/answered-chat.ts';
import type { Standing } from '../health/types.ts';
import type { Availability } from '../providers/types.ts';
import type { ProviderConfig, ShadowConfig } from '../registry/types.ts';

/** Why a copy is not sent: in the counters, and in words. */
interface Obstacle {
  drop: ShadowDrop;
  reason: string;
}

/** What of the shadow provider decides whether it may be sent a copy now. */
export interface ShadowCircumstances {
  config: Pick<ProviderConfig, 'enabled'>;
  availability: Availability;
  standing: Standing;
  /** It answers, or has just answered, what another provider was to answer. */
  carriesFallback: boolean;
  /** A drill stands between us and it. */
  drilled: boolean;
  /** Until when copies leave it alone after it has turned one away, epoch milliseconds; null when it has not. */
  restsUntil: number | null;
  /** Epoch milliseconds. */
  now: number;
}

/** What keeps the shadow provider from being sent anything at present; null when nothing does. Pure. */
export function obstacleToShadow(provider: string, circumstances: ShadowCircumstances): Obstacle | null {
  const { config, availability, standing, carriesFallback, drilled, restsUntil, now } = circumstances;
  const unavailable = (reason: string): Obstacle => ({ drop: 'unavailable', reason: `${provider} ${reason}` });
  if (!config.enabled) return unavailable('is switched off in the registry');
  if (!availability.available) return unavailable(`can not be asked: ${availability.keyEnv} is not set`);
  const { health, breaker, isolation } = standing;
  if (isolation) return unavailable(`is taken out by ${isolation.operator}: ${isolation.reason}`);
  if (health.status === 'unhealthy' || health.status === 'disabled') {
    return unavailable(`is ${health.status}: ${health.reason}`);
  }
  if (breaker.cooling_until !== null && breaker.cooling_until > now)
    return unavailable('is cooling after a rate limit');
  // What a recovering provider can take belongs to callers.
  if (breaker.state !== 'closed') return unavailable(`recovers: its breaker is ${breaker.state.replace('_', ' ')}`);
  if (restsUntil !== null && restsUntil > now) return unavailable('turned a copy away and is left alone for a minute');
  if (drilled) return unavailable('is in a drill');
  if (carriesFallback) {
    return { drop: 'carries_fallback', reason: `${provider} stands in for another provider, so it is left to callers` };
  }
  return null;
}

/** Copies are told to nobody's health, so what asks for fewer of them, or for none, is heeded here. */
const TURNED_AWAY: ReadonlySet<FailureClass> = new Set(['rate_limited', 'overloaded', 'exhausted', 'unauthorized']);
const REST_MS = 60_000;

/** Until when copies leave a provider alone after one has failed so; null where the failure asks for nothing. Pure. */
export function restAfter(failure: FailureClass | null, now: number): number | null {
  return failure !== null && TURNED_AWAY.has(failure) ? now + REST_MS : null;
}

/** Larger requests are not kept for a second sending. */
const MAXIMUM_BYTES = 256 * 1024;

/** What of a request makes it none for the shadow, told when it has been answered; null when nothing does. Pure. */
export function unfitForShadow(
  { record, bytes }: Pick<AnsweredChat, 'record' | 'bytes'>,
  shadow: ShadowConfig,
): ShadowDrop | null {
  if (record.provider === shadow.provider) return 'answered_by_shadow';
  if (record.resumed) return 'resumed';
  return bytes > MAXIMUM_BYTES ? 'too_large' : null;
}

/** Of every limit of the provider this much is kept for callers. */
const KEPT_SHARE = 0.2;

/**
 * Whether a provider's own limits have room for a copy beside what is kept for callers: a copy never takes the place that
 * a request falling back would need. Pure.
 */
export function leavesRoom(
  quotas: readonly QuotaStatus[],
  { tokens, costUsd }: { tokens: number; costUsd: number },
): boolean {
  return quotas
    .filter(({ enforced }) => enforced)
    .every(({ limit, used, limit_value: value }) => {
      const added = limit === 'usd_per_day' ? costUsd : limit === 'tokens_per_minute' ? tokens : 1;
      return used + added <= value * (1 - KEPT_SHARE);
    });
}

/** Whether a budget is the experiment's own: it runs out by design, and nobody need be told. */
export function isShadowBudget({ scope, name }: Pick<QuotaStatus, 'scope' | 'name'>): boolean {
  return scope === 'call_site' && name === SHADOW_CALL_SITE;
}
