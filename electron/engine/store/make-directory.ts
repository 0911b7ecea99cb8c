import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, for their owner alone. Node's own recursive `mkdirSync` never returns where the system
 * answers ENOENT below a folder that exists, as it does in `/proc`. Throws the system's error.
 */
export function makeDirectory(directory: string): void {
  const parent = dirname(directory);
  if (existsSync(directory) && statSync(directory).isDirectory()) return;
  if (parent !== directory && !existsSync(parent)) makeDirectory(parent);
  mkdirSync(directory, { mode: 0o700 });
}
