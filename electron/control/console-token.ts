import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../engine/registry/types.ts';

const FILE_NAME = 'console-token';

export interface ConsoleToken {
  value: string;
  source: 'environment' | 'file';
}

/** The token an existing data directory holds; null when there is none. Reads only. */
export function readConsoleToken(dataDirectory: string, environment: Environment): string | null {
  const fromEnvironment = environment['SWITCHYARD_CONSOLE_TOKEN'];
  if (fromEnvironment) return fromEnvironment;
  try {
    return readFileSync(join(dataDirectory, FILE_NAME), 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/**
 * The console token: `SWITCHYARD_CONSOLE_TOKEN`, else 32 random bytes kept in the data directory for its owner alone,
 * so that the printed link stays good over restarts. Throws what the file system throws.
 */
export function loadConsoleToken(dataDirectory: string, environment: Environment): ConsoleToken {
  const existing = readConsoleToken(dataDirectory, environment);
  const path = join(dataDirectory, FILE_NAME);
  if (environment['SWITCHYARD_CONSOLE_TOKEN']) return { value: existing ?? '', source: 'environment' };
  if (existing !== null) {
    chmodSync(path, 0o600);
    return { value: existing, source: 'file' };
  }
  const value = randomBytes(32).toString('base64url');
  writeFileSync(path, `${value}\n`, { mode: 0o600 });
  return { value, source: 'file' };
}
