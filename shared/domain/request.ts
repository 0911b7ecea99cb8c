import { z } from 'zod';
import { decisionSchema, routeRuleSchema, tierSchema } from './decision.ts';
import { failureClassSchema } from './failure.ts';

/**
 * Tokens of one answer. `input_tokens` holds every input token, the cached ones included (cached tokens are a part of
 * the input, never on top); `output_tokens` holds every output token, the reasoning ones included.
 */
export const usageSchema = z.object({
  input_tokens: z.number().int(),
  cache_read_tokens: z.number().int(),
  cache_write_tokens: z.number().int(),
  /** Of those written, the ones kept for an hour, which cost more; in the cost, not in the stored row. Left out for none. */
  cache_write_1h_tokens: z.number().int().optional(),
  output_tokens: z.number().int(),
  reasoning_tokens: z.number().int(),
  /** True where the provider never reported it and the figures are our own estimate. */
  estimated: z.boolean(),
});
export type Usage = z.infer<typeof usageSchema>;

/** `refused` is a request that our own limits or validation turned away before any provider was asked. */
export const REQUEST_STATUSES = ['success', 'error', 'timeout', 'cancelled', 'refused'] as const;
const requestStatusSchema = z.enum(REQUEST_STATUSES);
export type RequestStatus = z.infer<typeof requestStatusSchema>;

const requestOriginSchema = z.enum(['client', 'playground', 'probe', 'shadow']);
export type RequestOrigin = z.infer<typeof requestOriginSchema>;

export const fallbackReasonSchema = z.enum(['unhealthy', 'timeout', 'error']);
export type FallbackReason = z.infer<typeof fallbackReasonSchema>;

/** One request as listed: no bodies. Times are epoch milliseconds (UTC), durations milliseconds on a monotonic clock. */
export const requestSummarySchema = z.object({
  id: z.string(),
  started_at: z.number().int(),
  origin: requestOriginSchema,
  dialect: z.enum(['openai', 'anthropic']),
  streamed: z.boolean(),
  requested_model: z.string(),
  rule: routeRuleSchema.nullable(),
  call_site: z.string().nullable(),
  tier: tierSchema.nullable(),
  task_type: z.string().nullable(),
  agent_id: z.string().nullable(),
  user: z.string().nullable(),
  /** Who answered; null when nobody did. */
  provider: z.string().nullable(),
  model: z.string().nullable(),
  status: requestStatusSchema,
  http_status: z.number().int(),
  /** Code of INTERFACE errors such as `upstream_failure`; null on success. */
  error_code: z.string().nullable(),
  failure_class: failureClassSchema.nullable(),
  error_message: z.string().nullable(),
  attempts: z.number().int(),
  fallback_from: z.string().nullable(),
  fallback_reason: fallbackReasonSchema.nullable(),
  /** True when a second provider continued a stream that the first one broke off. */
  resumed: z.boolean(),
  queue_ms: z.number(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  usage: usageSchema,
  cost_usd: z.number(),
  pricing_unknown: z.boolean(),
});
export type RequestSummary = z.infer<typeof requestSummarySchema>;

/** One request sent to one provider on behalf of a caller's request. */
const attemptSchema = z.object({
  index: z.number().int(),
  provider: z.string(),
  model: z.string(),
  started_at: z.number().int(),
  outcome: z.enum(['success', 'failure', 'cancelled']),
  failure_class: failureClassSchema.nullable(),
  message: z.string().nullable(),
  http_status: z.number().int().nullable(),
  /** True when the same provider had been asked before for this request. */
  retry: z.boolean(),
  /** True when it continued a broken-off stream. */
  resume: z.boolean(),
  queue_ms: z.number(),
  /** Time to the response headers; null when none came. */
  headers_ms: z.number().nullable(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  usage: usageSchema,
  cost_usd: z.number(),
  pricing_unknown: z.boolean(),
  /** Parameters left out or translated because the target would have rejected them. */
  adjusted: z.array(z.string()),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** Answer of `GET /api/requests/{id}`, and the row as it is recorded. */
export const requestDetailSchema = requestSummarySchema.extend({
  decision: decisionSchema.nullable(),
  attempt_list: z.array(attemptSchema),
});
export type RequestDetail = z.infer<typeof requestDetailSchema>;

export const requestQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Opaque keyset cursor from `next_cursor`. */
  cursor: z.string().optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  status: requestStatusSchema.optional(),
  call_site: z.string().optional(),
  origin: requestOriginSchema.optional(),
  tier: tierSchema.optional(),
  failure_class: failureClassSchema.optional(),
  /** Only those that took at least this long. */
  min_duration_ms: z.coerce.number().min(0).optional(),
  /** True: only those whose price is not known. */
  pricing_unknown: z.stringbool().or(z.boolean()).optional(),
  /** True: only requests that fell back or failed over. */
  fallback: z.stringbool().or(z.boolean()).optional(),
  /** Matches the request id exactly or the error message, user and agent id by substring. */
  search: z.string().max(200).optional(),
  /** Epoch milliseconds, ISO 8601, or a duration back from now such as `24h`. */
  since: z.string().optional(),
  until: z.string().optional(),
});
export type RequestQuery = z.infer<typeof requestQuerySchema>;

export const requestPageSchema = z.object({
  requests: z.array(requestSummarySchema),
  next_cursor: z.string().nullable(),
});
export type RequestPage = z.infer<typeof requestPageSchema>;
