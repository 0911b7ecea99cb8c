import { parseArgs, type ParseArgsConfig } from 'node:util';
import { parseDuration } from '../../shared/format/duration.ts';
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

/** `parseArgs` whose complaints are `UsageError`s. */
export function readArguments<const Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error));
  }
}

/** A port number, or undefined when the option is not given. Throws `UsageError`. */
export function readPort(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65_535) return port;
  throw new UsageError(`--${name} is a port from 0 to 65535, not "${value}"`);
}

/** Whole seconds of a duration such as `90s`, `15m`, `2h` or `1d`. Throws `UsageError`. */
export function readDurationSeconds(name: string, value: string): number {
  try {
    return Math.round(parseDuration(value) / 1000);
  } catch (error) {
    throw new UsageError(`--${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
