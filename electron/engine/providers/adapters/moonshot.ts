import { bearer } from './adapter.ts';
import type { Adapter } from './adapter.ts';

/** Moonshot: https://platform.moonshot.ai/docs/api/chat; reasoning must come back with tool calls, temperature ends at 1. */
export const moonshotAdapter: Adapter = {
  dialect: 'openai',
  chatPath: '/chat/completions',
  embeddingsPath: null,
  authentication: bearer,
  usageRules: { reasoningOnTop: false },
  collectsStreams: true,
  emptyMessage: {},
  writing: {
    maximumStops: 5,
    maximumTemperature: 1,
    maxTokensField: 'max_tokens',
    reasoningFields: ['reasoning_content'],
    extendedSampling: false,
  },
};
