/** One step of the schema. A step that was released is never changed; the next change is the next number. */
export interface Migration {
  /** Counts from 1 without gaps; SQLite's `user_version` holds the last one applied. */
  version: number;
  name: string;
  sql: string;
}
