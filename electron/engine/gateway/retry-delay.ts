import type { ProviderConfig } from '../registry/types.ts';
import type { FailureRule } from './failure-table.ts';

/** What decides about one retry at the provider that has just failed. */
export interface RetryQuestion {
  rule: FailureRule['retryHere'];
  retry: ProviderConfig['retry'];
  /** How often this provider was asked again for this request already. */
  retriesDone: number;
  /** The provider's own wish in milliseconds; null when it named none. */
  retryAfterMs: number | null;
  /** In [0, 1). */
  draw: number;
}

/** Callers that were told the same moment are spread over this share of the wait, so that they do not come back together. */
const HINT_SPREAD = 0.1;
/** Added to such a wait, in milliseconds: a timer may fire a little early, and the cooling ends on a whole millisecond. */
const HINT_MARGIN_MS = 25;

/**
 * Milliseconds to wait before the same provider is asked again; null when it is not.
 *
 * `backoff` is full jitter: anywhere between nothing and the doubled base (AWS Architecture Blog, "Exponential backoff and
 * jitter"). `hint` waits for what the provider asked for, never less, and only where that is within `max_ms`.
 */
export function retryDelayMs({ rule, retry, retriesDone, retryAfterMs, draw }: RetryQuestion): number | null {
  if (rule === 'no' || retriesDone >= retry.maxRetries) return null;
  if (rule === 'backoff') return draw * Math.min(retry.maxMs, retry.baseMs * 2 ** retriesDone);
  if (retryAfterMs === null || retryAfterMs > retry.maxMs) return null;
  return waitAsAskedMs(retryAfterMs, draw);
}

/** Milliseconds to wait where a provider asked for `retryAfterMs`: never less, and spread by `draw`, in [0, 1). */
export function waitAsAskedMs(retryAfterMs: number, draw: number): number {
  return retryAfterMs * (1 + HINT_SPREAD * draw) + HINT_MARGIN_MS;
}
