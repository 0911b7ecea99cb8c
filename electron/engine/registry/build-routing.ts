import {
  apiFacts,
  BUILT_IN_CALL_SITES,
  COST_SAFE_MODEL,
  DEFAULT_DENIED_MODELS,
  HIGH_LOAD_THRESHOLD_MS,
  RETRY_DEFAULTS,
  TIER_DEFAULTS,
} from './defaults.ts';
import { buildLimits } from './build-limits.ts';
import { adapterOfModelName } from './model-names.ts';
import { readEnvironmentName, readSwitch } from './environment.ts';
import type { RegistryFile } from './schema.ts';
import { valueAt } from './schema-problems.ts';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import type { CallSiteConfig, Environment, PolicyConfig, ProviderConfig, RoutingConfig, TierConfig } from './types.ts';

/** The routing section; `providers` are sorted by priority and hold every name it mentions. */
export function buildRouting(routing: RegistryFile['routing'], providers: readonly ProviderConfig[]): RoutingConfig {
  const written = routing?.fallback_chain ?? null;
  const primary = routing?.primary ?? written?.[0] ?? firstInLine(providers);
  const chain = written ?? chainByPriority(providers);
  return {
    strategy: 'primary_with_fallback',
    primary,
    fallbackChain: primary === '' ? [] : [primary, ...chain.filter((name) => name !== primary)],
    fallbackTriggers: routing?.fallback_triggers ?? ['primary_unhealthy', 'primary_timeout'],
    retryOnFailure: routing?.retry_on_failure ?? true,
    maxRetries: routing?.max_retries ?? RETRY_DEFAULTS.maxRetries,
    loadBalancing: {
      strategy: routing?.load_balancing?.strategy ?? 'round_robin',
      healthAware: routing?.load_balancing?.health_aware ?? true,
      prefixAffinity: routing?.load_balancing?.prefix_affinity ?? false,
    },
    highLoad: {
      mode: routing?.high_load?.mode ?? 'never',
      thresholdMs: Math.round((routing?.high_load?.threshold_seconds ?? HIGH_LOAD_THRESHOLD_MS / 1000) * 1000),
    },
    streamFailover: routing?.stream_failover ?? 'resume',
    taskTypes: routing?.task_types ?? {},
  };
}

/** The entry with the lowest priority number that is switched on; an implicit API only where there is nothing else. */
function firstInLine(providers: readonly ProviderConfig[]): string {
  const first = providers.find((provider) => provider.enabled) ?? providers[0];
  return first?.name ?? '';
}

/** The file's own entries; where it has none, the APIs that the environment has keys for. */
function chainByPriority(providers: readonly ProviderConfig[]): string[] {
  const own = providers.filter((provider) => !provider.implicit);
  return (own.length > 0 ? own : providers).map((provider) => provider.name);
}

/**
 * The policy section. `RESTRICT_MODELS` in the environment is above the file, the file above the default; what is stored
 * in the console, a part of `policy` already, is above them all.
 */
export function buildPolicy(
  policy: RegistryFile['policy'],
  environment: Environment,
  stored: RoutingDocument = {},
): PolicyConfig {
  const isStored = (...path: string[]) => valueAt(stored, ['policy', ...path]) !== undefined;
  const written = Object.entries(policy?.call_sites ?? {}).map(([name, site]): CallSiteConfig => ({
    name,
    env: site.env ?? null,
    model: site.model ?? null,
    objective: site.objective ?? 'latency',
    streamFailover: site.stream_failover ?? null,
    ...(isStored('call_sites', name, 'model') && { modelStored: true }),
    ...(site.limits && { limits: buildLimits(site.limits) }),
  }));
  const builtIn = BUILT_IN_CALL_SITES.filter((site) => !written.some(({ name }) => name === site.name));
  const outsideProduction = readEnvironmentName(environment) !== 'production';
  return {
    budgets: {
      resetHour: policy?.budgets?.reset_hour ?? 0,
      timeZone: policy?.budgets?.time_zone ?? 'UTC',
      ...(policy?.budgets?.unknown_price && { unknownPrice: policy.budgets.unknown_price }),
    },
    callSites: [...written, ...builtIn],
    defaultModel: policy?.default_model ?? COST_SAFE_MODEL,
    restrictModels:
      (isStored('restrict_models') ? null : readSwitch(environment, 'RESTRICT_MODELS')) ??
      policy?.restrict_models ??
      outsideProduction,
    deniedModels: policy?.denied_models ?? [...DEFAULT_DENIED_MODELS],
  };
}

/** The tiers section above the built-in tiers. A tier that names only a provider takes that provider's own model. */
export function buildTiers(tiers: RegistryFile['tiers'], providers: readonly ProviderConfig[]): TierConfig {
  const weights = tiers?.weights;
  const defaults = TIER_DEFAULTS.weights;
  return {
    thresholds: {
      fastBelow: tiers?.thresholds?.fast_below ?? TIER_DEFAULTS.thresholds.fastBelow,
      balancedUpTo: tiers?.thresholds?.balanced_up_to ?? TIER_DEFAULTS.thresholds.balancedUpTo,
    },
    weights: {
      agent: weights?.agent ?? defaults.agent,
      step: weights?.step ?? defaults.step,
      creation: weights?.creation ?? defaults.creation,
      execution: weights?.execution ?? defaults.execution,
      combined: weights?.combined ?? defaults.combined,
      promptLength: weights?.prompt_length ?? defaults.promptLength,
      dataSize: weights?.data_size ?? defaults.dataSize,
      conditionCount: weights?.condition_count ?? defaults.conditionCount,
      contextDepth: weights?.context_depth ?? defaults.contextDepth,
      reasoning: weights?.reasoning ?? defaults.reasoning,
    },
    normalisation: {
      promptLength: tiers?.normalisation?.prompt_length ?? TIER_DEFAULTS.normalisation.promptLength,
      dataSize: tiers?.normalisation?.data_size ?? TIER_DEFAULTS.normalisation.dataSize,
      conditionCount: tiers?.normalisation?.condition_count ?? TIER_DEFAULTS.normalisation.conditionCount,
      contextDepth: tiers?.normalisation?.context_depth ?? TIER_DEFAULTS.normalisation.contextDepth,
    },
    models: {
      fast: tierModel(tiers?.fast, TIER_DEFAULTS.models.fast, providers),
      balanced: tierModel(tiers?.balanced, TIER_DEFAULTS.models.balanced, providers),
      powerful: tierModel(tiers?.powerful, TIER_DEFAULTS.models.powerful, providers),
    },
  };
}

type TierModel = TierConfig['models']['fast'];

function tierModel(
  written: { provider?: string | undefined; model?: string | undefined } | undefined,
  fallback: TierModel,
  providers: readonly ProviderConfig[],
): TierModel {
  if (!written) return fallback;
  const provider = written.provider ?? providerOfModel(written.model ?? '', providers) ?? fallback.provider;
  const own = providers.find(({ name }) => name === provider)?.model ?? apiFacts(provider)?.defaultModel ?? null;
  return { provider, model: written.model ?? own };
}

function providerOfModel(model: string, providers: readonly ProviderConfig[]): string | null {
  const serving = providers.find((provider) => provider.model === model || provider.serves.includes(model));
  return serving?.name ?? adapterOfModelName(model);
}
