import type { z } from 'zod';
import { type Expectation, expectationOf, listed, requiredFields, schemaAt } from './expectation.ts';
import { quote, shorten } from './quote.ts';

/** What is said of a field that is missing or empty, where its name alone does not tell. */
const WAY_OUT: Readonly<Record<string, string>> = {
  operator: 'say who does this',
  reason: 'say why this is done',
};

const TIME_WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** An input that its schema refused. */
export interface RefusedInput {
  schema: z.core.$ZodType;
  value: unknown;
  /** What zod found; the first is told, the others are counted. */
  issues: readonly z.core.$ZodIssue[];
  /** What the input as a whole is called, such as `The input` or `--task`. */
  name: string;
}

/**
 * One sentence with its full stop on what is wrong with an input: the field, what it must be, and what was given instead,
 * shortened. How many more problems there are stands at its end.
 */
export function inputSentence({ schema, value, issues, name }: RefusedInput): string {
  const [first, ...others] = issues;
  if (first === undefined) return `${name} is not as documented.`;
  const path = first.path;
  const at = schemaAt(schema, path);
  const field = path.length === 0 ? name : shorten(fieldName(path));
  const sentence = problem(first, { field, path, schema: at, value: valueAt(value, path) });
  const more =
    others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'problem' : 'problems'})`;
  return `${sentence.replace(/\.$/, '')}${more}.`;
}

interface Place {
  field: string;
  path: readonly PropertyKey[];
  schema: z.core.$ZodType | null;
  value: unknown;
}

function problem(issue: z.core.$ZodIssue, place: Place): string {
  const { field, path, schema, value } = place;
  const expectation = schema === null ? null : expectationOf(schema);
  const wayOut = WAY_OUT[String(path.at(-1))];
  if (value === undefined && issue.code !== 'custom') {
    return `${field} is missing: ${wayOut ?? sendWhat(place, expectation)}`;
  }
  if (issue.code === 'too_small' && typeof value === 'string' && value.trim() === '' && issue.origin === 'string') {
    return `${field} is empty: ${wayOut ?? sendWhat(place, expectation)}`;
  }
  // These carry words of their own, written beside the schema.
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_format' && expectation?.acceptsTime !== true)
    return `${issue.message}, not ${shown(value)}`;
  if (expectation === null) return `${field} is not as documented: ${shown(value)} is not valid`;
  if (expectation.acceptsTime && typeof value === 'string' && TIME_WITHOUT_ZONE.test(value)) {
    return `${field} must name its zone, as in 2026-11-21T12:00:00Z`;
  }
  if (expectation.values !== null) return `${field} is ${shown(value)}; it is ${expectation.words}`;
  return `${field} must be ${expectation.words}, not ${misfit(issue, value)}`;
}

function sendWhat({ path, schema }: Place, expectation: Expectation | null): string {
  const fields = schema === null ? [] : requiredFields(schema);
  if (path.length === 0) {
    return fields.length === 0 ? 'send a JSON object' : `send a JSON object with ${listed(fields, 'and')}`;
  }
  return expectation === null ? 'give it' : `it is ${expectation.words}`;
}

/** `matchers[0].label`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((joined, step) => {
    if (typeof step === 'number') return `${joined}[${step}]`;
    return joined === '' ? String(step) : `${joined}.${String(step)}`;
  }, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[step];
  }
  return current;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** Of a text that is too long, and of a list of a wrong length, the length says more than what is in it. */
function misfit(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'too_big' && issue.origin === 'string' && typeof value === 'string')
    return `one of ${value.length}`;
  const isListSize = issue.code === 'too_small' || issue.code === 'too_big';
  if (!isListSize || !Array.isArray(value)) return shown(value);
  return value.length === 0 ? 'an empty one' : `one of ${value.length}`;
}
