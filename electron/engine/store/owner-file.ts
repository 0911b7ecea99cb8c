import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';

/** Files that SQLite puts beside a database; it gives new ones the rights of the database. */
const COMPANIONS = ['-wal', '-shm'];

/**
 * Makes a database's file where there is none, and takes it from everybody but its owner, with what lies beside it: the
 * folder may be one that others can read. A file of another owner stays as it is. Throws what making the file throws.
 */
export function keepToOwner(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  for (const file of [path, ...COMPANIONS.map((ending) => path + ending)]) {
    try {
      if (existsSync(file)) chmodSync(file, 0o600);
    } catch {
      // Whoever owns it decides.
    }
  }
}
