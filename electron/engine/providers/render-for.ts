import { renderAnthropicRequest } from '../dialects/anthropic/render-request.ts';
import { renderOpenAiRequest } from '../dialects/openai/render-request.ts';
import { Untranslatable } from '../dialects/render-target.ts';
import type { RenderedRequest, RenderTarget } from '../dialects/render-target.ts';
import type { ChatRequest } from '../dialects/types.ts';
import { configuredFacts } from './capabilities.ts';
import { refused } from './connection-failures.ts';
import { applyEffort, effortToParameters, fitEffortWord } from './effort.ts';
import type { ModelFacts } from './model-facts.ts';
import type { CallContext } from './post.ts';
import { ProviderFailure } from './types.ts';
import type { ProviderCall, SamplingParameter } from './types.ts';

/**
 * Since this API version Anthropic refuses sampling parameters for every model
 * (https://platform.claude.com/docs/en/api/versioning). The vendor's clients send it by themselves, and it is passed on.
 */
const NO_SAMPLING_SINCE = '2026-10-21';
const SAMPLING: readonly SamplingParameter[] = ['temperature', 'top_p', 'top_k'];

/** Writes a call in its provider's dialect, fitted to the model. Throws ProviderFailure for what it has no words for. */
export function renderFor(call: ProviderCall, streamed: boolean, context: CallContext): RenderedRequest {
  const facts = factsFor(call, context);
  const target: RenderTarget = {
    ...facts,
    ...context.adapter.writing,
    provider: context.config.name,
    model: call.model,
  };
  const asked: ChatRequest = { ...call.request, stream: streamed };
  const regulated = call.effort === null ? asked : applyEffort(asked, effortToParameters(call.effort, facts));
  try {
    const rendered =
      context.adapter.dialect === 'anthropic'
        ? renderAnthropicRequest(regulated, target, asked)
        : renderOpenAiRequest(regulated, target, asked);
    return fitEffortWord(rendered, facts, call.model);
  } catch (error) {
    if (error instanceof Untranslatable)
      throw new ProviderFailure(refused(context.peer, 'invalid_request', error.message));
    throw error;
  }
}

/** The model's facts under the API version that the caller asks for. */
function factsFor(call: ProviderCall, context: CallContext): ModelFacts {
  const facts = configuredFacts(context.config, call.model);
  const passedOn = context.adapter.dialect === 'anthropic' && call.request.dialect === 'anthropic';
  const version = passedOn ? (call.headers?.['anthropic-version'] ?? '') : '';
  if (version < NO_SAMPLING_SINCE) return facts;
  return { ...facts, refusedParameters: [...new Set([...facts.refusedParameters, ...SAMPLING])] };
}
