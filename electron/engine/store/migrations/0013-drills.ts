import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 13,
  name: 'drills',
  sql: `
    CREATE TABLE drills (
      id INTEGER PRIMARY KEY,
      state TEXT NOT NULL CHECK (state IN ('scheduled', 'running', 'recovering', 'ended')),
      created_at INTEGER NOT NULL,
      drill TEXT NOT NULL
    ) STRICT;
  `,
};
