import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 10,
  name: 'notifications',
  sql: `
    CREATE TABLE deliveries (
      id INTEGER PRIMARY KEY,
      status TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'given_up')),
      created_at INTEGER NOT NULL,
      delivery TEXT NOT NULL,
      notices TEXT NOT NULL
    ) STRICT;
    CREATE INDEX deliveries_waiting ON deliveries (status) WHERE status = 'waiting';
  `,
};
