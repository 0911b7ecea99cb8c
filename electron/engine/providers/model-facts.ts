import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { Capabilities } from './types.ts';

/** A model's capabilities, and what only the writing of its requests needs to know. */
export interface ModelFacts extends Capabilities {
  /** False where `thinking: disabled` is refused. */
  thinkingCanBeDisabled: boolean;
  /** True where a temperature is refused as long as the model thinks. */
  temperatureExcludesThinking: boolean;
  /** True where `temperature` and `top_p` may not come together. */
  oneSamplingParameter: boolean;
}

/** What holds where nothing more is known: the plain OpenAI dialect of a self-hosted server. */
const PLAIN: ModelFacts = {
  tools: true,
  images: false,
  jsonSchema: true,
  thinking: 'none',
  thinkingBudgetRange: null,
  prefill: false,
  contextWindow: 128_000,
  maximumOutputTokens: null,
  refusedParameters: [],
  embeddings: false,
  strengths: [],
  thinkingCanBeDisabled: true,
  temperatureExcludesThinking: false,
  oneSamplingParameter: false,
};

/** The facts of one model at one kind of API. An unknown model gets the facts of its vendor's newest generation. */
export function modelFacts(adapter: AdapterKind, model: string | null): ModelFacts {
  const name = (model ?? '').toLowerCase();
  switch (adapter) {
    case 'anthropic':
      return claudeFacts(name);
    case 'openai':
      return openAiFacts(name);
    case 'moonshot':
      return moonshotFacts(name);
    case 'xai':
      return grokFacts(name);
    case 'vllm':
    case 'openai-compatible':
      return selfHostedFacts(adapter, name);
  }
}

/**
 * Version of a Claude model as `major * 100 + minor`, so that 4.7 compares as 407; null for names without one. Ids put
 * the numbers after the family (`claude-opus-4-7`) or before it (`claude-3-5-sonnet-20241022`); an eight-digit date is
 * no version.
 */
export function claudeVersion(name: string): number | null {
  const numbers = name.split(/[^0-9a-z]+/).filter((token) => /^\d{1,2}$/.test(token));
  const [major, minor] = numbers;
  return major === undefined ? null : Number(major) * 100 + Number(minor ?? 0);
}

/**
 * Sources: thinking kinds https://platform.claude.com/docs/en/build-with-claude/extended-thinking (4.5 and older only
 * `enabled`, 4.6 both, 4.7 and later refuse it); sampling parameters refused from 4.7 on, prefill refused from 4.6 on
 * https://platform.claude.com/docs/en/about-claude/models/migration-guide; windows and output limits
 * https://platform.claude.com/docs/en/about-claude/models/overview; JSON schema from Opus 4.1 and the 4.5 models on
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs.
 */
function claudeFacts(name: string): ModelFacts {
  const version = claudeVersion(name) ?? 500;
  const adaptive = version >= 406;
  const thinks = version >= 400 || version === 307;
  return {
    ...PLAIN,
    images: version >= 300,
    jsonSchema: version >= 405 || (version === 401 && name.includes('opus')),
    thinking: adaptive ? 'adaptive' : thinks ? 'enabled' : 'none',
    thinkingBudgetRange: thinks && !adaptive ? [1024, claudeOutput(name, version) - 1] : null,
    prefill: version < 406,
    contextWindow: adaptive ? 1_000_000 : 200_000,
    maximumOutputTokens: claudeOutput(name, version),
    refusedParameters: version >= 407 ? ['temperature', 'top_p', 'top_k'] : [],
    strengths: ['reasoning', 'writing', 'tool_use', 'following_instructions'],
    thinkingCanBeDisabled: !/fable|mythos/.test(name),
    temperatureExcludesThinking: thinks,
    oneSamplingParameter: version >= 401,
  };
}

function claudeOutput(name: string, version: number): number {
  if (version >= 407) return 128_000;
  if (version === 406) return name.includes('opus') ? 128_000 : 64_000;
  if (version >= 400) return name.includes('opus') && version < 405 ? 32_000 : 64_000;
  if (version === 307) return 64_000;
  return version === 305 ? 8192 : 4096;
}

/**
 * Sources: https://platform.openai.com/docs/models and https://platform.openai.com/docs/guides/reasoning: reasoning
 * models refuse sampling parameters and call their limit `max_completion_tokens`; `gpt-5-chat` does not reason.
 */
