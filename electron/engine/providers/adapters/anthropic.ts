import type { Adapter } from './adapter.ts';

/**
 * API version 2026-10-21 refuses `temperature`, `top_p` and `top_k` for every model; 2023-06-01 goes on taking them where
 * the model does (https://platform.claude.com/docs/en/api/versioning).
 */
const API_VERSION = '2023-06-01';

/** Anthropic: https://platform.claude.com/docs/en/api/messages; its base URL comes without `/v1`, as its SDK has it. */
export const anthropicAdapter: Adapter = {
  dialect: 'anthropic',
  chatPath: '/v1/messages',
  embeddingsPath: null,
  authentication: (key): Record<string, string> => ({
    'anthropic-version': API_VERSION,
    ...(key === null ? {} : { 'x-api-key': key }),
  }),
  usageRules: { reasoningOnTop: false },
  collectsStreams: true,
  emptyMessage: {},
  writing: {
    maximumStops: null,
    maximumTemperature: 1,
    maxTokensField: 'max_tokens',
    reasoningFields: [],
    extendedSampling: true,
  },
};
