import { bearer } from './adapter.ts';
import type { Adapter } from './adapter.ts';

/** xAI: https://docs.x.ai/docs/api-reference; reasoning tokens are counted on top of completion tokens. */
export const xaiAdapter: Adapter = {
  dialect: 'openai',
  chatPath: '/chat/completions',
  embeddingsPath: null,
  authentication: bearer,
  usageRules: { reasoningOnTop: true },
  collectsStreams: true,
  emptyMessage: {},
  writing: {
    maximumStops: 4,
    maximumTemperature: 2,
    maxTokensField: 'max_completion_tokens',
    reasoningFields: [],
    extendedSampling: false,
  },
};
