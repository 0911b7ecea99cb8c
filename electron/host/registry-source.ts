import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readEnvironment } from '../engine/registry/environment.ts';
import { parseRegistry } from '../engine/registry/load.ts';
import { formatProblems } from '../engine/registry/problems.ts';
import type { Environment, Registry } from '../engine/registry/types.ts';
import { StartupError } from './startup-error.ts';

export interface RegistryQuestion {
  /** `--config`. */
  option: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
}

export interface RegistryFile {
  path: string;
  text: string;
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function readNamed(path: string, namedBy: string): RegistryFile {
  const text = readOptional(path);
  if (text === null) {
    throw new StartupError(`The registry ${path} cannot be read: check the path given by ${namedBy}.`);
  }
  return { path, text };
}

/**
 * The registry file by the lookup order `--config`, `SWITCHYARD_CONFIG`, `./switchyard.yaml`; null when there is none,
 * which means the built-in simulated one. A file that was named and cannot be read throws `StartupError`.
 */
export function findRegistryFile(question: RegistryQuestion): RegistryFile | null {
  const { option, environment, workingDirectory } = question;
  if (option !== undefined) return readNamed(resolve(workingDirectory, option), '--config');
  const named = environment['SWITCHYARD_CONFIG'];
  if (named) return readNamed(resolve(workingDirectory, named), 'SWITCHYARD_CONFIG');
  const path = join(workingDirectory, 'switchyard.yaml');
  const text = readOptional(path);
  return text === null ? null : { path, text };
}

/** The process' environment over the `.env` beside the registry, or in the working directory when there is none. */
export function environmentFor(
  file: RegistryFile | null,
  question: Pick<RegistryQuestion, 'environment' | 'workingDirectory'>,
): Environment {
  const folder = file === null ? question.workingDirectory : dirname(file.path);
  return readEnvironment(question.environment, readOptional(join(folder, '.env')));
}

/** A registry that is known to be right; throws `StartupError` with the first problem and how to see the others. */
export function requireRegistry(file: RegistryFile, environment: Environment, simulated: boolean): Registry {
  const result = parseRegistry(file.text, { environment, path: simulated ? null : file.path, simulated });
  if (result.ok) return result.registry;
  const [first = ''] = formatProblems(result.problems, file.path).split('\n');
  const others = result.problems.length - 1;
  const more = others > 0 ? ` (${others} more: "switchyard check ${file.path}" lists them)` : '';
  throw new StartupError(`${first}${more}`);
}
