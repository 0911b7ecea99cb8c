import { MINIMUM_THINKING_BUDGET } from '../dialects/fit-thinking.ts';
import { listOf, objectOf, textOf } from '../dialects/json.ts';
import type { RenderedRequest } from '../dialects/render-target.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { ModelFacts } from './model-facts.ts';
import type { EffortParameters } from './types.ts';

/** Thinking begins above this effort. */
const THINKING_ABOVE = 0.4;
/** Most of the output limit that a thinking budget may take, so that room is left for the answer. */
const THINKING_SHARE = 0.75;

/**
 * Parameters for an effort of 0 to 1 (values outside are clamped): temperature 0.3 + 0.6 × effort; an output limit of
 * 2,048 tokens below 0.3, 4,096 below 0.6, 8,192 above; thinking in the one form that the model takes, a budget inside
 * its range, at least 1,024 and less than the output limit. Temperature is left out where the model refuses it, or
 * refuses it while it thinks.
 */
export function effortToParameters(effort: number, facts: ModelFacts): EffortParameters {
  const level = Math.min(1, Math.max(0, effort));
  const maxTokens = Math.min(outputLimit(level), facts.maximumOutputTokens ?? Number.POSITIVE_INFINITY);
  const thinking = thinkingFor(level, maxTokens, facts);
  const takesTemperature =
    !facts.refusedParameters.includes('temperature') && !(thinking && facts.temperatureExcludesThinking);
  return {
    temperature: takesTemperature ? Math.round((0.3 + 0.6 * level) * 1000) / 1000 : null,
    maxTokens,
    thinking,
    reasoningEffort: facts.thinking === 'adaptive' || facts.thinking === 'reasoning_effort' ? effortWord(level) : null,
  };
}

function outputLimit(effort: number): number {
  if (effort < 0.3) return 2048;
  return effort < 0.6 ? 4096 : 8192;
}

function effortWord(effort: number): 'low' | 'medium' | 'high' {
  if (effort < 0.3) return 'low';
  return effort < 0.6 ? 'medium' : 'high';
}

function thinkingFor(effort: number, maxTokens: number, facts: ModelFacts): EffortParameters['thinking'] {
  if (effort <= THINKING_ABOVE) return null;
  if (facts.thinking === 'adaptive') return { type: 'adaptive' };
  if (facts.thinking !== 'enabled') return null;
  const [low, high] = facts.thinkingBudgetRange ?? [MINIMUM_THINKING_BUDGET, maxTokens - 1];
  const wanted = Math.floor(maxTokens * THINKING_SHARE * effort);
  const budgetTokens = Math.min(Math.max(wanted, low, MINIMUM_THINKING_BUDGET), high, maxTokens - 1);
  return budgetTokens >= MINIMUM_THINKING_BUDGET ? { type: 'enabled', budgetTokens } : null;
}

/** Fills what the caller left open with the effort's parameters; what the caller said himself stays. */
export function applyEffort(request: ChatRequest, parameters: EffortParameters): ChatRequest {
  const saidThinking = request.thinking !== null || request.reasoningEffort !== null;
  return {
    ...request,
    temperature: request.temperature ?? parameters.temperature,
    maxTokens: request.maxTokens ?? parameters.maxTokens,
    thinking: saidThinking ? request.thinking : parameters.thinking,
    reasoningEffort: saidThinking ? request.reasoningEffort : parameters.reasoningEffort,
  };
}

/** Every word that some vendor knows, from the least to the most (OpenAI's SDK type `ReasoningEffort`). */
const WORDS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Replaces the effort word of a written request by the nearest one that the model knows, the cheaper of two, since
 * another is refused; and switches reasoning off where the model takes no tools beside it.
 */
export function fitEffortWord({ body, adjusted }: RenderedRequest, facts: ModelFacts, model: string): RenderedRequest {
  const config = objectOf(body['output_config']);
  const word = textOf(body['reasoning_effort']) ?? textOf(config?.['effort']);
  const fits =
    facts.noEffortWithTools && listOf(body['tools']).length > 0 ? 'none' : word && nearestWord(word, facts.effortWords);
  if (!fits || fits === word) return { body, adjusted };
  const why = fits === 'none' ? 'takes no tools while it reasons' : `does not know ${word}`;
  return {
    body: config ? { ...body, output_config: { ...config, effort: fits } } : { ...body, reasoning_effort: fits },
    adjusted: [...adjusted, `reasoning effort ${word ?? 'of the model'} sent as ${fits}: ${model} ${why}`],
  };
}

function nearestWord(word: string, known: readonly string[] | null): string {
  const wanted = WORDS.indexOf(word);
  if (known === null || known.includes(word) || wanted < 0) return word;
  const distance = (candidate: string): number => Math.abs(WORDS.indexOf(candidate) - wanted);
  return known.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best));
}
