import type { Decision } from '../../../shared/domain/decision.ts';
import type { Attempt } from '../../../shared/domain/request.ts';
import type { FallbackNotice } from './types.ts';

/** What a request has gone through until `provider` serves it. */
export interface ServedQuestion {
  /** Epoch milliseconds. */
  at: number;
  requestId: string;
  decision: Decision;
  attempts: readonly Attempt[];
  /** Provider → why it is not asked (again) for this request. */
  out: ReadonlyMap<string, string>;
  provider: string;
}

/** Reasons for which a first choice is passed over that make the request a fallback. */
const FALLBACK_CODES = new Set([
  'unhealthy',
  'breaker_open',
  'cooling',
  'isolated',
  'rate_limited',
  'busy',
  'budget_exhausted',
]);

/**
 * The fallback that being served by `provider` is; null when it is none. A request served by another provider than the
 * one that stood first is a fallback, unless that one was never meant to serve it (disabled, lacking a capability).
 */
export function fallbackNotice(served: ServedQuestion): FallbackNotice | null {
  const { at, requestId, decision, attempts, out, provider } = served;
  const intended = decision.candidates[0];
  if (!intended || intended.provider === provider) return null;
  const failure = attempts.find((attempt) => attempt.provider === intended.provider && attempt.outcome === 'failure');
  const refused = out.get(intended.provider);
  if (!failure && refused === undefined && !FALLBACK_CODES.has(intended.code)) return null;
  const reason = failure ? (failure.failure_class === 'timeout' ? 'timeout' : 'error') : 'unhealthy';
  return {
    at,
    requestId,
    fromProvider: intended.provider,
    toProvider: provider,
    reason,
    detail: failure?.message ?? `${intended.provider}: ${refused ?? intended.reason}`,
    served: true,
  };
}
