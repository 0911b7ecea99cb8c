import type { Database } from 'better-sqlite3';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { makeDirectory } from './make-directory.ts';

interface FileGuardOptions {
  database: Database;
  /** Where the database was opened. */
  path: string;
  clock: Clock;
  onError: (error: unknown) => void;
}

const LOOK_EVERY_MS = 5000;
const REPORT_EVERY_MS = 60_000;

/** Watches over the file of an open database, whose name others may take away while it is written. */
interface FileGuard {
  /** To be called when everything is written and the database still open: puts back what has lost its file. */
  close(): void;
}

/**
 * A database whose file was removed or replaced goes on being written, under no name, and is gone with its process. The
 * guard tells of it at once and then every minute, and writes it back when the store closes: to its own place where that
 * is free, else beside the file that took it.
 */
export function guardFile({ database, path, clock, onError }: FileGuardOptions): FileGuard {
  const opened = identityOf(path);
  const whatHappened = (): 'removed' | 'replaced' | null => {
    const found = identityOf(path);
    if (found === 'unknown' || found === opened) return null;
    return found === 'nothing' ? 'removed' : 'replaced';
  };
  let reportedAt = Number.NEGATIVE_INFINITY;

  const look = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, look);
    const happened = whatHappened();
    if (happened === null || clock.monotonic() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = clock.monotonic();
    onError(new Error(happened === 'removed' ? removed(path) : replaced(path)));
  };
  let cancel = clock.after(LOOK_EVERY_MS, look);

  return {
    close() {
      cancel();
      const happened = whatHappened();
      if (happened === null) return;
      const target = happened === 'removed' ? path : `${path}.displaced-${clock.now()}`;
      try {
        makeDirectory(dirname(path));
        database.prepare('VACUUM INTO ?').run(target);
        onError(new Error(`The database was written back to ${target}, as its file had been removed or replaced.`));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        onError(
          new Error(
            `What was recorded is lost: ${path} was removed or replaced, and ${target} cannot be written (${reason}).`,
            {
              cause: error,
            },
          ),
        );
      }
    },
  };
}

/** What tells a file from another of its name; a place that may not be looked at tells nothing. */
function identityOf(path: string): string {
  try {
    const file = statSync(path, { bigint: true, throwIfNoEntry: false });
    return file === undefined ? 'nothing' : `${file.dev}:${file.ino}`;
  } catch {
    return 'unknown';
  }
}

const SAVED = 'Stop Switchyard in the ordinary way to keep what was recorded';

function removed(path: string): string {
  return `${path} was removed while in use. ${SAVED}: it is written back to its place. A process that is killed loses it.`;
}

function replaced(path: string): string {
  return `${path} was replaced while in use, and the new file is not read. ${SAVED}: it is written beside the new file, which the next start takes. A process that is killed loses it.`;
}
