import { fitThinking } from './fit-thinking.ts';
import type { FittedRequest, RenderTarget } from './render-target.ts';
import type { ChatRequest } from './types.ts';

/**
 * Fits a request to what the target's model takes: parameters that it would reject are dropped or translated, and said
 * so. The result is what the target's renderer writes; nothing is sent to fail.
 */
export function fitRequest(request: ChatRequest, target: RenderTarget): FittedRequest {
  const adjusted: string[] = [];
  const fitted: ChatRequest = { ...request };
  dropRefused(fitted, target, adjusted);
  fitOutputLimit(fitted, target, adjusted);
  const thinking = fitThinking(fitted, target, fitted.maxTokens);
  fitted.thinking = thinking.thinking;
  fitted.reasoningEffort = thinking.reasoningEffort;
  adjusted.push(...thinking.adjusted);
  fitSampling(fitted, target, adjusted);
  fitStops(fitted, target, adjusted);
  fitToolChoice(fitted, target, adjusted);
  return { request: fitted, adjusted };
}

function dropRefused(request: ChatRequest, target: RenderTarget, adjusted: string[]): void {
  const refused = (name: string, isSet: boolean): boolean => {
    if (!isSet || !target.refusedParameters.includes(name)) return false;
    adjusted.push(`${name} left out: ${target.model} refuses it`);
    return true;
  };
  if (refused('temperature', request.temperature !== null)) request.temperature = null;
  if (refused('top_p', request.topP !== null)) request.topP = null;
  if (refused('top_k', request.topK !== null)) request.topK = null;
  if (refused('seed', request.seed !== null)) request.seed = null;
  if (refused('presence_penalty', request.presencePenalty !== null)) request.presencePenalty = null;
  if (refused('frequency_penalty', request.frequencyPenalty !== null)) request.frequencyPenalty = null;
  if (refused('parallel_tool_calls', request.parallelToolCalls !== null)) request.parallelToolCalls = null;
  if (refused('stop', request.stop.length > 0)) request.stop = [];
}

function fitOutputLimit(request: ChatRequest, target: RenderTarget, adjusted: string[]): void {
  const maximum = target.maximumOutputTokens;
  if (request.maxTokens === null || maximum === null || request.maxTokens <= maximum) return;
  adjusted.push(`output limit lowered from ${request.maxTokens} to ${maximum} tokens: the most ${target.model} takes`);
  request.maxTokens = maximum;
}

function fitSampling(request: ChatRequest, target: RenderTarget, adjusted: string[]): void {
  const thinks = request.thinking !== null && request.thinking.type !== 'disabled';
  if (request.temperature !== null && thinks && target.temperatureExcludesThinking && request.temperature !== 1) {
    adjusted.push(`temperature left out: ${target.model} refuses it while it thinks`);
    request.temperature = null;
  }
  if (request.topK !== null && thinks && target.temperatureExcludesThinking) {
    adjusted.push(`top_k left out: ${target.model} refuses it while it thinks`);
    request.topK = null;
  }
  if (request.temperature !== null && request.temperature > target.maximumTemperature) {
    adjusted.push(
      `temperature lowered from ${request.temperature} to ${target.maximumTemperature}: the most ${target.provider} takes`,
    );
    request.temperature = target.maximumTemperature;
  }
  if (target.oneSamplingParameter && request.temperature !== null && request.topP !== null) {
    adjusted.push(`top_p left out: ${target.model} takes temperature or top_p, not both`);
    request.topP = null;
  }
}

function fitStops(request: ChatRequest, target: RenderTarget, adjusted: string[]): void {
  const maximum = target.maximumStops;
  if (maximum === null || request.stop.length <= maximum) return;
  adjusted.push(`stop cut from ${request.stop.length} to ${maximum} sequences: the most ${target.provider} takes`);
  request.stop = request.stop.slice(0, maximum);
}

/**
 * Thinking of the `enabled` kind allows only the choices auto and none
 * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking): the caller's forced tool matters more.
 */
function fitToolChoice(request: ChatRequest, target: RenderTarget, adjusted: string[]): void {
  const forced = request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool';
  if (!forced || !target.temperatureExcludesThinking || request.thinking === null) return;
  if (request.thinking.type === 'disabled') return;
  adjusted.push(`thinking left out: ${target.model} cannot think when a tool is forced`);
  request.thinking = null;
}
