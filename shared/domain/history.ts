import { z } from 'zod';
import { healthStatusSchema, percentilesSchema } from './provider.ts';
import { fallbackReasonSchema } from './request.ts';

/** A span of time; each of `since` and `until` is epoch milliseconds, ISO 8601, or a duration back from now (`24h`, `7d`). */
export const rangeQuerySchema = z.object({ since: z.string().optional(), until: z.string().optional() });
export type RangeQuery = z.infer<typeof rangeQuerySchema>;

/** One request that another provider than the intended one had to take. */
export const fallbackEventSchema = z.object({
  id: z.number().int(),
  at: z.number().int(),
  request_id: z.string(),
  from_provider: z.string(),
  to_provider: z.string(),
  reason: fallbackReasonSchema,
  /** What happened, in a sentence. */
  detail: z.string(),
  /** True when the fallback answered. */
  served: z.boolean(),
});
export type FallbackEvent = z.infer<typeof fallbackEventSchema>;

/** A stretch of time in which the primary did not serve: from its first failure until it serves again. */
export const episodeSchema = z.object({
  id: z.number().int(),
  from_provider: z.string(),
  /** Who took most of the traffic; null while nobody could. */
  to_provider: z.string().nullable(),
  reason: fallbackReasonSchema,
  detail: z.string(),
  started_at: z.number().int(),
  /** Null while it lasts. */
  ended_at: z.number().int().nullable(),
  requests: z.number().int(),
  failed_requests: z.number().int(),
  cost_usd: z.number(),
  pricing_unknown_requests: z.number().int(),
});
export type Episode = z.infer<typeof episodeSchema>;

const laneSpanSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  status: healthStatusSchema.or(z.literal('no_data')),
  reason: z.string(),
});
export type LaneSpan = z.infer<typeof laneSpanSchema>;

/** Answer of `GET /api/fallbacks`: newest first, except spans, which run forward in time. */
export const fallbacksSchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  events: z.array(fallbackEventSchema),
  /** True when there were more events than the answer holds. */
  events_truncated: z.boolean(),
  episodes: z.array(episodeSchema),
  lanes: z.array(z.object({ provider: z.string(), spans: z.array(laneSpanSchema) })),
});
export type Fallbacks = z.infer<typeof fallbacksSchema>;

const costGroupSchema = z.enum(['provider', 'model', 'tier', 'call_site', 'agent', 'day', 'hour']);
export type CostGroup = z.infer<typeof costGroupSchema>;

export const costQuerySchema = rangeQuerySchema.extend({
  group_by: costGroupSchema.default('provider'),
  /** IANA zone in which days and hours are cut; UTC when left out. */
  time_zone: z.string().optional(),
  /** The model that savings are reckoned against; when left out the first paid API of the fallback chain, else the policy's default model. */
  reference_model: z.string().max(300).optional(),
});
export type CostQuery = z.infer<typeof costQuerySchema>;

const costFiguresSchema = z.object({
  requests: z.number().int(),
  errors: z.number().int(),
  input_tokens: z.number().int(),
  cache_read_tokens: z.number().int(),
  cache_write_tokens: z.number().int(),
  output_tokens: z.number().int(),
  reasoning_tokens: z.number().int(),
  /** Of the requests whose price is known; failed attempts included. */
  cost_usd: z.number(),
  pricing_unknown_requests: z.number().int(),
  /** What cached input would have cost uncached, minus what it cost; negative where writing the cache cost more. */
  cache_savings_usd: z.number(),
  /**
   * What the tokens would have cost at their own model's public list price, minus what they cost; tokens whose list price
   * is not known are left out. Negative where the list would have been cheaper.
   */
  list_savings_usd: z.number(),
  /** Requests with tokens of which no list price is known, or that were recorded before it was asked for. */
  list_price_unknown_requests: z.number().int(),
  /** What the tokens of known price would have cost on the reference model; failed attempts left out. */
  reference_cost_usd: z.number(),
  /** `reference_cost_usd` minus `cost_usd`; negative where the reference model would have been cheaper. */
  savings_usd: z.number(),
});
export type CostFigures = z.infer<typeof costFiguresSchema>;

/** The agents beyond the 1,000 most used ones of a day, together. */
export const OTHER_AGENTS = '(other)';

const amortisedRowSchema = z.object({
  provider: z.string(),
  usd_per_hour: z.number(),
  /** How long Switchyard ran within the range. */
  hours: z.number(),
  cost_usd: z.number(),
});

const costRowSchema = costFiguresSchema.extend({
  /**
   * Value of the grouping, an ISO date or hour in the asked zone for `day` and `hour`; empty string for none, and
   * `(other)` for the agents beyond the most used ones.
   */
  key: z.string(),
});
export type CostRow = z.infer<typeof costRowSchema>;

/** Answer of `GET /api/costs`. The rows add up to the totals exactly. */
export const costsSchema = z.object({
  group_by: costGroupSchema,
  since: z.number().int(),
  until: z.number().int(),
  time_zone: z.string(),
  rows: z.array(costRowSchema),
  totals: costFiguresSchema,
  /** The models of the requests without a known price ('' for none that answered), most first; they add up to those of the totals. */
  unpriced: z.array(z.object({ model: z.string(), requests: z.number().int() })),
  /** What savings are reckoned against. Without a known price `reference_cost_usd` and `savings_usd` are 0 and mean nothing. */
  reference: z.object({ model: z.string(), pricing_unknown: z.boolean() }),
  /** Machines of one's own at their rate per hour; never a part of `cost_usd`. */
  amortised: z.object({ rows: z.array(amortisedRowSchema), cost_usd: z.number() }),
});
export type Costs = z.infer<typeof costsSchema>;

export const seriesQuerySchema = rangeQuerySchema.extend({
  /** Most buckets wanted; the engine picks a whole step so that there are no more. */
  buckets: z.coerce.number().int().min(2).max(300).default(120),
  /** False leaves the percentiles out (null), which are most of the work. */
  latency: z.stringbool().or(z.boolean()).optional(),
});
export type SeriesQuery = z.infer<typeof seriesQuerySchema>;

const seriesPointSchema = z.object({
  at: z.number().int(),
  requests: z.number().int(),
  errors: z.number().int(),
  cost_usd: z.number(),
  /** Requests that are not in the cost. */
  pricing_unknown_requests: z.number().int(),
  output_tokens: z.number().int(),
  first_token_ms: percentilesSchema.nullable(),
  latency_ms: percentilesSchema.nullable(),
});
export type SeriesPoint = z.infer<typeof seriesPointSchema>;

/** Answer of `GET /api/series`: one list of buckets per provider, all of equal length and the same `at`s. */
export const seriesSchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  step_ms: z.number().int(),
  providers: z.array(z.object({ provider: z.string(), points: z.array(seriesPointSchema) })),
});
export type Series = z.infer<typeof seriesSchema>;

const reliabilityRowSchema = z.object({
  provider: z.string(),
  /** Requests that it answered. */
  requests: z.number().int(),
  /** Calls to it, and those that failed; the rest succeeded or was cancelled by the caller. */
  attempts: z.number().int(),
  failed_attempts: z.number().int(),
  /** Of the calls that succeeded; null where there was none. */
  first_token_ms: percentilesSchema.nullable(),
  latency_ms: percentilesSchema.nullable(),
});
export type ReliabilityRow = z.infer<typeof reliabilityRowSchema>;

/** Answer of `GET /api/reliability`: every provider that was asked in the range, by name. */
export const reliabilitySchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  providers: z.array(reliabilityRowSchema),
});
export type Reliability = z.infer<typeof reliabilitySchema>;
