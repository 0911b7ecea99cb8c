import type { ModelEntry, RegistryFile } from './schema.ts';
import { adapterOf, defaultModelOf } from './adapter-of.ts';
import { buildProviderLimits } from './build-limits.ts';
import { apiFacts, BREAKER_DEFAULTS, HEALTH_DEFAULTS, RETRY_DEFAULTS, TIMEOUT_DEFAULTS } from './defaults.ts';
import type { ApiFacts } from './defaults.ts';
import { displayName } from './display-name.ts';
import { apiBaseUrl, healthUrlOf, movedHealthUrl, normalisedBaseUrl } from './endpoints.ts';
import type { Environment, ProviderConfig, UseCondition } from './types.ts';

/** What an entry inherits from the rest of the file and from the environment. */
export interface EntryContext {
  name: string;
  priority: number;
  routing: RegistryFile['routing'];
  environment: Environment;
  /** `KIMI_K2_ENDPOINT` where it is meant for this entry; null otherwise. */
  endpointOverride: string | null;
}

/** An entry of the file with every default filled in. */
export function buildProvider(entry: ModelEntry, context: EntryContext): ProviderConfig {
  const adapter = adapterOf(entry);
  const apiKeyEnv = entry.provider_kwargs?.api_key_env ?? apiFacts(adapter)?.apiKeyEnv ?? null;
  // A vLLM server may ask for a key and is one's own all the same; another compatible server that does is taken for an API.
  const isApi = apiFacts(adapter) !== null || (adapter === 'openai-compatible' && apiKeyEnv !== null);
  const deployment = isApi ? 'api' : 'self-hosted';
  const written = entry.endpoint ?? entry.provider_kwargs?.endpoint ?? null;
  const endpoint = context.endpointOverride ?? written;
  const baseUrl = endpoint === null ? apiBaseUrl(adapter, context.environment) : normalisedBaseUrl(endpoint, adapter);
  return {
    name: context.name,
    displayName: displayName(context.name),
    adapter,
    deployment,
    enabled: entry.enabled ?? true,
    implicit: false,
    priority: context.priority,
    weight: entry.weight ?? 1,
    model: entry.model ?? defaultModelOf(entry),
    serves: entry.serves ?? [],
    baseUrl,
    apiKeyEnv,
    healthCheck: healthCheckOf(entry, { ...context, written, baseUrl, deployment, isVllm: adapter === 'vllm' }),
    capabilities: capabilitiesOf(entry),
    usagePolicy: {
      defaultForTasks: entry.usage_policy?.default_for_tasks ?? [],
      useWhen: (entry.usage_policy?.use_when ?? []).map(useCondition),
    },
    fallbacks: entry.fallbacks ?? null,
    timeouts: timeoutsOf(entry, deployment),
    retry: retryOf(entry, context.routing),
    breaker: breakerOf(entry),
    limits: buildProviderLimits(entry),
    pricing: entry.pricing
      ? {
          input: entry.pricing.input,
          output: entry.pricing.output,
          cacheRead: entry.pricing.cache_read ?? null,
          cacheWrite: entry.pricing.cache_write ?? null,
        }
      : null,
    infrastructureUsdPerHour: entry.infrastructure_usd_per_hour ?? null,
  };
}

/** One of the four APIs that the file does not define. */
export function buildImplicitProvider(
  facts: ApiFacts,
  priority: number,
  routing: RegistryFile['routing'],
  environment: Environment,
): ProviderConfig {
  const provider = buildProvider(
    { adapter: facts.adapter },
    { name: facts.adapter, priority, routing, environment, endpointOverride: null },
  );
  return { ...provider, displayName: facts.displayName, implicit: true };
}

