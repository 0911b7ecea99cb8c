import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 4,
  name: 'quota counters, overrides, isolations and audit',
  sql: `
    CREATE TABLE quota_counters (
      provider TEXT NOT NULL,
      quota_limit TEXT NOT NULL,
      window_start INTEGER NOT NULL,
      used INTEGER NOT NULL,
      PRIMARY KEY (provider, quota_limit)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE overrides (
      id INTEGER PRIMARY KEY,
      provider TEXT NOT NULL,
      scope TEXT NOT NULL,
      reason TEXT NOT NULL,
      operator TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      ended_at INTEGER,
      ended_how TEXT CHECK (ended_how IN ('released', 'expired'))
    ) STRICT;

    CREATE TABLE isolations (
      provider TEXT PRIMARY KEY,
      operator TEXT NOT NULL,
      reason TEXT NOT NULL,
      since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      operator TEXT NOT NULL,
      action TEXT NOT NULL,
      target TEXT NOT NULL,
      reason TEXT NOT NULL,
      before_value TEXT,
      after_value TEXT
    ) STRICT;
    CREATE INDEX audit_by_time ON audit (at, id);
  `,
};
