import { z } from 'zod';
import { ALERT_RULES, alertSeveritySchema, type AlertRuleName } from '../../../shared/domain/alerts.ts';
import { ADAPTER_KINDS } from '../../../shared/domain/provider.ts';
import { PROVIDER_CLASSES } from './defaults.ts';
import { isHttpUrl } from './endpoints.ts';

/** The registry file as it is written: snake_case, everything optional that has a default. Unknown keys are errors. */

const text = z.string().trim().min(1, 'must not be empty');
const positive = z.number().positive('must be above 0');
const notNegative = z.number().min(0, 'must be 0 or more');
const wholeFromZero = z.number().int('must be a whole number').min(0, 'must be 0 or more');
const wholeFromOne = z.number().int('must be a whole number').min(1, 'must be 1 or more');
const port = z.number().int('must be a whole number').min(0, 'must be 0 to 65535').max(65_535, 'must be 0 to 65535');
const share = z.number().min(0, 'must be 0 to 1').max(1, 'must be 0 to 1');

const complexity = z.number().min(0, 'must be 0 to 10').max(10, 'must be 0 to 10');

const httpUrl = text.refine(isHttpUrl, 'must be an http:// or https:// URL without user name and password');

const baseUrl = httpUrl.refine(
  (value) => !/[?#]/.test(value),
  'must be a base URL without a query or a fragment: the paths of calls are put behind it',
);

/** Messages never repeat the value: somebody may have pasted the key itself. */
const environmentKey = text.regex(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  'must be the name of an environment variable such as ANTHROPIC_API_KEY, not the key itself',
);

/** IANA names only: an offset such as `+02:00` knows no summer time. */
function isTimeZone(value: string): boolean {
  if (/^[+-]/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A date alone, or one without a zone, would end at another moment on another machine. */
function isInstant(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(value) && !Number.isNaN(Date.parse(value));
}

const healthCheckSchema = z.strictObject({
  enabled: z.boolean().optional(),
  endpoint: httpUrl.optional(),
  method: z.enum(['endpoint', 'model_list', 'test_request']).optional(),
  interval_seconds: positive.optional(),
  timeout_seconds: positive.optional(),
});

const capabilitiesSchema = z.strictObject({
  supports_thinking: z.boolean().optional(),
  supports_tools: z.boolean().optional(),
  supports_images: z.boolean().optional(),
  supports_json_schema: z.boolean().optional(),
  supports_embeddings: z.boolean().optional(),
  supports_chat: z.boolean().optional(),
  context_window: wholeFromOne.optional(),
  thinking_budget_range: z
    .tuple([wholeFromZero, wholeFromZero], 'must be a list of two numbers, the lower one first')
    .optional(),
  strengths: z.array(text).optional(),
});

const usagePolicySchema = z.strictObject({
  default_for_tasks: z.union([z.literal('all'), z.array(text)], 'must be "all" or a list of task types').optional(),
  max_concurrent_requests: wholeFromOne.optional(),
  use_when: z.array(text).optional(),
  max_requests_per_day: wholeFromZero.optional(),
});

const providerClassSchema = z.enum([
  ...(Object.keys(PROVIDER_CLASSES) as (keyof typeof PROVIDER_CLASSES)[]),
  ...ADAPTER_KINDS,
]);

const limitsSchema = z.strictObject({
  requests_per_day: wholeFromZero.optional(),
  requests_per_second: positive.optional(),
  tokens_per_minute: wholeFromOne.optional(),
  usd_per_day: notNegative.optional(),
  max_concurrent: wholeFromOne.optional(),
  queue_timeout_ms: notNegative.optional(),
  soft: z.strictObject({ requests_per_day: wholeFromZero.optional(), usd_per_day: notNegative.optional() }).optional(),
});

const modelEntrySchema = z.strictObject({
  provider_class: providerClassSchema.optional(),
  provider_kwargs: z.strictObject({ endpoint: baseUrl.optional(), api_key_env: environmentKey.optional() }).optional(),
  endpoint: baseUrl.optional(),
  adapter: z.enum(ADAPTER_KINDS).optional(),
  model: text.optional(),
  serves: z.array(text).optional(),
  enabled: z.boolean().optional(),
  priority: wholeFromZero.optional(),
  weight: notNegative.max(1000, 'must be 1000 or less').optional(),
  health_check: healthCheckSchema.optional(),
  capabilities: capabilitiesSchema.optional(),
  usage_policy: usagePolicySchema.optional(),
  fallbacks: z.array(text).optional(),
  timeouts: z
    .strictObject({
      connect_ms: positive.optional(),
      first_token_ms: positive.optional(),
      idle_ms: positive.optional(),
      total_ms: positive.optional(),
    })
    .optional(),
  retry: z
    .strictObject({
      max_retries: wholeFromZero.max(10, 'must be 10 or less').optional(),
      base_ms: notNegative.optional(),
      max_ms: notNegative.optional(),
    })
    .optional(),
  breaker: z
    .strictObject({
      failures: wholeFromOne.optional(),
      error_rate: share.optional(),
      window_seconds: positive.optional(),
      open_seconds: positive.optional(),
      ramp_seconds: notNegative.optional(),
    })
    .optional(),
  limits: limitsSchema.optional(),
  pricing: z
    .strictObject({
      input: notNegative,
      output: notNegative,
      cache_read: notNegative.optional(),
      cache_write: notNegative.optional(),
    })
    .optional(),
  infrastructure_usd_per_hour: notNegative.optional(),
});

const streamFailoverSchema = z.enum(['resume', 'buffer', 'error']);

const routingSchema = z.strictObject({
  strategy: z.enum(['primary_with_fallback']).optional(),
  primary: text.optional(),
  fallback_chain: z.array(text).min(1, 'must name at least one provider').optional(),
  fallback_triggers: z.array(z.enum(['primary_unhealthy', 'primary_timeout'])).optional(),
  health_check_interval_seconds: positive.optional(),
  retry_on_failure: z.boolean().optional(),
  max_retries: wholeFromZero.max(10, 'must be 10 or less').optional(),
  load_balancing: z
    .strictObject({
      strategy: z.enum(['round_robin', 'least_connections', 'least_loaded']).optional(),
      health_aware: z.boolean().optional(),
      prefix_affinity: z.boolean().optional(),
    })
    .optional(),
  high_load: z
    .strictObject({ mode: z.enum(['never', 'latency']).optional(), threshold_seconds: positive.optional() })
    .optional(),
  stream_failover: streamFailoverSchema.optional(),
  task_types: z.record(text, z.array(text).min(1, 'must name at least one provider')).optional(),
});

const callSiteSchema = z.strictObject({
  env: environmentKey.optional(),
  model: text.optional(),
  objective: z.enum(['latency', 'throughput']).optional(),
  stream_failover: streamFailoverSchema.optional(),
  limits: limitsSchema.optional(),
});

const budgetsSchema = z.strictObject({
  reset_hour: wholeFromZero.max(23, 'must be 0 to 23').optional(),
  time_zone: text.refine(isTimeZone, 'must be an IANA time zone such as UTC or Europe/Berlin').optional(),
  unknown_price: z.enum(['admit', 'refuse']).optional(),
});

const tierModelSchema = z.strictObject({ provider: text.optional(), model: text.optional() });

const tiersSchema = z.strictObject({
  fast: tierModelSchema.optional(),
  balanced: tierModelSchema.optional(),
  powerful: tierModelSchema.optional(),
  thresholds: z
    .strictObject({
      fast_below: complexity.optional(),
      balanced_up_to: complexity.optional(),
    })
    .optional(),
  weights: z
    .strictObject({
      agent: notNegative.optional(),
      step: notNegative.optional(),
      creation: notNegative.optional(),
      execution: notNegative.optional(),
      combined: notNegative.optional(),
      prompt_length: notNegative.optional(),
      data_size: notNegative.optional(),
      condition_count: notNegative.optional(),
      context_depth: notNegative.optional(),
      reasoning: notNegative.optional(),
    })
    .optional(),
  normalisation: z
    .strictObject({
      prompt_length: positive.optional(),
      data_size: positive.optional(),
      condition_count: positive.optional(),
      context_depth: positive.optional(),
    })
    .optional(),
});

const experimentsSchema = z.strictObject({
  shadow: z
    .strictObject({
      enabled: z.boolean().optional(),
      provider: text.optional(),
      model: text.optional(),
      share: share.optional(),
      call_sites: z.array(text).min(1, 'must name at least one call site').optional(),
      usd_per_day: notNegative.optional(),
      requests_per_day: wholeFromZero.optional(),
      max_concurrent: wholeFromOne.optional(),
      until: text.refine(isInstant, 'must be a time with its zone such as 2026-12-01T00:00:00Z').optional(),
    })
    .optional(),
});

/** Every rule by its name, so that a wrong name is told with the nearest one. */
function ruleShape() {
  const rule = z
    .strictObject({
      enabled: z.boolean().optional(),
      severity: alertSeveritySchema.optional(),
      for_seconds: notNegative.optional(),
      threshold: z.number().optional(),
    })
    .optional();
  return Object.fromEntries(ALERT_RULES.map((name) => [name, rule])) as Record<AlertRuleName, typeof rule>;
}

const alertsSchema = z.strictObject({
  enabled: z.boolean().optional(),
  evaluation_seconds: positive.optional(),
  rules: z.strictObject(ruleShape()).optional(),
});

const channelShape = { minimum_severity: alertSeveritySchema.optional() };

const notifySchema = z.strictObject({
  slack: z.strictObject({ webhook_url_env: environmentKey.optional(), ...channelShape }).optional(),
  pagerduty: z
    .strictObject({ routing_key_env: environmentKey.optional(), url: httpUrl.optional(), ...channelShape })
    .optional(),
  webhook: z.strictObject({ url: httpUrl, secret_env: environmentKey.optional(), ...channelShape }).optional(),
  desktop: z
    .union([z.boolean(), z.strictObject(channelShape)], 'must be true, false, or a mapping with minimum_severity')
    .optional(),
});

const listenerSchema = { host: text.optional(), port: port.optional() };

/** The whole file. */
export const registryFileSchema = z.strictObject({
  models: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'provider names are letters, digits, ".", "_" and "-"'),
      modelEntrySchema,
    )
    .optional(),
  routing: routingSchema.optional(),
  monitoring: z
    .strictObject({
      log_model_selection: z.boolean().optional(),
      track_fallback_usage: z.boolean().optional(),
      alert_on_fallback: z.boolean().optional(),
    })
    .optional(),
  policy: z
    .strictObject({
      budgets: budgetsSchema.optional(),
      call_sites: z.record(text, callSiteSchema).optional(),
      default_model: text.optional(),
      restrict_models: z.boolean().optional(),
      denied_models: z.array(text).optional(),
    })
    .optional(),
  tiers: tiersSchema.optional(),
  experiments: experimentsSchema.optional(),
  alerts: alertsSchema.optional(),
  notify: notifySchema.optional(),
  drills: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  storage: z
    .strictObject({
      driver: z.enum(['sqlite', 'postgres']).optional(),
      url: text.optional(),
      retention_days: wholeFromOne.optional(),
    })
    .optional(),
  coordination: z.strictObject({ driver: z.enum(['local', 'redis']).optional(), url: text.optional() }).optional(),
  server: z
    .strictObject({
      gateway: z.strictObject({ ...listenerSchema, max_body_bytes: wholeFromOne.optional() }).optional(),
      console: z.strictObject(listenerSchema).optional(),
    })
    .optional(),
});

export type RegistryFile = z.infer<typeof registryFileSchema>;
export type ModelEntry = z.infer<typeof modelEntrySchema>;
export type LimitsEntry = z.infer<typeof limitsSchema>;
