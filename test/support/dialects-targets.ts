import type { RenderTarget } from '../../electron/engine/dialects/render-target.ts';

/** A target that takes everything, so that a round trip shows what the dialects themselves lose. */
export function openTarget(overrides: Partial<RenderTarget> = {}): RenderTarget {
  return {
    provider: 'target',
    model: 'target-model',
    refusedParameters: [],
    thinking: 'none',
    thinkingBudgetRange: null,
    thinkingCanBeDisabled: true,
    temperatureExcludesThinking: false,
    oneSamplingParameter: false,
    jsonSchema: true,
    maximumOutputTokens: null,
    maximumStops: null,
    maximumTemperature: 2,
    maxTokensField: 'max_tokens',
    reasoningFields: ['reasoning_content'],
    extendedSampling: true,
    prefill: true,
    ...overrides,
  };
}
