import type { Migration } from './migration.ts';

/** Times are UTC epoch milliseconds, durations milliseconds, money micro-dollars: all whole numbers. */
export const migration: Migration = {
  version: 1,
  name: 'requests, attempts and decisions',
  sql: `
    CREATE TABLE requests (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      started_at INTEGER NOT NULL,
      origin TEXT NOT NULL,
      dialect TEXT NOT NULL,
      streamed INTEGER NOT NULL,
      requested_model TEXT NOT NULL,
      rule TEXT,
      call_site TEXT,
      tier TEXT,
      task_type TEXT,
      agent_id TEXT,
      end_user TEXT,
      provider TEXT,
      model TEXT,
      status TEXT NOT NULL,
      http_status INTEGER NOT NULL,
      error_code TEXT,
      failure_class TEXT,
      error_message TEXT,
      attempts INTEGER NOT NULL,
      fallback_from TEXT,
      fallback_reason TEXT,
      resumed INTEGER NOT NULL,
      queue_ms INTEGER NOT NULL,
      first_token_ms INTEGER,
      duration_ms INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      usage_estimated INTEGER NOT NULL,
      cost_micro_usd INTEGER NOT NULL,
      pricing_unknown INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX requests_by_time ON requests (started_at, id);
    CREATE INDEX requests_by_provider ON requests (provider, started_at, id);
    -- Rare rows are what people look for; these two stay small however large the table grows.
    CREATE INDEX requests_not_successful ON requests (status, started_at, id) WHERE status <> 'success';
    CREATE INDEX requests_fallen_back ON requests (started_at, id) WHERE fallback_from IS NOT NULL OR resumed = 1;

    CREATE TABLE attempts (
      seq INTEGER NOT NULL,
      attempt_index INTEGER NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      failure_class TEXT,
      message TEXT,
      http_status INTEGER,
      retry INTEGER NOT NULL,
      resume INTEGER NOT NULL,
      queue_ms INTEGER NOT NULL,
      headers_ms INTEGER,
      first_token_ms INTEGER,
      duration_ms INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      usage_estimated INTEGER NOT NULL,
      cost_micro_usd INTEGER NOT NULL,
      pricing_unknown INTEGER NOT NULL,
      adjusted TEXT NOT NULL,
      PRIMARY KEY (seq, attempt_index)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE decisions (
      seq INTEGER PRIMARY KEY,
      decision TEXT NOT NULL
    ) STRICT;
  `,
};
