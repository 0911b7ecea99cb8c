import { bearer } from './adapter.ts';
import type { Adapter } from './adapter.ts';

/** OpenAI: https://platform.openai.com/docs/api-reference/chat (`stop` takes up to four sequences). */
export const openAiAdapter: Adapter = {
  dialect: 'openai',
  chatPath: '/chat/completions',
  authentication: bearer,
  usageRules: { reasoningOnTop: false },
  writing: {
    maximumStops: 4,
    maximumTemperature: 2,
    maxTokensField: 'max_completion_tokens',
    reasoningFields: [],
    extendedSampling: false,
  },
};
