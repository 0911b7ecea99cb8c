import type { RenderTarget } from './render-target.ts';
import type { ChatRequest, ThinkingRequest } from './types.ts';

/** Thinking as the target takes it. */
export interface FittedThinking {
  thinking: ThinkingRequest | null;
  reasoningEffort: string | null;
  adjusted: string[];
}

/** Least thinking budget of Anthropic's `enabled` kind, in tokens (SDK type `ThinkingConfigEnabled`). */
export const MINIMUM_THINKING_BUDGET = 1024;

/** Share of the output limit that a caller's effort word gives to thinking where the target takes a budget. */
const BUDGET_SHARE: Readonly<Record<string, number>> = {
  minimal: 0.2,
  low: 0.25,
  medium: 0.5,
  high: 0.75,
  xhigh: 0.85,
  max: 0.9,
};

/** Budgets below these are `low` and `medium` effort where the target takes words instead of tokens. */
const LOW_EFFORT_BELOW = 4096;
const MEDIUM_EFFORT_BELOW = 16_384;

/**
 * Translates what the caller said of thinking into the one form that the target takes; `maxTokens` is the output limit
 * that will be sent. What has no equivalent is left out and said so.
 */
export function fitThinking(request: ChatRequest, target: RenderTarget, maxTokens: number | null): FittedThinking {
  const { thinking, reasoningEffort } = request;
  if (thinking === null && reasoningEffort === null) return { thinking: null, reasoningEffort: null, adjusted: [] };
  switch (target.thinking) {
    case 'none':
      return leftOut(request, target, 'does not think');
    case 'always':
      if (target.thinkingCanBeDisabled) return fitSwitch(request);
      return leftOut(request, target, 'always thinks and takes no setting for it');
    case 'enabled':
      return fitEnabled(request, target, maxTokens);
    case 'adaptive':
      return fitAdaptive(request, target);
    case 'reasoning_effort':
      return fitEffort(request, target);
  }
}

function leftOut(request: ChatRequest, target: RenderTarget, why: string): FittedThinking {
  const harmless = request.thinking?.type === 'disabled' && target.thinking === 'none';
  const field = request.thinking ? 'thinking' : 'reasoning_effort';
  return {
    thinking: null,
    reasoningEffort: null,
    adjusted: harmless ? [] : [`${field} left out: ${target.model} ${why}`],
  };
}

/** For models that think unless told not to, and take nothing else. */
function fitSwitch(request: ChatRequest): FittedThinking {
  const off =
    request.thinking?.type === 'disabled' || (request.thinking === null && request.reasoningEffort === 'none');
  const thinking: ThinkingRequest = off ? { type: 'disabled' } : { type: 'enabled', budgetTokens: null };
  const lost = request.reasoningEffort !== null && request.reasoningEffort !== 'none';
  return {
    thinking,
    reasoningEffort: null,
    adjusted: lost ? [`reasoning_effort ${request.reasoningEffort} sent as thinking ${thinking.type}`] : [],
  };
}

function fitEnabled(request: ChatRequest, target: RenderTarget, maxTokens: number | null): FittedThinking {
  const asked = request.thinking;
  if (asked?.type === 'disabled') return { thinking: asked, reasoningEffort: null, adjusted: [] };
  if (asked === null && request.reasoningEffort === 'none') {
    return { thinking: { type: 'disabled' }, reasoningEffort: null, adjusted: [] };
  }
  const limit = maxTokens ?? target.maximumOutputTokens ?? 4096;
  const wanted =
    asked?.type === 'enabled' && asked.budgetTokens !== null
      ? asked.budgetTokens
      : Math.floor(limit * (BUDGET_SHARE[request.reasoningEffort ?? 'medium'] ?? 0.5));
  const [low, high] = target.thinkingBudgetRange ?? [MINIMUM_THINKING_BUDGET, limit - 1];
  const budgetTokens = Math.min(Math.max(wanted, low, MINIMUM_THINKING_BUDGET), high, limit - 1);
  if (budgetTokens < MINIMUM_THINKING_BUDGET) {
    return {
      thinking: null,
      reasoningEffort: null,
      adjusted: [`thinking left out: an output limit of ${limit} tokens leaves no room for it`],
    };
  }
  const exact = asked?.type === 'enabled' && asked.budgetTokens === budgetTokens;
  const from = asked ? `thinking ${asked.type}` : `reasoning_effort ${request.reasoningEffort}`;
  return {
    thinking: { type: 'enabled', budgetTokens },
    reasoningEffort: null,
    adjusted: exact ? [] : [`${from} sent as a thinking budget of ${budgetTokens} tokens`],
  };
}

function fitAdaptive(request: ChatRequest, target: RenderTarget): FittedThinking {
  const asked = request.thinking;
  const effort = request.reasoningEffort;
  if (asked?.type === 'disabled' || (asked === null && effort === 'none')) {
    if (target.thinkingCanBeDisabled) return { thinking: { type: 'disabled' }, reasoningEffort: null, adjusted: [] };
    return {
      thinking: null,
      reasoningEffort: 'low',
      adjusted: [`thinking disabled sent as effort low: ${target.model} always thinks`],
    };
  }
  if (asked?.type === 'enabled') {
    const word = effort ?? effortOfBudget(asked.budgetTokens);
    return {
      thinking: { type: 'adaptive' },
      reasoningEffort: word,
      adjusted: [`thinking budget sent as adaptive thinking with effort ${word}: ${target.model} takes no budget`],
    };
  }
  const known = effort === 'minimal' ? 'low' : effort === 'none' ? null : effort;
  return {
    thinking: { type: 'adaptive' },
    reasoningEffort: known,
    adjusted: effort === 'minimal' ? ['reasoning_effort minimal sent as effort low'] : [],
  };
}

function fitEffort(request: ChatRequest, target: RenderTarget): FittedThinking {
  const asked = request.thinking;
  if (asked === null) return { thinking: null, reasoningEffort: request.reasoningEffort, adjusted: [] };
  if (asked.type === 'disabled') {
    return {
      thinking: null,
      reasoningEffort: 'low',
      adjusted: [`thinking disabled sent as reasoning_effort low: ${target.model} always reasons`],
    };
  }
  const word = request.reasoningEffort ?? (asked.type === 'enabled' ? effortOfBudget(asked.budgetTokens) : 'medium');
  return {
    thinking: null,
    reasoningEffort: word,
    adjusted: [`thinking ${asked.type} sent as reasoning_effort ${word}`],
  };
}

function effortOfBudget(budgetTokens: number | null): 'low' | 'medium' | 'high' {
  if (budgetTokens === null) return 'medium';
  if (budgetTokens < LOW_EFFORT_BELOW) return 'low';
  return budgetTokens < MEDIUM_EFFORT_BELOW ? 'medium' : 'high';
}
