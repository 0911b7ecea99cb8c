import type { RenderTarget } from '../../dialects/render-target.ts';
import type { Dialect, JsonObject } from '../../dialects/types.ts';
import type { UsageRules } from '../../dialects/usage.ts';

/** What is particular to one kind of API, beyond the facts of its models. */
export interface Adapter {
  dialect: Dialect;
  /** Appended to the base URL. */
  chatPath: string;
  /** Appended to the base URL; null where the API has no embeddings. */
  embeddingsPath: string | null;
  /** Headers that carry the key; empty where none is needed. */
  authentication(key: string | null): Record<string, string>;
  usageRules: UsageRules;
  /**
   * Whole answers are asked for as streams and put together here, so that silence shows and a broken answer is known as
   * one. False where a stream may be refused although a whole answer is given.
   */
  collectsStreams: boolean;
  /** What the messages of whole answers hold even where they are empty, and streams leave out. */
  emptyMessage: JsonObject;
  writing: Pick<
    RenderTarget,
    'maximumStops' | 'maximumTemperature' | 'maxTokensField' | 'reasoningFields' | 'extendedSampling'
  >;
}

/** The key as a bearer token, as every API of OpenAI's dialect takes it. */
export function bearer(key: string | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` };
}
