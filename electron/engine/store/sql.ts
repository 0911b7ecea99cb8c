import type { Database, Statement } from 'better-sqlite3';

/** A value as SQLite stores it in a STRICT table. */
export type Value = string | number | null;

/** Prepares an INSERT of the named columns; `tail` is what follows the values, such as a conflict clause. */
export function prepareInsert<Column extends string>(
  database: Database,
  table: string,
  columns: readonly Column[],
  tail = '',
): Statement<[Record<Column, Value>]> {
  const values = columns.map((column) => `@${column}`).join(', ');
  return database.prepare<[Record<Column, Value>]>(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values}) ${tail}`,
  );
}

/** SQLite has no booleans. */
export function toFlag(value: boolean): number {
  return value ? 1 : 0;
}

/** Durations are stored in whole milliseconds. */
export function toWhole(value: number): number {
  return Math.round(value);
}

export function toWholeOrNull(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
