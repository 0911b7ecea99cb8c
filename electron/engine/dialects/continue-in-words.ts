import type { RenderTarget } from './render-target.ts';
import type { ChatRequest } from './types.ts';

/** How a model is asked to go on with a message of its own where it cannot be made to. */
export const CONTINUE_PROMPT =
  'Your last message was cut off by a technical fault. Continue it exactly where it stopped. ' +
  'Do not repeat any of it, add no introduction and no remark about the interruption, and keep its language, tone and format.';

/**
 * The request with a last turn that asks in words for what its last message began, where that message is the beginning of the
 * answer and the target does not go on with one. Changes `adjusted` when it does.
 */
export function continueInWords(request: ChatRequest, target: RenderTarget, adjusted: string[]): ChatRequest {
  const last = request.messages.at(-1);
  if (target.prefill || last?.role !== 'assistant' || !last.content.some(({ type }) => type === 'text')) return request;
  adjusted.push(`the beginning of the answer is continued in words: ${target.model} does not go on with one`);
  const asked = { role: 'user' as const, content: [{ type: 'text' as const, text: CONTINUE_PROMPT }] };
  return { ...request, messages: [...request.messages, asked] };
}
