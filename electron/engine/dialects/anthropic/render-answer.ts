import { writeAnthropicFinish } from '../finish-reasons.ts';
import type { AnswerPart, ChatAnswer, JsonObject, JsonValue } from '../types.ts';
import { writeAnthropicUsage } from '../usage.ts';

/** Writes a whole answer as a message. Thinking of other vendors has an empty signature: nobody can prove it. */
export function renderAnthropicAnswer(answer: ChatAnswer, options: { id: string; model: string }): JsonObject {
  const stopsAtSequence = answer.finishReason === 'stop_sequence';
  return {
    ...messageShell(options),
    content: answer.content.map(renderBlock),
    stop_reason: writeAnthropicFinish(answer.finishReason),
    stop_sequence: stopsAtSequence ? answer.stopSequence : null,
    usage: writeAnthropicUsage(answer.usage),
  };
}

/** The fields of a message that do not depend on its content. */
export function messageShell(options: { id: string; model: string }): JsonObject {
  return {
    id: options.id,
    type: 'message',
    role: 'assistant',
    model: options.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
  };
}

/** The provider's own body for a caller of the same dialect: only id and model are ours. */
export function passAnthropicAnswer(raw: JsonObject, options: { id: string; model: string }): JsonObject {
  return { ...raw, id: options.id, model: options.model };
}

function renderBlock(part: AnswerPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, citations: null };
    case 'thinking':
      return { type: 'thinking', thinking: part.text, signature: part.signature ?? '' };
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: part.data };
    case 'tool_use':
      return { type: 'tool_use', id: part.id, name: part.name, input: inputObject(part.input) };
  }
}

function inputObject(input: JsonValue): JsonValue {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input };
}
