import { ADAPTER_KINDS } from '../../../shared/domain/provider.ts';
import type { AdapterKind } from '../../../shared/domain/provider.ts';
import { apiFacts, PROVIDER_CLASSES } from './defaults.ts';

/** What `adapter` and `provider_class` of an entry say, before or after validation. */
export interface AdapterChoice {
  adapter?: unknown;
  provider_class?: unknown;
}

/** The adapter of an entry: its own word, else its class's, else vLLM, as entries with a bare endpoint mean. */
export function adapterOf(entry: AdapterChoice): AdapterKind {
  return asAdapter(entry.adapter) ?? adapterOfClass(entry.provider_class) ?? 'vllm';
}

/** The adapter that a `provider_class` stands for; null when it is none. */
export function adapterOfClass(providerClass: unknown): AdapterKind | null {
  if (typeof providerClass !== 'string') return null;
  if (Object.hasOwn(PROVIDER_CLASSES, providerClass)) {
    return PROVIDER_CLASSES[providerClass as keyof typeof PROVIDER_CLASSES].adapter;
  }
  return asAdapter(providerClass);
}

function asAdapter(value: unknown): AdapterKind | null {
  return ADAPTER_KINDS.find((kind) => kind === value) ?? null;
}

/** The model of an entry that names none: its class's, else its API's cheap one; null for servers of one's own. */
export function defaultModelOf(entry: AdapterChoice): string | null {
  const { provider_class: providerClass } = entry;
  if (typeof providerClass === 'string' && Object.hasOwn(PROVIDER_CLASSES, providerClass)) {
    const known = PROVIDER_CLASSES[providerClass as keyof typeof PROVIDER_CLASSES];
    if (known.adapter === adapterOf(entry)) return known.defaultModel;
  }
  return apiFacts(adapterOf(entry))?.defaultModel ?? null;
}
