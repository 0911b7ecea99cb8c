import SqliteDatabase from 'better-sqlite3';
import { expect, it } from 'vitest';
import { migrate, MIGRATIONS } from '../../../electron/engine/store/migrate.ts';
import { FIGURE_NAMES } from '../../../electron/engine/store/rollup.ts';

const ADDED = ['list_savings_micro_usd', 'list_price_unknown_requests'];

it('holds what was counted before list prices were asked for as requests of unknown list price', () => {
  const database = new SqliteDatabase(':memory:');
  const index = MIGRATIONS.findIndex(({ name }) => name === 'savings against list price');
  migrate(database, MIGRATIONS.slice(0, index));
  const names = FIGURE_NAMES.filter((name) => !ADDED.includes(name));
  const figures = names.map((name) => (name === 'requests' ? 12 : 3)).join(', ');
  database.exec(`INSERT INTO rollup_day (bucket, provider, model, tier, call_site, ${names.join(', ')})
    VALUES (0, 'kimi', 'kimi-k2', '', '', ${figures})`);
  database.exec(`INSERT INTO agent_rollup_hour (bucket, agent_id, ${names.join(', ')}) VALUES (0, 'a', ${figures})`);
  migrate(database);
  for (const table of ['rollup_day', 'agent_rollup_hour']) {
    expect(database.prepare(`SELECT requests, ${ADDED.join(', ')} FROM ${table}`).get()).toEqual({
      requests: 12,
      list_savings_micro_usd: 0,
      list_price_unknown_requests: 12,
    });
  }
  database.close();
});
