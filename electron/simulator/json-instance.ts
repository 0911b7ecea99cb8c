import { listOf, numberOf, objectOf, textOf, type JsonObject, type JsonValue } from './json.ts';
import { pick, type Random } from './random.ts';

const WORDS = ['gateway', 'latency', 'queue', 'fallback', 'budget', 'primary', 'replica', 'rollout'] as const;
const DEEPEST = 6;

/** A value that is valid against a JSON Schema, as structured output gives it: the same one for the same numbers drawn. */
export function instanceOf(schema: JsonObject, random: Random): JsonValue {
  return build(schema, schema, random, 0);
}

function build(schema: JsonObject, root: JsonObject, random: Random, depth: number): JsonValue {
  const reference = textOf(schema.$ref);
  if (reference !== null) return build(resolve(reference, root), root, random, depth + 1);
  if (schema.const !== undefined) return schema.const;
  const choices = listOf(schema.enum);
  if (choices.length > 0) return pick(random, choices);
  const alternatives = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (alternatives.length > 0) {
    // The last alternative is the way out of a schema that contains itself.
    return build(objectOf(depth < DEEPEST ? alternatives[0] : alternatives.at(-1)), root, random, depth + 1);
  }
  const parts = listOf(schema.allOf);
  if (parts.length > 0) return build(merge(schema, parts, root), root, random, depth + 1);
  return buildTyped(schema, root, random, depth);
}

function buildTyped(schema: JsonObject, root: JsonObject, random: Random, depth: number): JsonValue {
  switch (typeName(schema)) {
    case 'string':
      return buildString(schema, random);
    case 'integer':
      return buildNumber(schema, random, true);
    case 'number':
      return buildNumber(schema, random, false);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    case 'array':
      return buildList(schema, root, random, depth);
    default:
      return buildObject(schema, root, random, depth);
  }
}

function typeName(schema: JsonObject): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? (schema.items ? 'array' : 'object')];
  return textOf(types.find((type) => type !== 'null')) ?? 'null';
}

function resolve(reference: string, root: JsonObject): JsonObject {
  let value: JsonValue = root;
  for (const part of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    value = objectOf(value)[part.replaceAll('~1', '/').replaceAll('~0', '~')] ?? {};
  }
  return objectOf(value);
}

function merge(schema: JsonObject, parts: JsonValue[], root: JsonObject): JsonObject {
  const merged: JsonObject = { ...schema };
  delete merged.allOf;
  for (const entry of parts) {
    const reference = textOf(objectOf(entry).$ref);
    const part = reference === null ? objectOf(entry) : resolve(reference, root);
    Object.assign(merged, part, {
      properties: { ...objectOf(merged.properties), ...objectOf(part.properties) },
      required: [...listOf(merged.required), ...listOf(part.required)],
    });
  }
  return merged;
}

function buildString(schema: JsonObject, random: Random): string {
  switch (textOf(schema.format) ?? '') {
    case 'date-time':
      return `2026-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}T08:30:00Z`;
    case 'date':
      return `2026-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`;
    case 'email':
      return `${pick(random, WORDS)}@example.com`;
    case 'uri':
      return `https://example.com/${pick(random, WORDS)}`;
    case 'uuid':
      return '10000000-1000-4000-8000-100000000000'.replaceAll(/[1-9]/g, () => '123456789'.charAt(random() * 9));
    default: {
      const wanted = `${pick(random, WORDS)} ${pick(random, WORDS)}`;
      const padded = wanted.padEnd(numberOf(schema.minLength) ?? 0, 'x');
      return padded.slice(0, numberOf(schema.maxLength) ?? padded.length);
    }
  }
}

function buildNumber(schema: JsonObject, random: Random, whole: boolean): number {
  const step = numberOf(schema.multipleOf) ?? (whole ? 1 : 0.01);
  const exclusiveLow = numberOf(schema.exclusiveMinimum);
  const exclusiveHigh = numberOf(schema.exclusiveMaximum);
  const low = numberOf(schema.minimum) ?? (exclusiveLow === null ? 0 : exclusiveLow + step);
  const high = numberOf(schema.maximum) ?? (exclusiveHigh === null ? low + 100 * step : exclusiveHigh - step);
  const lowest = Math.ceil(low / step);
  const steps = Math.max(0, Math.floor(high / step) - lowest);
  // Whole steps first, then one division: 0.07 rather than 0.07000000000000001.
  const value = (lowest + Math.floor(random() * (steps + 1))) * step;
  return whole ? Math.round(value) : Number(value.toFixed(6));
}

function buildList(schema: JsonObject, root: JsonObject, random: Random, depth: number): JsonValue[] {
  const least = numberOf(schema.minItems) ?? 0;
  const wanted = depth >= DEEPEST ? least : Math.max(least, 1 + Math.floor(random() * 3));
  const count = Math.min(wanted, numberOf(schema.maxItems) ?? wanted);
  return Array.from({ length: count }, () => build(objectOf(schema.items), root, random, depth + 1));
}

function buildObject(schema: JsonObject, root: JsonObject, random: Random, depth: number): JsonObject {
  const required = new Set(listOf(schema.required));
  const entries = Object.entries(objectOf(schema.properties)).filter(([name]) => depth < DEEPEST || required.has(name));
  return Object.fromEntries(
    entries.map(([name, property]) => [name, build(objectOf(property), root, random, depth + 1)]),
  );
}
