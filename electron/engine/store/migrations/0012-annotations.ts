import type { Migration } from './migration.ts';

/**
 * `annotations` is what people note beside the charts. `marks` is what providers and budgets went through besides their
 * health: breakers, load, and budgets that ran low; incidents are told from them.
 */
export const migration: Migration = {
  version: 12,
  name: 'annotations and marks',
  sql: `
    CREATE TABLE annotations (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('deploy', 'note')),
      text TEXT NOT NULL,
      operator TEXT NOT NULL,
      link TEXT
    ) STRICT;
    CREATE INDEX annotations_by_time ON annotations (at, id);

    CREATE TABLE marks (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('breaker', 'load', 'budget')),
      name TEXT NOT NULL,
      value TEXT NOT NULL
    ) STRICT;
    CREATE INDEX marks_by_time ON marks (at, id);
  `,
};
