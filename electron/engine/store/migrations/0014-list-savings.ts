import type { Migration } from './migration.ts';

const TABLES = ['rollup', 'agent_rollup'].flatMap((name) =>
  ['minute', 'hour', 'day'].map((grain) => `${name}_${grain}`),
);

/** What was counted before has no record of its list price: every such request stands as one of unknown list price. */
export const migration: Migration = {
  version: 14,
  name: 'savings against list price',
  sql: TABLES.map(
    (table) => `
    ALTER TABLE ${table} ADD COLUMN list_savings_micro_usd INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE ${table} ADD COLUMN list_price_unknown_requests INTEGER NOT NULL DEFAULT 0;
    UPDATE ${table} SET list_price_unknown_requests = requests;`,
  ).join('\n'),
};
