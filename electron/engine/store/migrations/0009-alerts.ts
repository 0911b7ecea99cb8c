import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 9,
  name: 'alerts and silences',
  sql: `
    CREATE TABLE alerts (
      id TEXT PRIMARY KEY,
      rule TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('firing', 'resolved')),
      firing_since INTEGER NOT NULL,
      resolved_at INTEGER,
      notified INTEGER NOT NULL CHECK (notified IN (0, 1)),
      alert TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alerts_by_time ON alerts (firing_since);
    CREATE INDEX alerts_open ON alerts (state) WHERE state = 'firing';

    CREATE TABLE silences (
      id INTEGER PRIMARY KEY,
      expires_at INTEGER NOT NULL,
      ended_at INTEGER,
      silence TEXT NOT NULL
    ) STRICT;
  `,
};
