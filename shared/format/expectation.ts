import type { z } from 'zod';

/** Valid values that are listed; more would bury the sentence. */
const LISTED_VALUES = 12;

/** What a schema accepts. `words` continue "must be". */
export interface Expectation {
  words: string;
  /** The valid values where there is a list of them. */
  values: readonly string[] | null;
  /** Whether a time written with its zone is accepted. */
  acceptsTime: boolean;
}

/** The schema at a path inside another, wrappers such as optional removed; null where the schema says nothing of it. */
export function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | null {
  let current: z.core.$ZodType | undefined = unwrapped(schema);
  for (const step of path) {
    const { def } = known(current)._zod;
    if (def.type === 'object') current = def.shape[String(step)];
    else if (def.type === 'array') current = def.element;
    else if (def.type === 'record') current = def.valueType;
    else return null;
    if (current === undefined) return null;
    current = unwrapped(current);
  }
  return current;
}

/** What a schema accepts, in plain words: `a whole number from 1 to 500`, `a text of 3 to 500 characters`. */
export function expectationOf(schema: z.core.$ZodType): Expectation {
  const bare = unwrapped(schema);
  const { def } = known(bare)._zod;
  if (def.type === 'union') return anyOf(def.options.map(expectationOf));
  if (def.type === 'enum') return oneOf(Object.values(def.entries).map(String));
  if (def.type === 'literal') return oneOf(def.values.map(String));
  if (isTime(bare)) {
    return { words: 'a time with its zone, as in 2026-11-21T12:00:00Z', values: null, acceptsTime: true };
  }
  return { words: wordsOf(bare), values: null, acceptsTime: false };
}

/** The names of the fields that must be given to an object; none for any other schema. */
export function requiredFields(schema: z.core.$ZodType): string[] {
  const { def } = known(unwrapped(schema))._zod;
  if (def.type !== 'object') return [];
  return Object.entries(def.shape).flatMap(([name, field]) => (field._zod.optin === undefined ? [name] : []));
}

/** `a, b and c`. */
export function listed(words: readonly string[], conjunction: 'and' | 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}

/** Narrows zod's open class to the union of its own schemas, so that `def` can be told apart by its type. */
function known(schema: z.core.$ZodType): z.core.$ZodTypes {
  return schema as z.core.$ZodTypes;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let current = schema;
  for (;;) {
    const { def } = known(current)._zod;
    if (def.type === 'lazy') current = def.getter();
    // What is read from a text into a truth value or a number is asked for as what it becomes.
    else if (def.type === 'pipe') current = def.out;
    else if ('innerType' in def) current = def.innerType;
    else return current;
  }
}

function anyOf(options: readonly Expectation[]): Expectation {
  const words = [...new Set(options.map((option) => option.words))];
  // What may be a list or a mapping of anything may be all that JSON can say.
  const anything = words.includes('a list') && words.includes('an object');
  return {
    words: anything ? 'a JSON value' : words.join(', or '),
    values: options.every(({ values }) => values !== null) ? options.flatMap(({ values }) => values ?? []) : null,
    acceptsTime: options.some(({ acceptsTime }) => acceptsTime),
  };
}

function oneOf(values: readonly string[]): Expectation {
  const shown = values.slice(0, LISTED_VALUES).join(', ');
  return { words: `one of ${shown}${values.length > LISTED_VALUES ? '…' : ''}`, values, acceptsTime: false };
}

function isTime(schema: z.core.$ZodType): boolean {
  const { def } = known(schema)._zod;
  return def.type === 'string' && 'format' in def && def.format === 'datetime';
}

function wordsOf(schema: z.core.$ZodType): string {
  const { def } = known(schema)._zod;
  const bounds = boundsOf(def);
  switch (def.type) {
    case 'number':
      return `a ${bounds.whole ? 'whole ' : ''}number${numberRange(bounds)}`;
    case 'string':
      return `a text${sizeRange(bounds, 'characters')}`;
    case 'array':
      return `a list${sizeRange(bounds, 'items')}`;
    case 'object':
    case 'record':
      return 'an object';
    case 'boolean':
      return 'true or false';
    default:
      return 'a value as documented';
  }
}

interface Bounds {
  whole: boolean;
  from: number | null;
  above: number | null;
  to: number | null;
}

function boundsOf({ checks = [] }: z.core.$ZodTypeDef): Bounds {
  const bounds: Bounds = { whole: false, from: null, above: null, to: null };
  for (const check of checks) {
    const { def } = (check as z.core.$ZodChecks)._zod;
    if (def.check === 'number_format') bounds.whole = true;
    else if (def.check === 'greater_than') bounds[def.inclusive ? 'from' : 'above'] = Number(def.value);
    else if (def.check === 'less_than') bounds.to = Number(def.value);
    else if (def.check === 'min_length') bounds.from = def.minimum;
    else if (def.check === 'max_length') bounds.to = def.maximum;
  }
  return bounds;
}

function numberRange({ whole, from, above, to }: Bounds): string {
  if (above !== null && whole) return numberRange({ whole, from: above + 1, above: null, to });
  if (above !== null) return ` above ${above}${to === null ? '' : ` and at most ${to}`}`;
  if (from !== null) return to === null ? ` of ${from} or more` : ` from ${from} to ${to}`;
  return to === null ? '' : ` up to ${to}`;
}

function sizeRange({ from, to }: Bounds, unit: string): string {
  if (to !== null) return from !== null ? ` of ${from} to ${to} ${unit}` : ` of at most ${to} ${unit}`;
  // That it is not empty goes without saying.
  return from !== null && from > 1 ? ` of at least ${from} ${unit}` : '';
}
