import { z } from 'zod';

/**
 * Why an attempt at a provider failed. The router and the attempt loop act on the class alone; the table that
 * says what each class does (retry here, try the next candidate, count against health) is
 * `electron/engine/gateway/failure-table.ts`.
 */
export const FAILURE_CLASSES = [
  'unreachable',
  'timeout',
  'overloaded',
  'rate_limited',
  'server_error',
  'unauthorized',
  'exhausted',
  'invalid_request',
  'context_overflow',
  'content_filtered',
  'model_missing',
  'malformed',
  'truncated',
  'cancelled',
] as const;

export const failureClassSchema = z.enum(FAILURE_CLASSES);
export type FailureClass = z.infer<typeof failureClassSchema>;

/** Which time limit was hit, for failures of class `timeout`. */
const timeoutPhaseSchema = z.enum(['connect', 'first_token', 'idle', 'total', 'queue']);
export type TimeoutPhase = z.infer<typeof timeoutPhaseSchema>;
