import { apiFacts } from '../registry/defaults.ts';
import type { ProviderConfig, Registry } from '../registry/types.ts';
import { balanced } from './load-balance.ts';
import type { DecisionInput } from './types.ts';
import { overrideCovers } from './overrides.ts';

/** Why a provider stands where it stands. */
type Role = 'forced' | 'override' | 'wanted' | 'primary' | 'fallback';

/** A place in the order, before anyone has asked whether its provider may serve. */
export interface Place {
  provider: string;
  /** Null when the registry does not have it (an API without key that a tier names). */
  config: ProviderConfig | null;
  /** Upstream model id; null for the provider's own. */
  model: string | null;
  role: Role;
}

/**
 * Who would be asked, in order: the provider forced by the request alone; else the operator's override, what the intent
 * prefers, the primary group, the fallback chain. Everyone once, at its first place. Neighbours of equal priority share load.
 */
export function candidateOrder(input: DecisionInput): Place[] {
  const { registry, intent, forcedProvider } = input;
  if (forcedProvider !== null) return [place(forcedProvider, 'forced', input)];
  const override = activeOverride(input);
  const wanted = intent.preferred.map(({ provider }) => provider);
  const { head, rest } = chain(input);
  const groups: { role: Role; names: string[] }[] = [
    { role: 'override', names: override === null ? [] : [override] },
    ...neighbours(wanted, registry).map((names) => ({ role: 'wanted' as const, names })),
    { role: 'primary', names: head },
    ...neighbours(rest, registry).map((names) => ({ role: 'fallback' as const, names })),
  ];
  const seen = new Set<string>();
  return groups.flatMap(({ role, names }) => {
    const fresh = [...new Set(names)].filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    return balanced(fresh, input).map((name) => place(name, role, input));
  });
}

/** The provider an operator has forced for this request; null when none is, or when the registry no longer has it. */
export function activeOverride({ override, intent, registry, now }: DecisionInput): string | null {
  if (!override || override.expires_at <= now) return null;
  if (!overrideCovers(override, { callSite: intent.callSite, model: intent.requestedModel })) return null;
  return registry.providers.some(({ name }) => name === override.provider) ? override.provider : null;
}

/** Entries of the file at the primary's priority: they serve as one. Alone or not, the primary is among them. */
export function primaryGroup({ providers, routing }: Registry): string[] {
  const primary = providers.find(({ name }) => name === routing.primary);
  if (!primary) return [];
  const peers = providers.filter(({ priority, implicit }) => !implicit && priority === primary.priority);
  return [...new Set([primary.name, ...peers.map(({ name }) => name)])];
}

/** Who stands behind what the intent prefers: the chain of its first provider where that has its own, else the routing's. */
function chain({ registry, intent }: DecisionInput): { head: string[]; rest: string[] } {
  const { routing, providers } = registry;
  const first = intent.preferred[0]?.provider ?? routing.primary;
  const own = providers.find(({ name }) => name === first)?.fallbacks ?? null;
  const group = primaryGroup(registry);
  if (own === null) return { head: group, rest: routing.fallbackChain };
  return { head: intent.preferred.length === 0 ? group : [], rest: own };
}

/** Splits a list where the priority changes. */
function neighbours(names: readonly string[], registry: Registry): string[][] {
  const groups: { priority: number | null; names: string[] }[] = [];
  for (const name of names) {
    const priority = registry.providers.find((provider) => provider.name === name)?.priority ?? null;
    const last = groups.at(-1);
    if (last && priority !== null && last.priority === priority) last.names.push(name);
    else groups.push({ priority, names: [name] });
  }
  return groups.map((group) => group.names);
}

function place(provider: string, role: Role, input: DecisionInput): Place {
  const config = input.registry.providers.find(({ name }) => name === provider) ?? null;
  const target = input.intent.preferred.find((preferred) => preferred.provider === provider);
  const sameApi = config && (role === 'forced' || role === 'override') ? modelAtSameApi(config, input) : null;
  return { provider, config, model: target?.model ?? sameApi ?? config?.model ?? null, role };
}

/** Who forces one entry of an API and names a model of that API means both; another vendor's model means nothing there. */
function modelAtSameApi(config: ProviderConfig, { registry, intent }: DecisionInput): string | null {
  if (apiFacts(config.adapter) === null) return null;
  const target = intent.preferred.find(({ provider }) => {
    return registry.providers.some(({ name, adapter }) => name === provider && adapter === config.adapter);
  });
  return target?.model ?? null;
}
