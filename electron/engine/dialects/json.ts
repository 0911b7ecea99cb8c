import { InvalidRequest } from './invalid-request.ts';
import type { CacheControl, JsonObject, JsonValue } from './types.ts';

/** The value as an object, or null when it is none. */
export function objectOf(value: JsonValue | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

/** The value as a list, or an empty one. */
export function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text, or null. */
export function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** The value as a finite number, or null. */
export function numberOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The value as an integer of at least 0, or 0. */
export function countOf(value: JsonValue | undefined): number {
  const count = numberOf(value);
  return count === null ? 0 : Math.max(0, Math.round(count));
}

export function requireObject(value: JsonValue | undefined, path: string): JsonObject {
  const object = objectOf(value);
  if (object === null) throw new InvalidRequest(path, `must be an object, not ${kindOf(value)}`);
  return object;
}

export function requireList(value: JsonValue | undefined, path: string): JsonValue[] {
  if (!Array.isArray(value)) throw new InvalidRequest(path, `must be a list, not ${kindOf(value)}`);
  return value;
}

export function requireText(value: JsonValue | undefined, path: string): string {
  if (typeof value !== 'string') throw new InvalidRequest(path, `must be a string, not ${kindOf(value)}`);
  return value;
}

/** Characters that a name in a request may have; the vendors' longest model ids have about a hundred. */
export const LONGEST_NAME = 256;

/** A text that names something: what looks names up compares them letter by letter. */
export function requireName(value: JsonValue | undefined, path: string): string {
  const name = requireText(value, path);
  if (name.length <= LONGEST_NAME) return name;
  throw new InvalidRequest(path, `must have at most ${LONGEST_NAME} characters, not ${name.length}`);
}

/**
 * The model that an answer says it is from, fit to be written down: on one line, without control characters, and no
 * longer than a name may be. Empty where the answer does not say.
 */
export function answerModelOf(value: JsonValue | undefined): string {
  return (textOf(value) ?? '').slice(0, LONGEST_NAME).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '');
}

/** A number or, when the field is absent or null, null. */
export function optionalNumber(body: JsonObject, field: string): number | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number') throw new InvalidRequest(field, `must be a number, not ${kindOf(value)}`);
  if (!Number.isFinite(value)) throw new InvalidRequest(field, 'is a number too large to be held');
  return value;
}

/** A positive integer or, when the field is absent or null, null. */
export function optionalTokens(body: JsonObject, field: string): number | null {
  const value = optionalNumber(body, field);
  if (value !== null && (!Number.isInteger(value) || value < 1)) {
    throw new InvalidRequest(field, `must be a whole number of at least 1, not ${value}`);
  }
  return value;
}

export function optionalBoolean(body: JsonObject, field: string): boolean | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') throw new InvalidRequest(field, `must be true or false, not ${kindOf(value)}`);
  return value;
}

export function optionalText(body: JsonObject, field: string): string | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  return requireText(value, field);
}

/** Parses JSON text; undefined when it is not JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Reads Anthropic's `cache_control` mark, as an object to be spread into a part: empty when there is none. */
export function cacheControlOf(object: JsonObject): { cacheControl?: CacheControl } {
  const mark = objectOf(object['cache_control']);
  if (mark?.['type'] !== 'ephemeral') return {};
  const ttl = textOf(mark['ttl']);
  return { cacheControl: ttl === null ? { type: 'ephemeral' } : { type: 'ephemeral', ttl } };
}

/** Writes a `cache_control` mark, as an object to be spread into a block: empty when there is none. */
export function cacheControlField(part: { cacheControl?: CacheControl }): JsonObject {
  return part.cacheControl ? { cache_control: { ...part.cacheControl } } : {};
}

function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
