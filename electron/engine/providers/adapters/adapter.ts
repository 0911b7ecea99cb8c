import type { RenderTarget } from '../../dialects/render-target.ts';
import type { Dialect } from '../../dialects/types.ts';
import type { UsageRules } from '../../dialects/usage.ts';

/** What is particular to one kind of API, beyond the facts of its models. */
export interface Adapter {
  dialect: Dialect;
  /** Appended to the base URL. */
  chatPath: string;
  /** Headers that carry the key; empty where none is needed. */
  authentication(key: string | null): Record<string, string>;
  usageRules: UsageRules;
  writing: Pick<
    RenderTarget,
    'maximumStops' | 'maximumTemperature' | 'maxTokensField' | 'reasoningFields' | 'extendedSampling'
  >;
}

/** The key as a bearer token, as every API of OpenAI's dialect takes it. */
export function bearer(key: string | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` };
}
