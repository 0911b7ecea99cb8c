import { createHash } from 'node:crypto';
import { readFileSync, statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseRegistry } from './load.ts';
import type { Environment, Registry, RegistryProblem, RegistryResult } from './types.ts';

/** Editors write a file in several steps; the registry is read when they have been quiet for so long. */
const QUIET_MS = 100;
/** Some file systems (network shares, containers) report no changes: look for oneself as well. */
const POLL_MS = 2_000;

export interface WatchOptions {
  /** Read anew for every load, so that an edited `.env` takes effect with it. */
  environment: () => Environment;
  /** The text that is running; what is on disk at the start when left out. A file that differs is loaded at once. */
  initialText?: string;
  /** Makes a registry of the text; `parseRegistry` when left out. */
  parse?: (text: string, environment: Environment) => RegistryResult;
  /** `source` is what the registry was made of. */
  onLoaded: (registry: Registry, warnings: RegistryProblem[], source: RegistrySource) => void;
  /** The edit is not taken over; what was running goes on. */
  onRefused: (problems: RegistryProblem[]) => void;
}

/** What a registry is made of. */
export interface RegistrySource {
  text: string;
  environment: Environment;
}

export interface RegistryWatch {
  close(): void;
  /** Reads the file now, even when nothing has changed. */
  reload(): void;
}

/**
 * Follows a registry file. Watches its folder rather than the file, so that editors that replace the file (and
 * Kubernetes, which swaps a link) are seen; the same content again does nothing. Never keeps the process alive.
 */
export function watchRegistry(path: string, options: WatchOptions): RegistryWatch {
  let seen = fingerprint(options.initialText ?? readText(path), options.environment());
  let stamp = stampsOf(path);
  let missing = false;
  let quiet: NodeJS.Timeout | null = null;

  function look(force: boolean): void {
    stamp = stampsOf(path);
    const text = readText(path);
    if (text === null) {
      // A replacement may leave a gap between removing and renaming: only a file missing twice in a row is gone.
      if (missing || force) refuseMissing();
      else {
        missing = true;
        later();
      }
      return;
    }
    missing = false;
    const environment = options.environment();
    const current = fingerprint(text, environment);
    if (current === seen && !force) return;
    seen = current;
    const result = options.parse?.(text, environment) ?? parseRegistry(text, { environment, path });
    if (result.ok) options.onLoaded(result.registry, result.warnings, { text, environment });
    else options.onRefused(result.problems);
  }

  function refuseMissing(): void {
    if (seen === GONE) return;
    seen = GONE;
    const message = `The file ${path} is gone or cannot be read; the running configuration stays.`;
    options.onRefused([{ path: '', line: null, message }]);
  }

  function later(): void {
    if (quiet) clearTimeout(quiet);
    quiet = setTimeout(() => {
      quiet = null;
      look(false);
    }, QUIET_MS);
    quiet.unref();
  }

  const watcher = watchFolder(path, later);
  const poll = setInterval(() => {
    if (stampsOf(path) !== stamp) later();
  }, POLL_MS);
  poll.unref();
  if (options.initialText !== undefined) later();

  return {
    close() {
      watcher?.close();
      clearInterval(poll);
      if (quiet) clearTimeout(quiet);
    },
    reload: () => look(true),
  };
}

const GONE = 'gone';

function watchFolder(path: string, onChange: () => void): FSWatcher | null {
  const name = basename(path);
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
      // Kubernetes swaps links whose names begin with two dots.
      if (changed === null || changed === name || changed === '.env' || changed.startsWith('..')) onChange();
    });
    // The folder itself was removed, or the system ran out of watches: polling goes on.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The registry's and that of the `.env` beside it. */
function stampsOf(path: string): string {
  return `${stampOf(path)}, ${stampOf(join(dirname(path), '.env'))}`;
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return GONE;
  }
}

function fingerprint(text: string | null, environment: Environment): string {
  if (text === null) return GONE;
  const sorted = Object.entries(environment).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(text).update(JSON.stringify(sorted)).digest('hex');
}
