import type { ChatRequest, JsonObject } from './types.ts';

/** What the model at the other end takes, as far as writing a request for it needs to know. */
export interface RenderTarget {
  /** Who is asked, for the words in `adjusted`. */
  provider: string;
  /** Upstream model id. */
  model: string;
  /** Request fields the model refuses, by OpenAI's names (`stop` stands for `stop_sequences` too). */
  refusedParameters: readonly string[];
  thinking: 'none' | 'enabled' | 'adaptive' | 'reasoning_effort' | 'always';
  /** Tokens, inclusive; null where the API takes no explicit budget. */
  thinkingBudgetRange: readonly [number, number] | null;
  /** False where `thinking: disabled` is refused. */
  thinkingCanBeDisabled: boolean;
  /** True where a sampling temperature is refused as long as the model thinks. */
  temperatureExcludesThinking: boolean;
  /** True where `temperature` and `top_p` may not come together. */
  oneSamplingParameter: boolean;
  jsonSchema: boolean;
  maximumOutputTokens: number | null;
  /** Tokens; null where there is no limit on the number of stop sequences. */
  maximumStops: number | null;
  maximumTemperature: number;
  /** OpenAI's dialect only: how the output limit is called. */
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** OpenAI's dialect only: the message fields in which earlier reasoning is sent back; empty where it is refused. */
  reasoningFields: readonly ('reasoning' | 'reasoning_content')[];
  /** OpenAI's dialect only: whether the server knows fields beyond OpenAI's own, such as `top_k`. */
  extendedSampling: boolean;
  /** Whether the target goes on with an assistant message that ends the conversation. */
  prefill: boolean;
}

/** A request in a provider's dialect. */
export interface RenderedRequest {
  body: JsonObject;
  /** What was left out or translated because the target would have rejected it, in words; for the record. */
  adjusted: string[];
}

/** A request fitted to its target, still in the engine's own form. */
export interface FittedRequest {
  request: ChatRequest;
  adjusted: string[];
}

/** Thrown when a request holds something that the target's dialect has no words for, so that it must not be sent. */
export class Untranslatable extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'Untranslatable';
  }
}
