import { API_FACTS, apiFacts } from '../registry/defaults.ts';
import { adapterOfEmbeddingModel, adapterOfModelName } from '../registry/model-names.ts';
import { nearestName } from '../registry/nearest.ts';
import type { ProviderConfig, Registry } from '../registry/types.ts';
import type { Restricted, RouteRule } from '../../../shared/domain/decision.ts';
import { quote } from '../../../shared/format/quote.ts';
import { patternAgainst, substituteModel } from './restricted-models.ts';
import type { DiscoveredModel, IntentTarget, ProviderAvailability } from './types.ts';

/** What a lookup looks into. */
export interface Scope {
  registry: Registry;
  availability: ProviderAvailability;
  discoveredModel: DiscoveredModel;
  /** The request is for embeddings, whose models have prefixes of their own. */
  embeddings?: boolean;
}

/** A model name understood, or why it is refused. */
export type ModelResult =
  | {
      ok: true;
      rule: RouteRule;
      reason: string;
      preferred: IntentTarget[];
      warnings: string[];
      /** Set where the named model is restricted and another stands in. */
      restricted?: Restricted;
    }
  | { ok: false; code: 'model_not_found' | 'provider_not_configured'; message: string };

/**
 * Who a model name means: an entry of the registry by its own name, an upstream id that an entry serves, or a plain id by
 * its prefix. The restriction holds for the latter two; an entry that is named was written down by the operator, and so
 * was the fallback chain. `origin` says in the warning where the name came from.
 */
export function findModel(name: string, scope: Scope, origin: string): ModelResult {
  const entry = scope.registry.providers.find((provider) => provider.name === name);
  if (entry) return namedEntry(entry, scope);
  const found = plainModel(name, scope);
  if (!found) return notFound(name, scope);
  const pattern = restrictingPattern(name, found, scope);
  if (pattern !== null) return substituted(name, pattern, scope, origin, found.rule);
  return usable(found, scope);
}

interface Found {
  rule: RouteRule;
  reason: string;
  preferred: IntentTarget[];
  /** Whose key is missing when nobody can be asked. */
  adapter: string | null;
}

function namedEntry(entry: ProviderConfig, scope: Scope): ModelResult {
  if (!entry.enabled) {
    const message = `The provider ${entry.name} is switched off in the registry; set enabled: true to use it.`;
    return { ok: false, code: 'model_not_found', message };
  }
  const preferred = [{ provider: entry.name, model: entry.model }];
  return usable({ rule: 'named_provider', reason: `the request names ${entry.name}`, preferred, adapter: null }, scope);
}

function plainModel(name: string, scope: Scope): Found | null {
  const serving = scope.registry.providers.filter(
    (provider) => provider.enabled && (ownModelOf(provider, scope) === name || provider.serves.includes(name)),
  );
  if (serving.length > 0) {
    const preferred = serving.map((provider) => ({ provider: provider.name, model: upstreamId(provider, name) }));
    const reason = `${name} is served by ${serving.map((provider) => provider.name).join(', ')}`;
    return { rule: 'named_model', reason, preferred, adapter: null };
  }
  const adapter = scope.embeddings ? adapterOfEmbeddingModel(name) : adapterOfModelName(name);
  if (adapter === null) return null;
  const provider = providerOfApi(adapter, scope.registry);
  const preferred = provider ? [{ provider: provider.name, model: name }] : [];
  const reason = `${name} is by its prefix a model of ${API_FACTS[adapter].displayName}`;
  return { rule: 'model_prefix', reason, preferred, adapter };
}

function ownModelOf(provider: ProviderConfig, { discoveredModel }: Scope): string | null {
  return provider.model ?? discoveredModel(provider.name);
}

/** A dear name that one's own server answers to is not dear: what counts is the model that would be asked. */
function restrictingPattern(name: string, { preferred }: Found, { registry }: Scope): string | null {
  const asked = preferred.length === 0 ? [name] : preferred.flatMap(({ model }) => (model === null ? [] : [model]));
  for (const model of asked) {
    const pattern = patternAgainst(model, registry.policy);
    if (pattern !== null) return pattern;
  }
  return null;
}

/**
 * A vLLM server answers to aliases of ours with its own model; other servers host several models and are asked for the one
 * that was named.
 */
function upstreamId(provider: ProviderConfig, name: string): string | null {
  return provider.adapter === 'vllm' ? provider.model : name;
}

/** The provider that is an API: the one called like it (written down or there by its key), else the first that speaks it. */
export function providerOfApi(adapter: string, registry: Registry): ProviderConfig | null {
  const speaking = registry.providers.filter((provider) => provider.enabled && provider.adapter === adapter);
  return speaking.find((provider) => provider.name === adapter) ?? speaking[0] ?? null;
}

function substituted(name: string, pattern: string, scope: Scope, origin: string, rule: RouteRule): ModelResult {
  const substitute = substituteModel(scope.registry.policy);
  const warning = `${name} (${origin}) is restricted by RESTRICT_MODELS; ${substitute} is used instead`;
  const entry = scope.registry.providers.find((provider) => provider.name === substitute && provider.enabled);
  const found = entry
    ? { rule, reason: '', preferred: [{ provider: entry.name, model: entry.model }], adapter: null }
    : plainModel(substitute, scope);
  if (!found) return notFound(substitute, scope);
  const result = usable({ ...found, rule, reason: `${name} is restricted, ${substitute} stands in for it` }, scope);
  const restricted = { model: name, pattern, replaced_by: substitute };
  return result.ok ? { ...result, warnings: [warning], restricted } : result;
}

/** Leaves out whoever has no key; refuses when that leaves nobody. */
function usable(found: Found, { availability }: Scope): ModelResult {
  const { rule, reason, preferred, adapter } = found;
  const available = preferred.filter((target) => availability(target.provider).available);
  if (available.length > 0) return { ok: true, rule, reason, preferred: available, warnings: [] };
  const first = preferred[0] ? availability(preferred[0].provider) : null;
  const keyEnv = first && !first.available ? first.keyEnv : (apiFacts(adapter ?? '')?.apiKeyEnv ?? null);
  const who = preferred[0]?.provider ?? adapter ?? 'the provider';
  const message = `${who} is not configured: set ${keyEnv ?? 'its key'} in the environment.`;
  return { ok: false, code: 'provider_not_configured', message };
}

function notFound(name: string, { registry }: Scope): ModelResult {
  const names = modelNames(registry);
  const nearest = nearestName(name, names);
  const way = nearest === null ? 'GET /v1/models lists what there is.' : `Did you mean "${nearest}"?`;
  return { ok: false, code: 'model_not_found', message: `No provider serves a model called ${quote(name)}. ${way}` };
}

/** Every name that a request's `model` may hold, plain ids known only by their prefix left out. */
function modelNames(registry: Registry): string[] {
  const names = [
    'auto',
    ...registry.providers
      .filter(({ enabled }) => enabled)
      .flatMap(({ name, model, serves }) => [name, model, ...serves]),
    'tier:fast',
    'tier:balanced',
    'tier:powerful',
    ...registry.policy.callSites.map(({ name }) => `call-site:${name}`),
  ];
  return [...new Set(names.filter((name) => name !== null))];
}
