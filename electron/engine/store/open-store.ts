import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { guardFile } from './file-guard.ts';
import { makeDirectory } from './make-directory.ts';
import { migrate } from './migrate.ts';
import { toStoreOpenError } from './open-error.ts';
import { createReader } from './reader-client.ts';
import { restoreState } from './restore.ts';
import type { Savings } from './rollup.ts';
import { createSqliteWriter } from './sqlite-writer.ts';
import type { RecordingWriter, RestoredState, SqliteStore } from './types.ts';

export interface StoreOptions {
  /** Made when it does not exist; holds `switchyard.db` and its companions. */
  directory: string;
  clock: Clock;
  /** Requests, attempts, decisions, transitions and events older than this many days are deleted, until `purge` says otherwise. */
  retentionDays: number;
  /** The reader's entry file: `reader-worker.ts` in source runs, its bundle in builds. */
  workerUrl: URL;
  /** Told of trouble that no caller is there to hear of: rows that cannot be written, a reader that died. */
  onError: (error: unknown) => void;
  /** What is told of a use of tokens beside its cost; nothing saved and no list price known when left out. */
  savings?: Partial<Savings>;
  /** Told of queries that took longer than 40 ms. */
  onSlowQuery?: (query: string, elapsedMs: number) => void;
}

/** Milliseconds that a write waits for a lock; short, as it holds the event loop. */
const BUSY_TIMEOUT_MS = 50;
export const DATABASE_FILE = 'switchyard.db';

/**
 * Opens the embedded database of a data directory, brings its schema up to date, and starts its reader and retention.
 * Only one store may have a directory open.
 * Throws `StoreOpenError`, whose message is one sentence with the way out: a directory that cannot be made or written
 * to, one in use, a file that is damaged, foreign, or of a newer version.
 */
export async function openStore(options: StoreOptions): Promise<SqliteStore> {
  const path = join(options.directory, DATABASE_FILE);
  const { writer, restored, unlock } = openForWriting(options, path);
  const reader = createReader({ ...options, path });
  return {
    restored,
    reader,
    writer: {
      ...writer,
      async close() {
        await writer.close();
        unlock();
      },
    },
  };
}

interface Opened {
  writer: RecordingWriter;
  restored: RestoredState;
  unlock: () => void;
}

function openForWriting(options: StoreOptions, path: string): Opened {
  const { directory, clock } = options;
  let unlock = () => {};
  let database: Database | null = null;
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
    unlock = lockDataDirectory(directory);
    database = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT_MS });
    // NORMAL under WAL: what is committed survives the death of the process, though not a loss of power.
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    migrate(database);
    // What is read now may be where a damaged file shows it first.
    const restored = restoreState(database, clock.now());
    const guard = guardFile({ ...options, database, path });
    const writer = createSqliteWriter(database, { ...options, beforeClose: () => guard.close() });
    return { writer, restored, unlock };
  } catch (error) {
    database?.close();
    unlock();
    throw toStoreOpenError(error, directory, path);
  }
}
