import type { z } from 'zod';
import { quote } from '../../../shared/format/quote.ts';
import type { PathStep, RegistryDocument } from './document.ts';
import { suggestion } from './nearest.ts';
import { registryFileSchema } from './schema.ts';
import type { RegistryProblem } from './types.ts';

/** The parts of a zod schema's definition that lead from a path to the keys that are valid there. */
interface SchemaDefinition {
  type: string;
  shape?: Record<string, Definable>;
  valueType?: Definable;
  element?: Definable;
  innerType?: Definable;
}
interface Definable {
  def: SchemaDefinition;
}

/** Turns what zod found into problems with dotted path, line, and the nearest valid name. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], document: RegistryDocument): RegistryProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, document));
    if (issue.code === 'invalid_key') return [problem(path, document, keyMessage(issue))];
    return [problem(path, document, messageOf(issue, valueAt(document.value, path), path))];
  });
}

/** A problem at a path, with the line it stands on. */
export function problem(path: readonly PathStep[], document: RegistryDocument, message: string): RegistryProblem {
  return { path: dotted(path), line: document.lineOf(path), message };
}

/** `models.kimi.use_when[0]`. */
function dotted(path: readonly PathStep[]): string {
  return path.reduce<string>((joined, step) => {
    if (typeof step === 'number') return `${joined}[${step}]`;
    return joined === '' ? step : `${joined}.${step}`;
  }, '');
}

/** What stands at a path of plain values; undefined when nothing does. */
export function valueAt(value: unknown, path: readonly PathStep[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<PathStep, unknown>)[step];
  }
  return current;
}

function unknownKey(parent: readonly PathStep[], key: string, document: RegistryDocument): RegistryProblem {
  const valid = keysAt(parent);
  return problem([...parent, key], document, `${quote(key)} is not a key here${suggestion(key, valid)}`);
}

function keysAt(path: readonly PathStep[]): string[] {
  let definition = unwrapped(registryFileSchema as unknown as Definable);
  for (const step of path) {
    const next = definition.shape?.[String(step)] ?? definition.valueType ?? definition.element;
    if (!next) return [];
    definition = unwrapped(next);
  }
  return Object.keys(definition.shape ?? {});
}

function unwrapped(schema: Definable): SchemaDefinition {
  let { def } = schema;
  while (def.innerType) def = def.innerType.def;
  return def;
}

function keyMessage(issue: z.core.$ZodIssueInvalidKey): string {
  return `${quote(String(issue.path.at(-1)))} cannot be a name here: ${issue.issues[0]?.message ?? 'it is not valid'}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list of two numbers',
};

function messageOf(issue: z.core.$ZodIssue, value: unknown, path: readonly PathStep[]): string {
  const name = path.length === 0 ? 'The registry' : quote(String(path.at(-1)));
  if (issue.code === 'invalid_type') {
    if (value === undefined) return `${name} is missing`;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return `${name} must be a finite number, not ${kindOf(value)}`;
    }
    return `${name} must be ${TYPE_WORDS[issue.expected] ?? issue.expected}, not ${kindOf(value)}`;
  }
  if (issue.code === 'invalid_value') {
    const valid = issue.values.map(String);
    if (typeof value !== 'string') return `${name} must be one of ${valid.join(', ')}, not ${kindOf(value)}`;
    return `${quote(value)} is not a valid value${suggestion(value, valid)}`;
  }
  return `${name} ${issue.message}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return 'a text';
  // As YAML writes what JSON cannot.
  if (typeof value === 'number' && Number.isNaN(value)) return '.nan';
  if (value === Infinity || value === -Infinity) return value > 0 ? '.inf' : '-.inf';
  return JSON.stringify(value);
}
