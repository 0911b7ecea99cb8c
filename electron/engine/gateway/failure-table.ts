import type { FailureClass } from '../../../shared/domain/failure.ts';

/** What the attempt loop does after a failure. */
export interface FailureRule {
  /** `backoff`: jittered backoff. `hint`: only after the provider's own `retry-after`, where it fits the request's time. */
  retryHere: 'backoff' | 'hint' | 'no';
  /** `larger_window`: only candidates with a larger context window. `stream_policy`: as the stream policy says. */
  nextCandidate: 'yes' | 'no' | 'larger_window' | 'stream_policy';
  countsAgainstHealth: boolean;
}

/** How each class of failure is handled: the whole of it, one row a class. */
export const FAILURE_TABLE: Record<FailureClass, FailureRule> = {
  unreachable: /*      */ { retryHere: 'backoff', nextCandidate: 'yes', countsAgainstHealth: true },
  server_error: /*     */ { retryHere: 'backoff', nextCandidate: 'yes', countsAgainstHealth: true },
  timeout: /*          */ { retryHere: 'no', nextCandidate: 'yes', countsAgainstHealth: true },
  overloaded: /*       */ { retryHere: 'hint', nextCandidate: 'yes', countsAgainstHealth: true },
  rate_limited: /*     */ { retryHere: 'hint', nextCandidate: 'yes', countsAgainstHealth: true },
  exhausted: /*        */ { retryHere: 'no', nextCandidate: 'yes', countsAgainstHealth: true },
  unauthorized: /*     */ { retryHere: 'no', nextCandidate: 'yes', countsAgainstHealth: true },
  model_missing: /*    */ { retryHere: 'no', nextCandidate: 'yes', countsAgainstHealth: true },
  context_overflow: /* */ { retryHere: 'no', nextCandidate: 'larger_window', countsAgainstHealth: false },
  invalid_request: /*  */ { retryHere: 'no', nextCandidate: 'no', countsAgainstHealth: false },
  content_filtered: /* */ { retryHere: 'no', nextCandidate: 'no', countsAgainstHealth: false },
  malformed: /*        */ { retryHere: 'no', nextCandidate: 'stream_policy', countsAgainstHealth: true },
  truncated: /*        */ { retryHere: 'no', nextCandidate: 'stream_policy', countsAgainstHealth: true },
  cancelled: /*        */ { retryHere: 'no', nextCandidate: 'no', countsAgainstHealth: false },
};
