import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { Tier } from '../../../shared/domain/decision.ts';
import type { Registry } from './types.ts';

/** A model id that its vendor answers with an error. */
interface RetiredModel {
  adapter: AdapterKind;
  /** Day, or year where the day is not known. */
  retired: string;
  /** A later model of the same family, as an example to set. */
  replacement: string;
}

const SONNET = 'claude-sonnet-4-6';
const HAIKU = 'claude-haiku-4-5-20251001';
const OPUS = 'claude-opus-4-6';
const KIMI = 'kimi-k2.6';

/**
 * Retired ids. Sources: Anthropic's "Model deprecations" and release notes
 * (https://platform.claude.com/docs/en/about-claude/model-deprecations, https://docs.claude.com/en/release-notes/overview);
 * where only others tell of it: claude-3-5-haiku (https://github.com/coder/coder/pull/22304), the Claude 4 ids of May 2025
 * (https://github.com/ottto-ai/ai-provider-watch), Moonshot's ids (https://www.promptfoo.dev/docs/providers/moonshot).
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
};

/** Since when a vendor no longer serves a model, and a later one; null for every other model. */
function retiredModel(adapter: AdapterKind, model: string): RetiredModel | null {
  const known = Object.hasOwn(RETIRED_MODELS, model) ? RETIRED_MODELS[model] : undefined;
  return known?.adapter === adapter ? known : null;
}

/** A tier whose model is retired. */
export interface RetiredTierModel extends RetiredModel {
  tier: Tier;
  provider: string;
  model: string;
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
    return retired === null || model === null ? [] : [{ ...retired, tier, provider, model }];
  });
}

/** Why a retired model is a problem and what to do, in a half sentence. */
export function retirementWords({ tier, model, adapter, retired, replacement }: RetiredTierModel): string {
  return `${model} was retired by ${adapter} (${retired}); set tiers.${tier}.model, to ${replacement} for one`;
}
