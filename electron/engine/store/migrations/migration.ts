import type { Database } from 'better-sqlite3';

/** One step of the schema. A step that was released is never changed; the next change is the next number. */
export interface Migration {
  /** Counts from 1 without gaps; SQLite's `user_version` holds the last one applied. */
  version: number;
  name: string;
  sql: string;
  /** What SQL alone cannot do; runs after `sql` in the same transaction. */
  finish?: (database: Database) => void;
}
