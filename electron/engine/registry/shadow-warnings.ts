import type { RegistryFile } from './schema.ts';
import type { Registry } from './types.ts';
import type { PriceKnown } from './unpriced-budgets.ts';

/** Why a shadow that is switched on would send nothing, each with the way out. */
export function shadowWarnings(
  file: RegistryFile,
  { providers, experiments }: Pick<Registry, 'providers' | 'experiments'>,
  priceKnown: PriceKnown | undefined,
): { path: string[]; message: string }[] {
  const path = ['experiments', 'shadow'];
  if (file.experiments?.shadow?.enabled !== true) return [];
  const { shadow } = experiments;
  if (!shadow) return [{ path, message: 'it names no provider, so nothing is sent; add provider' }];
  const config = providers.find(({ name }) => name === shadow.provider);
  if (!config?.enabled) {
    const why = config ? 'is switched off' : 'has no key';
    return [{ path: [...path, 'provider'], message: `${shadow.provider} ${why}, so nothing is sent to it` }];
  }
  const model = shadow.model ?? config.model;
  if (model === null || !priceKnown || priceKnown(config, model)) return [];
  return [
    {
      path: [...path, 'provider'],
      message: `no price is known for ${model}, so nothing is sent to it; set models.${config.name}.pricing`,
    },
  ];
}
