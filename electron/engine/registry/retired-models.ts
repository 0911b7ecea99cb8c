import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { Tier } from '../../../shared/domain/decision.ts';
import { callSiteModel } from './call-site-model.ts';
import { adapterOfModelName } from './model-names.ts';
import type { Environment, ProviderConfig, Registry } from './types.ts';

/** A model id that its vendor no longer serves. */
interface RetiredModel {
  adapter: AdapterKind;
  /** Day, or year where the day is not known. */
  retired: string;
  /** A later model of the same family, as an example to set. */
  replacement: string;
  /** What the vendor answers with instead of an error, at that model's price; left out where it answers with an error. */
  redirected?: string;
}

const SONNET = 'claude-sonnet-4-6';
const HAIKU = 'claude-haiku-4-5-20251001';
const OPUS = 'claude-opus-4-6';
const KIMI = 'kimi-k2.6';
const GPT: RetiredModel = { adapter: 'openai', retired: '2026-10-23', replacement: 'gpt-5.6-sol' };
const SMALL_GPT: RetiredModel = { adapter: 'openai', retired: '2026-10-23', replacement: 'gpt-5.6-terra' };
const GROK: RetiredModel = {
  adapter: 'xai',
  retired: '2026-05-15',
  replacement: 'grok-4.3',
  redirected: 'grok-4.3',
};

/**
 * Retired ids. Sources: Anthropic's "Model deprecations" and release notes
 * (https://platform.claude.com/docs/en/about-claude/model-deprecations, https://docs.claude.com/en/release-notes/overview);
 * where only others tell of it: claude-3-5-haiku (https://github.com/coder/coder/pull/22304), the Claude 4 ids of May 2025
 * (https://github.com/ottto-ai/ai-provider-watch), Moonshot's ids (https://www.promptfoo.dev/docs/providers/moonshot).
 * OpenAI's "Deprecations" (https://developers.openai.com/api/docs/deprecations). xAI's "Grok Model Retirement"
 * (https://docs.x.ai/developers/migration/may-15-retirement), whose old ids answer as grok-4.3 and are billed as such.
 */
const RETIRED_MODELS: Readonly<Record<string, RetiredModel>> = {
  'claude-2.0': { adapter: 'anthropic', retired: '2025-07-21', replacement: SONNET },
  'claude-2.1': { adapter: 'anthropic', retired: '2025-07-21', replacement: SONNET },
  'claude-3-sonnet-20240229': { adapter: 'anthropic', retired: '2025-07-21', replacement: SONNET },
  'claude-3-5-sonnet-20240620': { adapter: 'anthropic', retired: '2025-10-28', replacement: SONNET },
  'claude-3-5-sonnet-20241022': { adapter: 'anthropic', retired: '2025-10-28', replacement: SONNET },
  'claude-3-opus-20240229': { adapter: 'anthropic', retired: '2026-01-05', replacement: OPUS },
  'claude-3-5-haiku-20241022': { adapter: 'anthropic', retired: '2026-02-19', replacement: HAIKU },
  'claude-3-7-sonnet-20250219': { adapter: 'anthropic', retired: '2026-02-19', replacement: SONNET },
  'claude-3-haiku-20240307': { adapter: 'anthropic', retired: '2026', replacement: HAIKU },
  'claude-sonnet-4-20250514': { adapter: 'anthropic', retired: '2026-06-15', replacement: SONNET },
  'claude-opus-4-20250514': { adapter: 'anthropic', retired: '2026-06-15', replacement: OPUS },
  'kimi-k2-0711-preview': { adapter: 'moonshot', retired: '2026', replacement: KIMI },
  'kimi-k2-0905-preview': { adapter: 'moonshot', retired: '2026', replacement: KIMI },
  'kimi-k2-turbo-preview': { adapter: 'moonshot', retired: '2026', replacement: KIMI },
  'kimi-k2-thinking': { adapter: 'moonshot', retired: '2026', replacement: KIMI },
  'kimi-k2-thinking-turbo': { adapter: 'moonshot', retired: '2026', replacement: KIMI },
  'kimi-latest': { adapter: 'moonshot', retired: '2026', replacement: KIMI },
  'gpt-3.5-turbo': SMALL_GPT,
  'gpt-3.5-turbo-0125': SMALL_GPT,
  'gpt-4': GPT,
  'gpt-4-0613': GPT,
  'gpt-4-1106-preview': GPT,
  'gpt-4-turbo': GPT,
  'gpt-4-turbo-2024-04-09': GPT,
  'gpt-4o-2024-05-13': GPT,
  o1: GPT,
  'o1-2024-12-17': GPT,
  'o3-mini': GPT,
  'o3-mini-2025-01-31': GPT,
  'o4-mini': SMALL_GPT,
  'o4-mini-2025-04-16': SMALL_GPT,
  'grok-3': GROK,
  'grok-4-0709': GROK,
  'grok-4-fast-reasoning': GROK,
  'grok-4-fast-non-reasoning': GROK,
  'grok-4-1-fast-reasoning': GROK,
  'grok-4-1-fast-non-reasoning': GROK,
  'grok-code-fast-1': GROK,
};

