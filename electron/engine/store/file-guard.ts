import type { Database } from 'better-sqlite3';
import { rmSync, statSync } from 'node:fs';
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
 * is free, else beside the file that took it. Its log goes then: the next to open the place would take it for that of the
 * file there, and damage it. A log that was removed alone takes along what is not yet in the file, which is then kept little.
 */
export function guardFile({ database, path, clock, onError }: FileGuardOptions): FileGuard {
  const log = `${path}-wal`;
  const opened = identityOf(path);
  const openedLog = identityOf(log);
  const whatHappened = (): keyof typeof WORDS | null => {
    const found = identityOf(path);
    if (found === 'nothing') return 'removed';
    if (found !== 'unknown' && found !== opened) return 'replaced';
    return identityOf(log) === 'nothing' ? 'logRemoved' : null;
  };
  let reportedAt = Number.NEGATIVE_INFINITY;

  const look = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, look);
    const happened = whatHappened();
    if (happened === 'logRemoved') empty(database);
    if (happened === null || clock.monotonic() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = clock.monotonic();
    onError(new Error(WORDS[happened](path)));
  };
  let cancel = clock.after(LOOK_EVERY_MS, look);

  return {
    close() {
      cancel();
      const happened = whatHappened();
      if (happened === null || happened === 'logRemoved') return;
      const target = happened === 'removed' ? path : `${path}.displaced-${clock.now()}`;
      try {
        makeDirectory(dirname(path));
        database.prepare('VACUUM INTO ?').run(target);
        if (identityOf(log) === openedLog) rmSync(log);
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

/** Brings what is in the log into the file, as far as that can be done now; the next look tries again. */
function empty(database: Database): void {
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // A disk that is full is told of by the writes.
  }
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

/** What is told, by what happened. */
const WORDS = {
  removed: (path: string) =>
    `${path} was removed while in use. ${SAVED}: it is written back to its place. A process that is killed loses it.`,
  replaced: (path: string) =>
    `${path} was replaced while in use, and the new file is not read. ${SAVED}: it is written beside the new file, which the next start takes. A process that is killed loses it.`,
  logRemoved: (path: string) =>
    `${path}-wal was removed while in use: no command can read the database. Restart Switchyard in the ordinary way; a process that is killed loses the last seconds.`,
};
