import type { Tier } from '../../../shared/domain/decision.ts';
import { apiFacts } from '../registry/defaults.ts';
import { retiredTierModels, retirementWords } from '../registry/retired-models.ts';
import type { Registry } from '../registry/types.ts';
import { providerOfApi } from './find-model.ts';
import type { Scope } from './find-model.ts';
import type { IntentTarget } from './types.ts';

/** Who a tier asks, and what stands in where that one has no key. */
export type TierResult = { ok: true; preferred: IntentTarget[]; warnings: string[] } | { ok: false; message: string };

/** What a missing Kimi key in the balanced tier is made up for with. */
const BALANCED_STAND_IN: IntentTarget = { provider: 'openai', model: 'gpt-4o-mini' };

/**
 * The target of a tier first, even when it cannot be asked, so that the decision shows it and why. Then, where its key is
 * missing or nobody has written a chain down, the balanced tier's; where that is missing too, OpenAI's small model. The
 * fallback chain follows. Refused only when nobody at all could answer.
 */
export function tierTargets(tier: Tier, scope: Scope): TierResult {
  const target = targetOf(tier, scope.registry);
  const missing = missingKey(target, scope);
  const standIns = [targetOf('balanced', scope.registry), standIn(scope.registry)].filter(
    (candidate) => candidate.provider !== target.provider && missingKey(candidate, scope) === null,
  );
  if (missing === null) {
    // A chain that somebody wrote down says who comes next; without one, the same as for a missing key.
    const unwritten = scope.registry.providers.every(({ implicit }) => implicit);
    const next = unwritten ? standIns.slice(0, 1) : [];
    return { ok: true, preferred: [target, ...next], warnings: retirementWarnings(tier, scope.registry) };
  }
  const others = scope.registry.routing.fallbackChain.filter((name) => isUsable(name, scope));
  const next = standIns[0]?.provider ?? others[0];
  if (next === undefined) {
    return { ok: false, message: `The tier ${tier} needs ${target.provider}: ${missing}, and nobody can stand in.` };
  }
  const warning = `the tier ${tier} is ${target.provider}'s: ${missing}; ${next} stands in`;
  return { ok: true, preferred: [target, ...standIns.slice(0, 1)], warnings: [warning] };
}

function retirementWarnings(tier: Tier, registry: Registry): string[] {
  return retiredTierModels(registry)
    .filter((retired) => retired.tier === tier)
    .map((retired) => `the tier ${tier}: ${retirementWords(retired)}`);
}

/** A tier may name an API that an entry of another name speaks. */
function targetOf(tier: Tier, registry: Registry): IntentTarget {
  const { provider, model } = registry.tiers.models[tier];
  if (registry.providers.some(({ name }) => name === provider)) return { provider, model };
  return { provider: providerOfApi(provider, registry)?.name ?? provider, model };
}

function standIn(registry: Registry): IntentTarget {
  return { ...BALANCED_STAND_IN, provider: providerOfApi('openai', registry)?.name ?? BALANCED_STAND_IN.provider };
}

/** Why a target cannot be asked, in a half sentence; null when it can. */
function missingKey({ provider }: IntentTarget, { registry, availability }: Scope): string | null {
  const entry = registry.providers.find(({ name }) => name === provider);
  if (!entry) {
    const facts = apiFacts(provider);
    return facts ? `${facts.apiKeyEnv} is not set` : 'the registry does not have it';
  }
  if (!entry.enabled) return 'it is switched off';
  const state = availability(provider);
  return state.available ? null : `${state.keyEnv} is not set`;
}

function isUsable(name: string, scope: Scope): boolean {
  return missingKey({ provider: name, model: null }, scope) === null;
}
