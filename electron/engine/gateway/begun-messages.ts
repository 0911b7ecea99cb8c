import { listOf, objectOf, textOf } from '../dialects/json.ts';
import type { ChatRequest, ContentPart, JsonObject, JsonValue, Message } from '../dialects/types.ts';

/** A conversation that ends with the beginning of an answer, and then with words that ask for the rest, where there are any. */
interface Begun {
  /** The beginning of the answer, without white space at its end. */
  text: string;
  /** What asks for the rest; null where the target goes on by itself. */
  prompt: string | null;
}

/** The turns in the engine's own form. What the caller had begun himself and what was answered are one turn. */
export function begunMessages(messages: readonly Message[], { text, prompt }: Begun): Message[] {
  const last = messages.at(-1);
  const begun: Message =
    last?.role === 'assistant'
      ? { role: 'assistant', content: appended(last.content, text) }
      : { role: 'assistant', content: [{ type: 'text', text }] };
  const before = last?.role === 'assistant' ? messages.slice(0, -1) : messages;
  return [...before, begun, ...(prompt === null ? [] : [asked(prompt)])];
}

function asked(prompt: string): Message {
  return { role: 'user', content: [{ type: 'text', text: prompt }] };
}

function appended(content: readonly ContentPart[], text: string): ContentPart[] {
  const last = content.at(-1);
  if (last?.type !== 'text') return [...content, { type: 'text', text }];
  return [...content.slice(0, -1), { ...last, text: last.text + text }];
}

/**
 * The caller's own body with the same turns, for a target of the same dialect: every other message stays as it was sent,
 * with the parts and fields that only this dialect knows. `maxTokens` is what is left of the caller's limit, null for none.
 */
export function begunBody(request: ChatRequest, begun: Begun, maxTokens: number | null): JsonObject {
  const body: JsonObject = { ...request.raw, messages: rawMessages(listOf(request.raw['messages']), begun) };
  const goesOn = begun.prompt === null;
  // A message that is begun for the model leaves no room for thinking first (Anthropic, "extended thinking": no prefill).
  if (goesOn) delete body['thinking'];
  if (request.dialect === 'anthropic') {
    if (maxTokens !== null) body['max_tokens'] = maxTokens;
    return body;
  }
  // vLLM goes on with a message only when told so; whoever does not know the switch is not asked in this way.
  delete body['continue_final_message'];
  delete body['add_generation_prompt'];
  return goesOn ? { ...body, continue_final_message: true, add_generation_prompt: false } : body;
}

function rawMessages(messages: readonly JsonValue[], { text, prompt }: Begun): JsonValue[] {
  const last = objectOf(messages.at(-1));
  const joins = last?.['role'] === 'assistant';
  return [
    ...(joins ? messages.slice(0, -1) : messages),
    joins ? { ...last, content: rawAppended(last['content'], text) } : { role: 'assistant', content: text },
    ...(prompt === null ? [] : [{ role: 'user', content: prompt }]),
  ];
}

function rawAppended(content: JsonValue | undefined, text: string): JsonValue {
  const before = textOf(content);
  if (before !== null) return before + text;
  const parts = listOf(content);
  const last = objectOf(parts.at(-1));
  if (last?.['type'] !== 'text') return [...parts, { type: 'text', text }];
  return [...parts.slice(0, -1), { ...last, text: (textOf(last['text']) ?? '') + text }];
}
