import { z } from 'zod';
import { quotaStatusSchema } from './quota.ts';

/** The kinds of API an entry of the registry can speak. */
export const ADAPTER_KINDS = ['vllm', 'openai-compatible', 'openai', 'anthropic', 'moonshot', 'xai'] as const;
const adapterKindSchema = z.enum(ADAPTER_KINDS);
export type AdapterKind = z.infer<typeof adapterKindSchema>;

/** `disabled` means switched off in the registry, or not configured (its key is missing): the reason says which. */
const HEALTH_STATUSES = ['healthy', 'degraded', 'unhealthy', 'unknown', 'disabled'] as const;
export const healthStatusSchema = z.enum(HEALTH_STATUSES);
export type HealthStatus = z.infer<typeof healthStatusSchema>;

/** What probes and traffic together say of one provider. Times are epoch milliseconds (UTC). */
const providerHealthSchema = z.object({
  status: healthStatusSchema,
  /** One sentence without a final stop, such as "connection refused, 3 probes in a row". */
  reason: z.string(),
  since: z.number().int(),
  /** When the last probe ended; null before the first. */
  checked_at: z.number().int().nullable(),
  probe_latency_ms: z.number().nullable(),
});
export type ProviderHealth = z.infer<typeof providerHealthSchema>;

const breakerStateSchema = z.enum(['closed', 'open', 'half_open']);
export type BreakerState = z.infer<typeof breakerStateSchema>;

const breakerStatusSchema = z.object({
  state: breakerStateSchema,
  reason: z.string().nullable(),
  since: z.number().int(),
  /** When an open breaker admits its next trial request. */
  retry_at: z.number().int().nullable(),
  /** Share of traffic admitted, 0 to 1: 0 while open, rising to 1 on the ramp after recovery. */
  admitted_share: z.number(),
  /** A provider that answered 429 is left alone until then, independent of the breaker. */
  cooling_until: z.number().int().nullable(),
});
export type BreakerStatus = z.infer<typeof breakerStatusSchema>;

/** vLLM's (or llama.cpp's) own load figures. A field the server does not expose is null, never 0. */
export const inferenceLoadSchema = z.object({
  running: z.number().nullable(),
  waiting: z.number().nullable(),
  /** 0 to 1. */
  kv_cache_usage: z.number().nullable(),
  generation_tokens_per_second: z.number().nullable(),
  scraped_at: z.number().int(),
});
export type InferenceLoad = z.infer<typeof inferenceLoadSchema>;

export const percentilesSchema = z.object({ p50: z.number(), p95: z.number() });
export type Percentiles = z.infer<typeof percentilesSchema>;

/** Live figures over the last `window_seconds`; null where nothing was measured in the window. */
export const providerGaugesSchema = z.object({
  window_seconds: z.number(),
  in_flight: z.number().int(),
  queued: z.number().int(),
  max_concurrent: z.number().int().nullable(),
  requests_per_second: z.number(),
  /** Share of the requests answered by providers that this one answered, 0 to 1. */
  share: z.number(),
  /** 0 to 1, over attempts. */
  error_rate: z.number().nullable(),
  first_token_ms: percentilesSchema.nullable(),
  latency_ms: percentilesSchema.nullable(),
  tokens_per_second: z.number().nullable(),
  /** Of what has a known price. */
  cost_usd_per_hour: z.number(),
  /** Attempts in the window whose price is not known, and which are in no sum. */
  pricing_unknown_attempts: z.number().int(),
});
export type ProviderGauges = z.infer<typeof providerGaugesSchema>;

const providerRoleSchema = z.enum(['primary', 'fallback', 'other']);

/** An operator took the provider out by hand; unlike the breaker this never ends by itself. */
const isolationSchema = z.object({ operator: z.string(), reason: z.string(), since: z.number().int() });
export type Isolation = z.infer<typeof isolationSchema>;

export const providerStatusSchema = z.object({
  name: z.string(),
  display_name: z.string(),
  adapter: adapterKindSchema,
  /** Upstream model id; null until a self-hosted server has told its own. */
  model: z.string().nullable(),
  deployment: z.enum(['self-hosted', 'api']),
  simulated: z.boolean(),
  role: providerRoleSchema,
  /** Position in the fallback chain, 0 for the primary; null when not in it. */
  chain_position: z.number().int().nullable(),
  endpoint: z.string(),
  key: z.enum(['present', 'missing', 'not_needed']),
  key_env: z.string().nullable(),
  health: providerHealthSchema,
  breaker: breakerStatusSchema,
  isolation: isolationSchema.nullable(),
  gauges: providerGaugesSchema,
  load: inferenceLoadSchema.nullable(),
  quota: z.array(quotaStatusSchema),
});
export type ProviderStatus = z.infer<typeof providerStatusSchema>;

/** One change of health, stored and shown on the timeline. */
const healthTransitionSchema = z.object({
  id: z.number().int(),
  at: z.number().int(),
  provider: z.string(),
  from_status: healthStatusSchema,
  to_status: healthStatusSchema,
  reason: z.string(),
});
export type HealthTransition = z.infer<typeof healthTransitionSchema>;

/** Answer of `GET /api/providers/{name}`. */
export const providerDetailSchema = providerStatusSchema.extend({
  transitions: z.array(healthTransitionSchema),
  /** Health per bucket over the last 24 h, oldest first; `no_data` where Switchyard was not running. */
  uptime: z.array(
    z.object({ from: z.number().int(), to: z.number().int(), status: healthStatusSchema.or(z.literal('no_data')) }),
  ),
});
export type ProviderDetail = z.infer<typeof providerDetailSchema>;

export const uptimeQuerySchema = z.object({
  days: z.coerce.number().int().min(1).max(90).default(30),
  /** IANA zone whose calendar days are meant; UTC when left out. */
  time_zone: z.string().optional(),
});
export type UptimeQuery = z.infer<typeof uptimeQuerySchema>;

/**
 * How long a provider was in which state on one calendar day, in milliseconds; together they are the day. `no_data_ms` is
 * when Switchyard was not running or nothing was known yet, which is no downtime.
 */
const dayUptimeSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  healthy_ms: z.number(),
  degraded_ms: z.number(),
  down_ms: z.number(),
  /** Switched off, or not configured. */
  off_ms: z.number(),
  no_data_ms: z.number(),
});
export type DayUptime = z.infer<typeof dayUptimeSchema>;

/** Answer of `GET /api/uptime`: days oldest first, the last one until now; providers in the order of the registry. */
export const uptimeSchema = z.object({
  time_zone: z.string(),
  since: z.number().int(),
  until: z.number().int(),
  providers: z.array(z.object({ provider: z.string(), days: z.array(dayUptimeSchema) })),
});
export type Uptime = z.infer<typeof uptimeSchema>;
