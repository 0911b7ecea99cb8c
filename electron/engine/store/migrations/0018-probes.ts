import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 18,
  name: 'what probes cost, found at once among everything else',
  sql: `
    CREATE INDEX requests_of_probes ON requests (started_at, provider, cost_micro_usd) WHERE origin = 'probe';
  `,
};
