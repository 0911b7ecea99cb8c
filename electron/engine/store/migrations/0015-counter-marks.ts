import type { Migration } from './migration.ts';

export const migration: Migration = {
  version: 15,
  name: 'requests without a price, soft limits told',
  sql: `
    ALTER TABLE quota_counters ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE quota_counters ADD COLUMN soft_told INTEGER;
  `,
};
