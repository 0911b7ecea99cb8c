import type { ProviderConfig, Registry } from './types.ts';

/** Whether a model of a provider has a price, be it the registry's or a published one. */
export type PriceKnown = (config: ProviderConfig, model: string) => boolean;

/**
 * The spending limits that cannot hold as no price is known for the provider's own model, each with what follows and the
 * way out. Without a price list nothing is told.
 */
export function unpricedBudgets(
  { providers, policy }: Pick<Registry, 'providers' | 'policy'>,
  priceKnown: PriceKnown | undefined,
): { path: string[]; message: string }[] {
  if (!priceKnown) return [];
  return providers
    .filter(({ enabled, limits }) => enabled && limits.usd_per_day !== undefined)
    .flatMap((config) => {
      const { name, model } = config;
      if (model === null || priceKnown(config, model)) return [];
      const refuses = policy.budgets.unknownPrice === 'refuse';
      const effect = refuses ? 'its requests are refused' : 'its requests pass it unpriced';
      return [
        {
          path: ['models', name, 'limits', 'usd_per_day'],
          message: `no price is known for ${model}, so ${effect}; set models.${name}.pricing`,
        },
      ];
    });
}
