import { parseEnv } from 'node:util';
import type { Environment } from './types.ts';

/**
 * The environment as the engine reads it: the process' own values above those of the `.env` file beside the registry.
 * An empty value counts as unset, so an empty one of the process lets the file's through. The file may hold comments,
 * quotes and `export`, as Node's own `--env-file` has them.
 */
export function readEnvironment(
  processEnvironment: Readonly<Record<string, string | undefined>>,
  dotenvText: string | null,
): Environment {
  const fromFile = dotenvText === null ? {} : parseEnv(dotenvText);
  const merged: Record<string, string> = {};
  for (const source of [fromFile, processEnvironment]) {
    for (const [key, value] of Object.entries(source)) {
      if (value !== undefined && value.trim() !== '') merged[key] = value;
    }
  }
  return merged;
}

const ENVIRONMENT_NAMES = ['development', 'staging', 'production'] as const;
type EnvironmentName = (typeof ENVIRONMENT_NAMES)[number];

/**
 * What `SWITCHYARD_ENV` says, whatever its case; development when it is not set, null when it is a word of nobody's. Where it
 * is null the careful side of each setting holds: models stay restricted as outside production, drills are off as in it.
 */
export function readEnvironmentName(environment: Environment): EnvironmentName | null {
  const word = environment['SWITCHYARD_ENV']?.trim().toLowerCase() ?? '';
  if (word === '') return 'development';
  return ENVIRONMENT_NAMES.find((name) => name === word) ?? null;
}

const TRUE_WORDS = new Set(['true', '1', 'yes', 'on']);
const FALSE_WORDS = new Set(['false', '0', 'no', 'off']);

/** A switch in the environment; null when it is not set, undefined when it holds no word for yes or no. */
export function readSwitch(environment: Environment, key: string): boolean | null | undefined {
  const word = environment[key]?.trim().toLowerCase();
  if (word === undefined || word === '') return null;
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  return undefined;
}
