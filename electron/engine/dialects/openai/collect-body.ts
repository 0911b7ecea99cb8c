import { inOrder, listIn, replaceFields } from '../body-collector.ts';
import type { BodyCollector } from '../body-collector.ts';
import { listOf, numberOf, objectOf } from '../json.ts';
import type { JsonObject, JsonValue } from '../types.ts';
import { ToolCallSlots } from './tool-call-slots.ts';

/** Texts that some servers repeat in every chunk; all others come in pieces. */
const REPEATED = new Set(['role', 'id', 'type', 'name', 'format']);

interface ChoiceDraft {
  /** All but the message. */
  fields: JsonObject;
  message: JsonObject;
  slots: ToolCallSlots;
}

/**
 * Rebuilds a `chat.completion` from its chunks. `emptyMessage` holds what the server's messages have even where there is
 * nothing to say.
 */
export function createOpenAiBodyCollector(emptyMessage: JsonObject): BodyCollector {
  const top: JsonObject = {};
  const choices = new Map<number, ChoiceDraft>();

  function draftOf(index: number): ChoiceDraft {
    const known = choices.get(index);
    if (known) return known;
    const draft: ChoiceDraft = {
      fields: { index, logprobs: null, finish_reason: null },
      message: {},
      slots: new ToolCallSlots(),
    };
    choices.set(index, draft);
    return draft;
  }

  function addChoice(choice: JsonObject, position: number): void {
    const { index, delta, logprobs, usage, ...rest } = choice;
    const { fields, message, slots } = draftOf(numberOf(index) ?? position);
    join(message, numbered(objectOf(delta) ?? {}, slots));
    join(fields, { logprobs: logprobs ?? null });
    for (const [name, value] of Object.entries(rest)) {
      // Token ids and the like come in pieces, as the text does; everything else is said once.
      if (Array.isArray(value)) listIn(fields, name).push(...value);
      else replaceFields(fields, { [name]: value });
    }
    // Moonshot reports usage inside the last choice of a stream (https://platform.moonshot.ai/docs/api/chat).
    if (objectOf(usage)) replaceFields(top, { usage: usage ?? null });
  }

  return {
    add(chunk) {
      // Padding that OpenAI adds to chunks alone (https://platform.openai.com/docs/api-reference/chat-streaming).
      const { choices: list, obfuscation: _padding, ...rest } = chunk;
      replaceFields(top, rest);
      for (const [position, item] of listOf(list).entries()) addChoice(objectOf(item) ?? {}, position);
    },
    body() {
      const { usage, ...rest } = top;
      return {
        ...rest,
        object: 'chat.completion',
        choices: inOrder(choices).map(({ fields, message }) => ({
          ...fields,
          message: wholeMessage(message, emptyMessage),
        })),
        ...(objectOf(usage) ? { usage: usage ?? null } : {}),
      };
    },
  };
}

/** The delta with its tool calls numbered, whatever the server calls them. */
function numbered(delta: JsonObject, slots: ToolCallSlots): JsonObject {
  const calls = delta['tool_calls'];
  if (!Array.isArray(calls)) return delta;
  const told = calls.map((call, position) => {
    const fields = objectOf(call);
    return fields ? { ...fields, index: slots.slotOf(fields, position) } : call;
  });
  return { ...delta, tool_calls: told };
}

function wholeMessage(message: JsonObject, emptyMessage: JsonObject): JsonObject {
  const calls = listOf(message['tool_calls'])
    .map((call) => objectOf(call) ?? {})
    .toSorted((a, b) => (numberOf(a['index']) ?? 0) - (numberOf(b['index']) ?? 0))
    .map(({ index: _index, ...call }) => call);
  const whole: JsonObject = { role: 'assistant', content: null, refusal: null, ...emptyMessage, ...message };
  if (calls.length > 0) whole['tool_calls'] = calls;
  // A stream begins with an empty text, whatever follows; whole, a message of calls alone has none.
  if (calls.length > 0 && whole['content'] === '') whole['content'] = null;
  return whole;
}

/** Adds the next piece: texts and lists grow, objects are joined field by field, numbers and switches are replaced. */
function join(target: JsonObject, piece: JsonObject): void {
  for (const [name, value] of Object.entries(piece)) {
    const before = target[name];
    if (Array.isArray(value)) joinList(listIn(target, name), value);
    else if (typeof value === 'string' && typeof before === 'string' && !REPEATED.has(name)) {
      target[name] = before + value;
    } else if (objectOf(value)) {
      const joined = objectOf(before) ?? {};
      join(joined, objectOf(value) ?? {});
      target[name] = joined;
    } else replaceFields(target, { [name]: value });
  }
}

/** Numbered entries are joined with those of their number, others follow. */
function joinList(list: JsonValue[], pieces: readonly JsonValue[]): void {
  for (const item of pieces) {
    const piece = objectOf(item);
    const index = numberOf(piece?.['index']);
    if (piece === null || index === null) {
      list.push(item);
      continue;
    }
    let entry = list.map(objectOf).find((candidate) => candidate?.['index'] === index);
    if (!entry) {
      entry = { index };
      list.push(entry);
    }
    join(entry, piece);
  }
}
