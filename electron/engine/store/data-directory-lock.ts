import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import { keepToOwner } from './owner-file.ts';

/**
 * Takes a data directory for this process alone, as two engines on one set of counters would overshoot every budget.
 * The lock is SQLite's own on a file beside the database, so the system frees it however the process ends. Readers of
 * the database are not kept out. The returned function gives it back; throws `SQLITE_BUSY` when another process has it.
 */
export function lockDataDirectory(directory: string): () => void {
  const path = join(directory, 'switchyard.lock');
  keepToOwner(path);
  const lock = new SqliteDatabase(path, { timeout: 0 });
  try {
    // A rollback journal in memory: WAL would let a second process in, and a journal file would be left behind.
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw error;
  }
  return () => void lock.close();
}
