import { bearer } from './adapter.ts';
import type { Adapter } from './adapter.ts';

/**
 * vLLM. Earlier reasoning is sent back under both names, since vLLM renamed the field and ignores the one it does not know
 * (https://docs.vllm.ai, reasoning outputs). Its whole messages say `reasoning` and `tool_calls` always, as
 * `ChatMessage` of its server has them.
 */
export const vllmAdapter: Adapter = {
  dialect: 'openai',
  chatPath: '/chat/completions',
  embeddingsPath: '/embeddings',
  authentication: bearer,
  usageRules: { reasoningOnTop: false },
  collectsStreams: true,
  emptyMessage: { reasoning: null, tool_calls: [] },
  writing: {
    maximumStops: null,
    maximumTemperature: 2,
    maxTokensField: 'max_tokens',
    reasoningFields: ['reasoning', 'reasoning_content'],
    extendedSampling: true,
  },
};

/** Every other server of OpenAI's dialect. */
export const openAiCompatibleAdapter: Adapter = { ...vllmAdapter, emptyMessage: {} };
