import { SHADOW_CALL_SITE } from '../../../shared/domain/experiments.ts';
import type { Limits, Registry } from '../registry/types.ts';

/** Everything that is limited across providers: the call sites, and the shadow, whose budget stands in its own section. */
export function limitedCallSites({ policy, experiments }: Registry): { name: string; limits?: Limits }[] {
  const { shadow } = experiments;
  if (!shadow?.enabled) return policy.callSites;
  const { usdPerDay, requestsPerDay } = shadow;
  const limits: Limits = {
    usd_per_day: usdPerDay,
    ...(requestsPerDay !== null && { requests_per_day: requestsPerDay }),
    // It is never worth waiting for a place.
    queueTimeoutMs: 0,
  };
  return [...policy.callSites, { name: SHADOW_CALL_SITE, limits }];
}
