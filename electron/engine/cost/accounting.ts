import type { Rates } from '../../../shared/domain/pricing.ts';
import type { Usage } from '../../../shared/domain/request.ts';
import { roundMicroUsd, soundUsage } from '../../../shared/domain/pricing.ts';
import { adapterOfModelName } from '../registry/model-names.ts';
import type { ProviderConfig, Registry } from '../registry/types.ts';
import { cacheSavingsMicroUsd } from './compute-cost.ts';
import { listPriceUsd, listRates } from './list-price.ts';
import { publishedModel } from './published-model.ts';

const MICRO = 1_000_000;

/** Tokens used by one provider, as the store sees them. */
export interface TokenUse {
  provider: string;
  model: string;
  usage: Usage;
  /** Epoch milliseconds. */
  at: number;
}

/** What the cache saved on one use of tokens, in whole micro-dollars; 0 for a provider that the registry no longer has. */
export function cacheSavingsOf({ provider, model, usage, at }: TokenUse, registry: Registry): number {
  const config = registry.providers.find(({ name }) => name === provider);
  if (!config) return 0;
  const { adapter, deployment, pricing } = config;
  return cacheSavingsMicroUsd(model, usage, { adapter, deployment, pricing, at });
}

/**
 * Whole micro-dollars by which a use of tokens was cheaper than at the public list price of its own model, negative where
 * it was dearer; null when no list price is known. A server of one's own is held against the API that its model's vendor
 * sells.
 */
export function listSavingsOf(
  { provider, model, usage, at }: TokenUse,
  costUsd: number,
  registry: Registry,
): number | null {
  const config = registry.providers.find(({ name }) => name === provider);
  // Billed at the list price already.
  if (config?.deployment === 'api' && config.pricing === null) return 0;
  const published = publishedModel(config?.deployment === 'api' ? config.adapter : null, model);
  const listUsd = published && listPriceUsd(published.adapter, published.model, soundUsage(usage), at);
  return listUsd === null ? null : roundMicroUsd(listUsd * MICRO) - roundMicroUsd(costUsd * MICRO);
}

/** What is told of a use of tokens beside its cost, by the registry that holds when it is asked. */
export function savingsBy(registry: () => Registry) {
  return {
    cache: (use: Omit<TokenUse, 'at'>, at: number) => cacheSavingsOf({ ...use, at }, registry()),
    list: (use: Omit<TokenUse, 'at'> & { cost_usd: number }, at: number) =>
      listSavingsOf({ ...use, at }, use.cost_usd, registry()),
  };
}

/**
 * The rates by which "all of it on this model" is reckoned: the registry's own for an entry of that name or upstream id,
 * else the list price of the vendor that its prefix names, as of `at`. Null when nobody knows a price.
 */
export function referenceRates(model: string, registry: Registry, at: number): Rates | null {
  const entry = registry.providers.find((provider) => provider.name === model || provider.model === model);
  if (entry?.pricing) return entry.pricing;
  const adapter = entry?.adapter ?? adapterOfModelName(model);
  return adapter === null ? null : listRates(adapter, entry?.model ?? model, at);
}

/**
 * What "all of it on a paid API" means where nobody names a model: the first paid API of the fallback chain with a known
 * price, which is where the traffic would go without the self-hosted primary; the policy's default model where the chain has
 * none.
 */
export function defaultReferenceModel(registry: Registry, at: number): string {
  const { providers, routing, policy } = registry;
  const paid = routing.fallbackChain
    .map((name) => providers.find((provider) => provider.name === name))
    .flatMap((provider) =>
      provider?.enabled && provider.deployment === 'api' ? [provider.model ?? provider.name] : [],
    )
    .find((model) => referenceRates(model, registry, at) !== null);
  return paid ?? policy.defaultModel;
}

/** The self-hosted providers whose hours cost money, with USD per hour. */
export function infrastructureOf(registry: Registry): { provider: string; usdPerHour: number }[] {
  return registry.providers.filter(runsHere).map(({ name, infrastructureUsdPerHour }) => ({
    provider: name,
    usdPerHour: infrastructureUsdPerHour ?? 0,
  }));
}

function runsHere({ deployment, enabled, infrastructureUsdPerHour }: ProviderConfig): boolean {
  return deployment === 'self-hosted' && enabled && infrastructureUsdPerHour !== null;
}
