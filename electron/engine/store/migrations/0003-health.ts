import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 3,
  name: 'health, fallbacks and episodes',
  sql: `
    CREATE TABLE health_transitions (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      provider TEXT NOT NULL,
      from_status TEXT NOT NULL,
      to_status TEXT NOT NULL,
      reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX health_transitions_by_provider ON health_transitions (provider, at, id);

    CREATE TABLE alive_spans (from_at INTEGER PRIMARY KEY, to_at INTEGER NOT NULL) STRICT;

    CREATE TABLE fallback_events (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      request_id TEXT NOT NULL,
      from_provider TEXT NOT NULL,
      to_provider TEXT NOT NULL,
      reason TEXT NOT NULL,
      detail TEXT NOT NULL,
      served INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX fallback_events_by_time ON fallback_events (at, id);

    CREATE TABLE episodes (
      id INTEGER PRIMARY KEY,
      from_provider TEXT NOT NULL,
      to_provider TEXT,
      reason TEXT NOT NULL,
      detail TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      requests INTEGER NOT NULL,
      failed_requests INTEGER NOT NULL,
      cost_micro_usd INTEGER NOT NULL,
      pricing_unknown_requests INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX episodes_by_time ON episodes (started_at, id);
    CREATE INDEX episodes_open ON episodes (id) WHERE ended_at IS NULL;
  `,
};
