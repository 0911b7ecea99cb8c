import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 17,
  name: 'which keys were set when the engine last looked',
  sql: `
    CREATE TABLE known_keys (
      name TEXT PRIMARY KEY,
      salt TEXT NOT NULL,
      fingerprint TEXT
    ) STRICT;
  `,
};