/** Since when a vendor no longer serves a model, and a later one; null for every other model. */
function retiredModel(adapter: AdapterKind, model: string): RetiredModel | null {
  const known = Object.hasOwn(RETIRED_MODELS, model) ? RETIRED_MODELS[model] : undefined;
  return known?.adapter === adapter ? known : null;
}

/** A tier whose model is retired. */
interface RetiredTierModel extends RetiredUse {
  tier: Tier;
  provider: string;
}

/**
 * The tiers that ask for a model its vendor has retired. An id says nothing where the provider is a server of one's own or
 * a simulated one, so those are left out; a tier may name an API that the registry does not hold.
 */
export function retiredTierModels(registry: Pick<Registry, 'simulated' | 'providers' | 'tiers'>): RetiredTierModel[] {
  if (registry.simulated) return [];
  return (['fast', 'balanced', 'powerful'] as const).flatMap((tier) => {
    const { provider, model } = registry.tiers.models[tier];
    const adapter = registry.providers.find(({ name }) => name === provider)?.adapter ?? provider;
    const retired = model === null ? null : retiredModel(adapter as AdapterKind, model);
    return retired === null || model === null
      ? []
      : [{ ...retired, setting: `tiers.${tier}.model`, tier, provider, model }];
  });
}

/** A place of the configuration that names a retired model. */
export interface RetiredUse extends RetiredModel {
  /** The setting to change, as the registry file or the environment names it. */
  setting: string;
  model: string;
}

/** Why a retired model is a problem and what to do, in a half sentence. */
export function retirementWords({ setting, model, adapter, retired, replacement, redirected }: RetiredUse): string {
  const since = `${model} was retired by ${adapter} (${retired})`;
  const instead = redirected === undefined ? '' : ` and is answered and billed as ${redirected}`;
  return `${since}${instead}; set ${setting}, to ${replacement} for one`;
}

/**
 * Every place that names a retired model: entries that are switched on (the built-in model of their API or class
 * included), what an API entry also serves, tiers, call sites and the default model. Each setting stands once.
 */
export function retiredUses(registry: Registry, environment: Environment): RetiredUse[] {
  if (registry.simulated) return [];
  const entries = registry.providers.filter(({ enabled }) => enabled);
  const uses = [
    ...entries.flatMap(({ name, adapter, model, serves }) => [
      ...usesOf(`models.${name}.model`, adapter, model),
      // A server of one's own answers to such a name with its own model.
      ...(adapter === 'vllm' ? [] : serves.flatMap((alias) => usesOf(`models.${name}.serves`, adapter, alias))),
    ]),
    ...retiredTierModels(registry),
    ...registry.policy.callSites.flatMap((site) => {
      const { model, origin, source } = callSiteModel(site, { registry, environment });
      if (source === 'default') return [];
      const setting = source === 'environment' ? origin : `policy.call_sites.${site.name}.model`;
      return plainUses(setting, model, entries);
    }),
    ...plainUses('policy.default_model', registry.policy.defaultModel, entries),
  ];
  const ofSetting = new Map(uses.map((use) => [`${use.setting} ${use.model}`, use]));
  return [...ofSetting.values()];
}

/** A plain id means the entry that serves it, else the vendor that its prefix names. */
function plainUses(setting: string, model: string, entries: readonly ProviderConfig[]): RetiredUse[] {
  const serving = entries.find((entry) => entry.model === model || entry.serves.includes(model));
  const adapter = serving?.adapter ?? adapterOfModelName(model);
  return adapter === null ? [] : usesOf(setting, adapter, model);
}

function usesOf(setting: string, adapter: AdapterKind, model: string | null): RetiredUse[] {
  const retired = model === null ? null : retiredModel(adapter, model);
  return retired === null || model === null ? [] : [{ ...retired, setting, model }];
}
