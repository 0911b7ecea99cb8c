import type { Migration } from './migration.ts';

/** Counters of call sites stand beside those of providers: the key grows, so the table is built anew. */
export const migration: Migration = {
  version: 8,
  name: 'limits of call sites, raised limits',
  sql: `
    ALTER TABLE quota_counters RENAME TO provider_counters;
    CREATE TABLE quota_counters (
      scope TEXT NOT NULL CHECK (scope IN ('provider', 'call_site')),
      name TEXT NOT NULL,
      quota_limit TEXT NOT NULL,
      window_start INTEGER NOT NULL,
      used INTEGER NOT NULL,
      PRIMARY KEY (scope, name, quota_limit)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO quota_counters SELECT 'provider', provider, quota_limit, window_start, used FROM provider_counters;
    DROP TABLE provider_counters;

    CREATE TABLE limit_raises (
      id INTEGER PRIMARY KEY,
      scope TEXT NOT NULL CHECK (scope IN ('provider', 'call_site')),
      name TEXT NOT NULL,
      quota_limit TEXT NOT NULL,
      limit_value REAL NOT NULL,
      operator TEXT NOT NULL,
      reason TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      until INTEGER NOT NULL,
      ended_at INTEGER,
      ended_how TEXT CHECK (ended_how IN ('ended', 'replaced', 'expired'))
    ) STRICT;
  `,
};
