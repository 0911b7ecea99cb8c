import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 7,
  name: 'stored routing configuration by version',
  sql: `
    -- Each row is the whole stored configuration after a change; the newest one holds. Rows are never changed.
    CREATE TABLE routing_versions (
      version INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      operator TEXT NOT NULL,
      reason TEXT NOT NULL,
      restores INTEGER,
      stored TEXT NOT NULL,
      diff TEXT NOT NULL
    ) STRICT;
  `,
};
