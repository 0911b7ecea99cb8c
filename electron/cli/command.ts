import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { z } from 'zod';
import { parseDuration } from '../../shared/format/duration.ts';
import { inputSentence } from '../../shared/format/input-sentence.ts';
import { quote, shorten } from '../../shared/format/quote.ts';
import { OperatorError } from '../engine/operations/operator-error.ts';
import { readRange } from '../engine/operations/range.ts';
import type { ApplicationLayout } from '../host/layout.ts';

/** What a command is given of the world. */
export interface CommandContext {
  args: string[];
  environment: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  layout: ApplicationLayout;
  /** Writes a line to standard output. */
  print(line: string): void;
  now(): number;
}

/** A command's own failure: its message is the one line that is printed; exit 1. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}

/** The command was called wrongly; exit 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** `parseArgs` whose complaints are `UsageError`s of one line. */
export function readArguments<const Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  let parsed: ReturnType<typeof parseArgs<Config>>;
  try {
    parsed = parseArgs(config);
  } catch (error) {
    throw new UsageError(argumentProblem(error instanceof Error ? error.message : String(error)));
  }
  const values: Readonly<Record<string, unknown>> = parsed.values;
  const empty = PLACES.find((name) => values[name] === '');
  if (empty !== undefined) throw new UsageError(`--${empty} is empty; give it a value or leave it out`);
  return parsed;
}

/** Options that name a place. An empty one is a variable that was not set, and would be taken for the working directory. */
const PLACES = ['config', 'data', 'host', 'url'] as const;

/** What `parseArgs` found, in our words; its own messages are advice for programmers, over several lines. */
function argumentProblem(message: string): string {
  const [subject = ''] = /(?<=')[^']*(?=')/.exec(message) ?? [];
  const option = shorten(subject.replace(/ <value>$/, '').replace(/^-\w, /, ''));
  if (message.startsWith('Unknown option')) return `there is no option ${option}`;
  if (message.startsWith('Unexpected argument')) return `there is no place for the argument ${quote(subject)}`;
  if (message.includes('argument is ambiguous')) {
    return `${option} needs a value; write one that begins with a dash as ${option}=VALUE`;
  }
  if (message.includes('argument missing')) return `${option} needs a value`;
  if (message.includes('does not take an argument')) return `${option} takes no value`;
  return shorten(message.split('\n', 1)[0] ?? message);
}

/**
 * What a call to the console will be sent, judged before any console is looked for. `options` says which option gives a
 * field. Throws `UsageError` that names the option.
 */
export function readCall<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  options: Readonly<Record<string, string>>,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const sentence = inputSentence({ schema, value, issues, name: 'the command' });
  const field = issues[0]?.path.join('.') ?? '';
  const option = options[field];
  throw new UsageError(
    option !== undefined && sentence.startsWith(field) ? option + sentence.slice(field.length) : sentence,
  );
}

/** The range of `--since` and `--until`, in epoch milliseconds. Throws `UsageError` for words that are no time. */
export function readRangeOptions(
  options: { since: string; until?: string | undefined },
  now: number,
): { since: number; until: number } {
  try {
    return readRange(options, now);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new UsageError(error.message.replace(/^(since|until):/, '--$1:'));
  }
}

/** A port number, or undefined when the option is not given. Throws `UsageError`. */
export function readPort(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65_535) return port;
  throw new UsageError(`--${name} is a port from 0 to 65535, not ${quote(value)}`);
}

/** Whole seconds of a duration such as `90s`, `15m`, `2h` or `1d`. Throws `UsageError`. */
export function readDurationSeconds(name: string, value: string): number {
  try {
    return Math.round(parseDuration(value) / 1000);
  } catch (error) {
    throw new UsageError(`--${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
