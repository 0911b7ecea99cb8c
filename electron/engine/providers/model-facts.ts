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
  /** The effort words that the model knows, from the least to the most; null where any may be sent. */
  effortWords: readonly string[] | null;
  /** True where tools are refused unless the effort is `none`. */
  noEffortWithTools: boolean;
}

/** What holds where nothing more is known: the plain OpenAI dialect of a self-hosted server. */
const PLAIN: ModelFacts = {
  dialect: 'openai',
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
  effortWords: null,
  noEffortWithTools: false,
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
 * https://platform.claude.com/docs/en/about-claude/models/migration-guide; windows, output limits and who always thinks
 * https://platform.claude.com/docs/en/about-claude/models/overview; JSON schema from Opus 4.1 and the 4.5 models on
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs; effort words
 * https://platform.claude.com/docs/en/build-with-claude/effort, `xhigh` from 4.7 on
 * (https://openrouter.ai/docs/guides/evaluate-and-optimize/model-migrations/claude-4-7).
 *
 * Fable, Mythos and Opus 5.5 always think. Sonnet 5.5 is said to have another word for off
 * (https://docs.apiyi.com/en/live/2026-11/claude-thinking-guide-refresh), so `disabled` is not risked.
 */
function claudeFacts(name: string): ModelFacts {
  const version = claudeVersion(name) ?? 500;
  const adaptive = version >= 406;
  const thinks = version >= 400 || version === 307;
  return {
    ...PLAIN,
    dialect: 'anthropic',
    images: version >= 300,
    jsonSchema: version >= 405 || (version === 401 && name.includes('opus')),
    thinking: adaptive ? 'adaptive' : thinks ? 'enabled' : 'none',
    thinkingBudgetRange: thinks && !adaptive ? [1024, claudeOutput(name, version) - 1] : null,
    prefill: version < 406,
    contextWindow: adaptive ? 1_000_000 : 200_000,
    maximumOutputTokens: claudeOutput(name, version),
    refusedParameters: version >= 407 ? ['temperature', 'top_p', 'top_k'] : [],
    strengths: ['reasoning', 'writing', 'tool_use', 'following_instructions'],
    thinkingCanBeDisabled: !/fable|mythos/.test(name) && !(version >= 505 && /opus|sonnet/.test(name)),
    temperatureExcludesThinking: thinks,
    oneSamplingParameter: version >= 401,
    effortWords: version === 406 ? ['low', 'medium', 'high', 'max'] : null,
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
 * models refuse sampling parameters and call their limit `max_completion_tokens`; `gpt-5-chat` does not reason and takes
 * them, its successors are not known to. Windows above 400,000 tokens (5.4 and later) are not claimed: the registry can.
 */
function openAiFacts(name: string): ModelFacts {
  const base: ModelFacts = { ...PLAIN, images: true, strengths: ['general', 'code'] };
  if (name.includes('embedding')) return { ...PLAIN, chat: false, embeddings: true };
  if (isOpenAiReasoning(name)) {
    const series = name.startsWith('o');
    const version = gptVersion(name);
    return {
      ...base,
      thinking: 'reasoning_effort',
      contextWindow: series ? 200_000 : 400_000,
      maximumOutputTokens: series ? 100_000 : 128_000,
      refusedParameters: ['temperature', 'top_p', 'stop', 'presence_penalty', 'frequency_penalty'],
      effortWords: openAiEffortWords(name, version),
      noEffortWithTools: version >= 502 && !name.includes('-pro'),
    };
  }
  if (name.startsWith('gpt-4.1')) return { ...base, contextWindow: 1_047_576, maximumOutputTokens: 32_768 };
  if (/^gpt-\d+\.\d+-chat/.test(name) && gptVersion(name) >= 502)
    return { ...base, maximumOutputTokens: 16_384, refusedParameters: ['temperature', 'top_p'] };
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

/** Version of a GPT model as `major * 100 + minor`, so that 5.6 compares as 506; 0 for names without one. */
function gptVersion(name: string): number {
  const [, major, minor] = /^gpt-(\d+)(?:\.(\d+))?/.exec(name) ?? [];
  return major === undefined ? 0 : Number(major) * 100 + Number(minor ?? 0);
}

/**
 * Source: the notes on the parameter at https://learn.microsoft.com/en-us/javascript/api/@azure/ai-projects/reasoningeffort:
 * `none` from 5.1 on, in place of `minimal`, `xhigh` after 5.1; the first `pro` knows only `high`. OpenAI's SDK 7.55 also
 * has `max` without saying which models know it, so it is not sent.
 *
 * From 5.2 on chat completions refuse function tools beside an effort, from 5.6 on even where none is asked for; `none`
 * is accepted by all of them (https://github.com/openai/openai-openapi/issues/541,
 * https://github.com/BerriAI/litellm/pull/34569).
 */
function openAiEffortWords(name: string, version: number): readonly string[] {
  if (name.startsWith('gpt-5-pro')) return ['high'];
  if (version === 0) return ['low', 'medium', 'high'];
  if (version < 501) return ['minimal', 'low', 'medium', 'high'];
  return version === 501 ? ['none', 'low', 'medium', 'high'] : ['none', 'low', 'medium', 'high', 'xhigh'];
}

/**
 * Sources: https://platform.kimi.ai/docs/api/models-overview, and for K2.7 and K3
 * https://java.agentscope.io/v2/en/integration/model/kimi and https://docs.evolink.ai (kimi-k3). K2.5 and K2.6 think unless
 * `thinking: {type: "disabled"}` is sent; `kimi-k2-thinking` and K2.7 always think; K3 always thinks and takes
 * `reasoning_effort` low, high or max. From K2.5 on the sampling parameters are fixed.
 */
function moonshotFacts(name: string): ModelFacts {
  const base: ModelFacts = { ...PLAIN, strengths: ['agentic_workflows', 'long_context', 'tool_orchestration'] };
  const line = /^kimi-k(\d+(?:\.\d+)?)/.exec(name)?.[1];
  if (line !== undefined && Number(line) >= 2.5) {
    const graded = Number(line) >= 3;
    return {
      ...base,
      images: true,
      thinking: graded ? 'reasoning_effort' : 'always',
      thinkingCanBeDisabled: Number(line) < 2.7,
      contextWindow: graded ? 1_048_576 : 262_144,
      refusedParameters: ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'],
      effortWords: graded ? ['low', 'high', 'max'] : null,
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
 * `stop`) and https://docs.x.ai/docs/models (windows; the smallest where none is known). Effort, as others report it:
 * `grok-3-mini` low and high, 4.5 and later never none (https://github.com/anomalyco/opencode/issues/39448); 4.3 also none
 * and medium, 4.20 refuses it (https://github.com/vercel/ai/releases, `@ai-sdk/xai` 3.0.97 and 4.0.8); so do 4, 4.1 and
 * the code models.
 */
function grokFacts(name: string): ModelFacts {
  const reasons = !name.includes('non-reasoning') && /grok-3-mini|grok-[4-9]|grok-code|grok-build|reasoning/.test(name);
  const effortWords = grokEffortWords(name);
  return {
    ...PLAIN,
    images: /grok-[4-9]|vision/.test(name),
    thinking: effortWords ? 'reasoning_effort' : reasons ? 'always' : 'none',
    thinkingCanBeDisabled: false,
    contextWindow: grokWindow(name),
    refusedParameters: reasons ? ['presence_penalty', 'frequency_penalty', 'stop'] : [],
    strengths: ['reasoning', 'fast'],
    effortWords,
  };
}

function grokEffortWords(name: string): readonly string[] | null {
  if (name.includes('non-reasoning')) return null;
  if (name.includes('grok-3-mini')) return ['low', 'high'];
  if (/grok-4[.-]3(?!\d)/.test(name)) return ['none', 'low', 'medium', 'high'];
  return /grok-(?:4[.-][5-9](?!\d)|[5-9])/.test(name) ? ['low', 'medium', 'high'] : null;
}

function grokWindow(name: string): number {
  if (/grok-4.*fast|grok-4[.-]20/.test(name)) return 2_000_000;
  if (/grok-4[.-]3(?!\d)/.test(name)) return 1_000_000;
  return name.includes('grok-3') ? 131_072 : 256_000;
}

/**
 * vLLM continues a last assistant message with `continue_final_message` (https://docs.vllm.ai, OpenAI-compatible server).
 * Whether a server makes embeddings cannot be told from a model's name: it is asked, and says no without being harmed.
 */
function selfHostedFacts(adapter: AdapterKind, name: string): ModelFacts {
  const thinks = /thinking|reasoner|deepseek-r1|qwq|kimi-k2\.[5-9]/.test(name);
  return {
    ...PLAIN,
    images: /vision|-vl|kimi-k2\.[5-9]|llava|pixtral/.test(name),
    embeddings: true,
    // The common families of open embedding models; a server runs one model, so these do nothing else.
    chat: !/embed|(?:^|\/)(?:bge|e5|gte)-/.test(name),
    prefill: adapter === 'vllm',
    thinking: thinks ? 'always' : 'none',
    thinkingCanBeDisabled: false,
    contextWindow: name.includes('kimi-k2') ? 262_144 : 128_000,
  };
}