function healthCheckOf(
  entry: ModelEntry,
  context: EntryContext & {
    written: string | null;
    baseUrl: string;
    deployment: ProviderConfig['deployment'];
    isVllm: boolean;
  },
): ProviderConfig['healthCheck'] {
  const check = entry.health_check;
  const defaults = HEALTH_DEFAULTS[context.deployment];
  // Not every compatible server has /health (Ollama has none), but all of them list their models.
  const method = check?.method ?? (context.isVllm || check?.endpoint !== undefined ? 'endpoint' : 'model_list');
  const endpoint =
    check?.endpoint === undefined
      ? healthUrlOf(context.baseUrl)
      : movedHealthUrl(check.endpoint, context.written, context.baseUrl);
  const intervalSeconds = check?.interval_seconds ?? context.routing?.health_check_interval_seconds;
  return {
    enabled: check?.enabled ?? true,
    endpoint: method === 'endpoint' ? endpoint : null,
    method,
    intervalMs: intervalSeconds === undefined ? defaults.intervalMs : milliseconds(intervalSeconds),
    timeoutMs: check?.timeout_seconds === undefined ? defaults.timeoutMs : milliseconds(check.timeout_seconds),
  };
}

function capabilitiesOf(entry: ModelEntry): ProviderConfig['capabilities'] {
  const written = entry.capabilities;
  if (!written) return {};
  return {
    ...(written.supports_tools !== undefined && { tools: written.supports_tools }),
    ...(written.supports_thinking !== undefined && { thinking: written.supports_thinking }),
    ...(written.supports_images !== undefined && { images: written.supports_images }),
    ...(written.supports_json_schema !== undefined && { jsonSchema: written.supports_json_schema }),
    ...(written.supports_chat !== undefined && { chat: written.supports_chat }),
    ...(written.supports_embeddings !== undefined && { embeddings: written.supports_embeddings }),
    ...(written.context_window !== undefined && { contextWindow: written.context_window }),
    ...(written.thinking_budget_range !== undefined && { thinkingBudgetRange: written.thinking_budget_range }),
    ...(written.strengths !== undefined && { strengths: written.strengths }),
  };
}

function useCondition(text: string): UseCondition {
  if (text === 'explicit_user_request' || text === 'benchmarking_mode') return { type: text };
  return { type: 'unhealthy', provider: text.replace(/_unhealthy$/, '') };
}

function timeoutsOf(entry: ModelEntry, deployment: ProviderConfig['deployment']): ProviderConfig['timeouts'] {
  return {
    connectMs: entry.timeouts?.connect_ms ?? TIMEOUT_DEFAULTS.connectMs[deployment],
    firstTokenMs: entry.timeouts?.first_token_ms ?? TIMEOUT_DEFAULTS.firstTokenMs,
    idleMs: entry.timeouts?.idle_ms ?? TIMEOUT_DEFAULTS.idleMs,
    totalMs: entry.timeouts?.total_ms ?? TIMEOUT_DEFAULTS.totalMs,
  };
}

function retryOf(entry: ModelEntry, routing: RegistryFile['routing']): ProviderConfig['retry'] {
  const shared = routing?.retry_on_failure === false ? 0 : (routing?.max_retries ?? RETRY_DEFAULTS.maxRetries);
  return {
    maxRetries: entry.retry?.max_retries ?? shared,
    baseMs: entry.retry?.base_ms ?? RETRY_DEFAULTS.baseMs,
    maxMs: entry.retry?.max_ms ?? RETRY_DEFAULTS.maxMs,
  };
}

function breakerOf(entry: ModelEntry): ProviderConfig['breaker'] {
  const written = entry.breaker;
  const inMilliseconds = (seconds: number | undefined, otherwise: number) =>
    seconds === undefined ? otherwise : milliseconds(seconds);
  return {
    failures: written?.failures ?? BREAKER_DEFAULTS.failures,
    errorRate: written?.error_rate ?? BREAKER_DEFAULTS.errorRate,
    windowMs: inMilliseconds(written?.window_seconds, BREAKER_DEFAULTS.windowMs),
    openMs: inMilliseconds(written?.open_seconds, BREAKER_DEFAULTS.openMs),
    rampMs: inMilliseconds(written?.ramp_seconds, BREAKER_DEFAULTS.rampMs),
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