function openAiFacts(name: string): ModelFacts {
  const base: ModelFacts = { ...PLAIN, images: true, embeddings: true, strengths: ['general', 'code'] };
  if (isOpenAiReasoning(name)) {
    const series = name.startsWith('o');
    return {
      ...base,
      thinking: 'reasoning_effort',
      contextWindow: series ? 200_000 : 400_000,
      maximumOutputTokens: series ? 100_000 : 128_000,
      refusedParameters: ['temperature', 'top_p', 'stop', 'presence_penalty', 'frequency_penalty'],
    };
  }
  if (name.startsWith('gpt-4.1')) return { ...base, contextWindow: 1_047_576, maximumOutputTokens: 32_768 };
  if (name.startsWith('gpt-4o') || name.startsWith('gpt-5')) return { ...base, maximumOutputTokens: 16_384 };
  if (name.startsWith('gpt-4-turbo')) return { ...base, jsonSchema: false, maximumOutputTokens: 4096 };
  if (name.startsWith('gpt-4'))
    return { ...base, images: false, jsonSchema: false, contextWindow: 8192, maximumOutputTokens: 8192 };
  if (name.startsWith('gpt-3.5'))
    return { ...base, images: false, jsonSchema: false, contextWindow: 16_385, maximumOutputTokens: 4096 };
  return base;
}

function isOpenAiReasoning(name: string): boolean {
  if (/^o\d/.test(name)) return true;
  const generation = /^gpt-(\d+)/.exec(name)?.[1];
  return generation !== undefined && Number(generation) >= 5 && !name.includes('-chat');
}

/**
 * Sources: https://platform.moonshot.ai/docs/introduction and its chat reference. The K2.5 line and later think unless
 * `thinking: {type: "disabled"}` is sent and fix their sampling parameters; `kimi-k2-thinking` always thinks.
 */
function moonshotFacts(name: string): ModelFacts {
  const base: ModelFacts = { ...PLAIN, strengths: ['agentic_workflows', 'long_context', 'tool_orchestration'] };
  const line = /^kimi-k(\d+(?:\.\d+)?)/.exec(name)?.[1];
  if (line !== undefined && Number(line) >= 2.5) {
    return {
      ...base,
      images: true,
      thinking: 'always',
      contextWindow: 262_144,
      refusedParameters: ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'],
    };
  }
  if (name.includes('thinking'))
    return { ...base, thinking: 'always', thinkingCanBeDisabled: false, contextWindow: 262_144 };
  if (line !== undefined) return { ...base, contextWindow: name.includes('0711') ? 131_072 : 262_144 };
  const window = /(\d+)k/.exec(name.replace('moonshot-v1', ''))?.[1];
  return window === undefined
    ? base
    : { ...base, images: name.includes('vision'), contextWindow: Number(window) * 1024 };
}

/**
 * Sources: https://docs.x.ai/docs/guides/reasoning (reasoning models take no `presence_penalty`, `frequency_penalty`,
 * `stop`; only the mini models take `reasoning_effort`) and https://docs.x.ai/docs/models.
 */
function grokFacts(name: string): ModelFacts {
  const reasons = !name.includes('non-reasoning') && /grok-3-mini|grok-4|grok-code|reasoning/.test(name);
  const takesEffort = name.includes('grok-3-mini');
  return {
    ...PLAIN,
    images: name.includes('grok-4') || name.includes('vision'),
    thinking: takesEffort ? 'reasoning_effort' : reasons ? 'always' : 'none',
    thinkingCanBeDisabled: false,
    contextWindow:
      name.includes('fast') && name.includes('grok-4') ? 2_000_000 : name.includes('grok-3') ? 131_072 : 256_000,
    refusedParameters: reasons ? ['presence_penalty', 'frequency_penalty', 'stop'] : [],
    strengths: ['reasoning', 'fast'],
  };
}

/** vLLM continues a last assistant message with `continue_final_message` (https://docs.vllm.ai, OpenAI-compatible server). */
function selfHostedFacts(adapter: AdapterKind, name: string): ModelFacts {
  const thinks = /thinking|reasoner|deepseek-r1|qwq|kimi-k2\.[5-9]/.test(name);
  return {
    ...PLAIN,
    images: /vision|-vl|kimi-k2\.[5-9]|llava|pixtral/.test(name),
    embeddings: true,
    prefill: adapter === 'vllm',
    thinking: thinks ? 'always' : 'none',
    thinkingCanBeDisabled: false,
    contextWindow: name.includes('kimi-k2') ? 262_144 : 128_000,
  };
}
