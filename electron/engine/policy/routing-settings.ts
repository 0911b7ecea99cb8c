import type { RoutingDifference, RoutingDocument, RoutingSetting } from '../../../shared/domain/routing.ts';
import { valueAt } from '../registry/schema-problems.ts';
import type { Environment, Limits, Registry } from '../registry/types.ts';
import { callSiteModel } from '../registry/call-site-model.ts';

/** What the effective settings are read from. */
export interface SettingsSource {
  registry: Registry;
  environment: Environment;
  /** The registry file's plain values; null without a file. */
  file: unknown;
  /** What is stored and in effect. */
  stored: RoutingDocument;
}

type Json = RoutingDocument[string];

interface Leaf {
  keys: string[];
  value: Json;
}

/** Everything about routing that holds now, in the registry file's own form and units; call sites with the model in use. */
export function effectiveDocument({ registry, environment }: Pick<SettingsSource, 'registry' | 'environment'>) {
  const { routing, policy, tiers } = registry;
  return {
    routing: {
      primary: routing.primary,
      fallback_chain: [...routing.fallbackChain],
      fallback_triggers: [...routing.fallbackTriggers],
      stream_failover: routing.streamFailover,
      high_load: { mode: routing.highLoad.mode, threshold_seconds: routing.highLoad.thresholdMs / 1000 },
      load_balancing: {
        strategy: routing.loadBalancing.strategy,
        health_aware: routing.loadBalancing.healthAware,
        prefix_affinity: routing.loadBalancing.prefixAffinity,
      },
      task_types: Object.fromEntries(Object.entries(routing.taskTypes).map(([type, names]) => [type, [...names]])),
    },
    policy: {
      call_sites: Object.fromEntries(
        policy.callSites.map((site) => [
          site.name,
          {
            env: site.env,
            model: callSiteModel(site, { registry, environment }).model,
            objective: site.objective,
            stream_failover: site.streamFailover,
            ...(site.limits && { limits: limitsInFileForm(site.limits) }),
          },
        ]),
      ),
      default_model: policy.defaultModel,
      restrict_models: policy.restrictModels,
      denied_models: [...policy.deniedModels],
    },
    tiers: {
      ...tiers.models,
      thresholds: { fast_below: tiers.thresholds.fastBelow, balanced_up_to: tiers.thresholds.balancedUpTo },
      weights: snakeKeys(tiers.weights),
      normalisation: snakeKeys(tiers.normalisation),
    },
  } satisfies RoutingDocument;
}

/** Every effective setting with the file's value beside it and where it comes from, in the order of the file's sections. */
export function routingSettings(source: SettingsSource): RoutingSetting[] {
  return leavesOf(effectiveDocument(source), []).map(({ keys, value }) => ({
    path: keys.join('.'),
    value,
    file_value: (valueAt(source.file, keys) as Json | undefined) ?? null,
    ...originOf(keys, source),
  }));
}

/** What differs between two lists of settings, in the order of the later one; what is gone comes last. */
export function routingDifferences(
  before: readonly RoutingSetting[],
  after: readonly RoutingSetting[],
): RoutingDifference[] {
  const known = new Map(before.map((setting) => [setting.path, setting]));
  const left = new Set(after.map(({ path }) => path));
  return [
    ...after.flatMap((setting) => {
      const earlier = known.get(setting.path) ?? null;
      const same = earlier && isSame(earlier.value, setting.value) && earlier.source === setting.source;
      return same ? [] : [difference(setting.path, earlier, setting)];
    }),
    ...before.filter(({ path }) => !left.has(path)).map((setting) => difference(setting.path, setting, null)),
  ];
}

function difference(path: string, before: RoutingSetting | null, after: RoutingSetting | null): RoutingDifference {
  return {
    path,
    before: before?.value ?? null,
    after: after?.value ?? null,
    before_source: before?.source ?? null,
    after_source: after?.source ?? null,
  };
}

function originOf(keys: string[], source: SettingsSource): Pick<RoutingSetting, 'source' | 'env'> {
  const { registry, environment, file, stored } = source;
  const written =
    valueAt(stored, keys) !== undefined ? 'stored' : valueAt(file, keys) !== undefined ? 'file' : 'default';
  const [section, key, name, field] = keys;
  if (section === 'policy' && key === 'restrict_models') {
    const fromEnvironment = written !== 'stored' && environment['RESTRICT_MODELS'] !== undefined;
    return { source: fromEnvironment ? 'environment' : written, env: 'RESTRICT_MODELS' };
  }
  if (section === 'policy' && key === 'call_sites' && field === 'model') {
    const site = registry.policy.callSites.find((entry) => entry.name === name);
    if (site) return { source: callSiteModel(site, { registry, environment }).source, env: site.env ?? 'MODEL_NAME' };
  }
  return { source: written, env: null };
}

function leavesOf(value: Json, keys: string[]): Leaf[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ keys, value }];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...keys, key]));
}

function isSame(left: Json, right: Json): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function limitsInFileForm({ queueTimeoutMs, soft, ...rest }: Limits): Record<string, Json> {
  return { ...rest, queue_timeout_ms: queueTimeoutMs, ...(soft && { soft: { ...soft } }) };
}

function snakeKeys(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
