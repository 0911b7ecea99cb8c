import type { Migration } from './migration.ts';

const figures = `
      requests INTEGER NOT NULL,
      errors INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      failed_attempts INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL,
      cost_micro_usd INTEGER NOT NULL,
      pricing_unknown_requests INTEGER NOT NULL`;

const figuresTable = (grain: string) => `
    CREATE TABLE rollup_${grain} (
      bucket INTEGER NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      tier TEXT NOT NULL,
      call_site TEXT NOT NULL,${figures},
      PRIMARY KEY (bucket, provider, model, tier, call_site)
    ) STRICT, WITHOUT ROWID;`;

const latencyTable = (grain: string) => `
    CREATE TABLE latency_rollup_${grain} (
      bucket INTEGER NOT NULL,
      provider TEXT NOT NULL,
      metric TEXT NOT NULL CHECK (metric IN ('first_token', 'latency')),
      latency_bucket INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (bucket, provider, metric, latency_bucket)
    ) STRICT, WITHOUT ROWID;`;

/** `bucket` is the start of the UTC minute, hour or day. `rollup_horizons` says from when on a finer grain is complete. */
export const migration: Migration = {
  version: 2,
  name: 'rollups',
  sql: `
    ${['minute', 'hour', 'day'].map(figuresTable).join('\n')}
    ${['minute', 'hour'].map(latencyTable).join('\n')}
    CREATE TABLE rollup_horizons (grain TEXT PRIMARY KEY, kept_since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO rollup_horizons (grain, kept_since) VALUES ('minute', 0), ('hour', 0);
  `,
};
