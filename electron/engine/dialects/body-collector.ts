import type { JsonObject, JsonValue } from './types.ts';

/**
 * Rebuilds the body of a whole answer from the raw chunks of a stream, as the vendors' own clients do
 * (`finalChatCompletion` of openai, `finalMessage` of @anthropic-ai/sdk), and keeps the fields that nobody here knows.
 */
export interface BodyCollector {
  /** Takes the next chunk; does not change it. */
  add(chunk: JsonObject): void;
  /** The answer as the provider would have sent it whole. Throws `MalformedAnswer` where the chunks make none. */
  body(): JsonObject;
}

/** Writes fields over those of `target`; one that says nothing (null, an empty text) only where there was none. */
export function replaceFields(target: JsonObject, fields: JsonObject): void {
  for (const [name, value] of Object.entries(fields)) {
    if ((value !== null && value !== '') || target[name] === undefined) target[name] = value;
  }
}

/** The values of a map in the order of their numbers. */
export function inOrder<Value>(numbered: ReadonlyMap<number, Value>): Value[] {
  return [...numbered.entries()].toSorted(([a], [b]) => a - b).map(([, value]) => value);
}

/** The entry of a list, which is made where it is missing. */
export function listIn(target: JsonObject, name: string): JsonValue[] {
  const before = target[name];
  if (Array.isArray(before)) return before;
  const list: JsonValue[] = [];
  target[name] = list;
  return list;
}
