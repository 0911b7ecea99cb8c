import { bearer } from './adapter.ts';
import type { Adapter } from './adapter.ts';

/**
 * vLLM and every other server of OpenAI's dialect. Earlier reasoning is sent back under both names, since vLLM renamed
 * the field and ignores the one it does not know (https://docs.vllm.ai, reasoning outputs).
 */
export const vllmAdapter: Adapter = {
  dialect: 'openai',
  chatPath: '/chat/completions',
  authentication: bearer,
  usageRules: { reasoningOnTop: false },
  writing: {
    maximumStops: null,
    maximumTemperature: 2,
    maxTokensField: 'max_tokens',
    reasoningFields: ['reasoning', 'reasoning_content'],
    extendedSampling: true,
  },
};
