import { writeOpenAiFinish } from '../finish-reasons.ts';
import type { ChatAnswer, JsonObject } from '../types.ts';
import { writeOpenAiUsage } from '../usage.ts';
import { toolArguments } from './render-messages.ts';

/** What Switchyard says of an answer in the provider's place. */
export interface AnswerIdentity {
  id: string;
  /** The model that really answered. */
  model: string;
}

/** Writes a whole answer as a chat completion; `created` is epoch seconds. */
export function renderOpenAiAnswer(answer: ChatAnswer, options: AnswerIdentity & { created: number }): JsonObject {
  const text = answer.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const thinking = answer.content.map((part) => (part.type === 'thinking' ? part.text : '')).join('');
  const calls: JsonObject[] = answer.content.flatMap((part) =>
    part.type === 'tool_use'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: toolArguments(part.input) } }]
      : [],
  );
  return {
    id: options.id,
    object: 'chat.completion',
    created: options.created,
    model: options.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          refusal: null,
          ...(thinking === '' ? {} : { reasoning_content: thinking }),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: writeOpenAiFinish(answer.finishReason),
      },
    ],
    ...(answer.usage === null ? {} : { usage: writeOpenAiUsage(answer.usage) }),
  };
}

/** The provider's own body for a caller of the same dialect: only id and model are ours. */
export function passOpenAiAnswer(raw: JsonObject, options: AnswerIdentity): JsonObject {
  return { ...raw, id: options.id, model: options.model };
}
