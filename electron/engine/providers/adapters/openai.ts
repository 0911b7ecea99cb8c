import { bearer } from './adapter.ts';
import type { Adapter } from './adapter.ts';

/**
 * OpenAI: https://platform.openai.com/docs/api-reference/chat (`stop` takes up to four sequences). Some models are streamed
 * only to verified organisations and answer whole to all
 * (https://help.openai.com/en/articles/10910291-api-organization-verification; others get 400 `unsupported_value` for
 * `stream`), so that whole answers are asked for whole.
 */
export const openAiAdapter: Adapter = {
  dialect: 'openai',
  chatPath: '/chat/completions',
  embeddingsPath: '/embeddings',
  authentication: bearer,
  usageRules: { reasoningOnTop: false },
  collectsStreams: false,
  emptyMessage: {},
  writing: {
    maximumStops: 4,
    maximumTemperature: 2,
    maxTokensField: 'max_completion_tokens',
    reasoningFields: [],
    extendedSampling: false,
  },
};
