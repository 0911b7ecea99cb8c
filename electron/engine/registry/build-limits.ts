import { QUEUE_TIMEOUT_MS } from './defaults.ts';
import type { LimitsEntry, ModelEntry } from './schema.ts';
import type { Limits } from './types.ts';

/** A `limits` section as the engine uses it. */
export function buildLimits(limits: LimitsEntry | undefined): Limits {
  const soft = limits?.soft;
  return {
    ...(limits?.requests_per_day !== undefined && { requests_per_day: limits.requests_per_day }),
    ...(limits?.requests_per_second !== undefined && { requests_per_second: limits.requests_per_second }),
    ...(limits?.tokens_per_minute !== undefined && { tokens_per_minute: limits.tokens_per_minute }),
    ...(limits?.usd_per_day !== undefined && { usd_per_day: limits.usd_per_day }),
    ...(limits?.max_concurrent !== undefined && { max_concurrent: limits.max_concurrent }),
    ...(soft && {
      soft: {
        ...(soft.requests_per_day !== undefined && { requests_per_day: soft.requests_per_day }),
        ...(soft.usd_per_day !== undefined && { usd_per_day: soft.usd_per_day }),
      },
    }),
    queueTimeoutMs: limits?.queue_timeout_ms ?? QUEUE_TIMEOUT_MS,
  };
}

/** The limits of an entry; `limits` is above the older names in `usage_policy`. */
export function buildProviderLimits({ limits, usage_policy: usagePolicy }: ModelEntry): Limits {
  const { max_requests_per_day: perDay, max_concurrent_requests: concurrent } = usagePolicy ?? {};
  return {
    ...(perDay !== undefined && { requests_per_day: perDay }),
    ...(concurrent !== undefined && { max_concurrent: concurrent }),
    ...buildLimits(limits),
  };
}
