import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate, MIGRATIONS } from '../../../electron/engine/store/migrate.ts';
import { openTestStore, temporaryDirectory } from '../../support/store-fixtures.ts';

const raise = {
  scope: 'call_site' as const,
  name: 'chat',
  limit: 'usd_per_day' as const,
  limit_value: 62.5,
  operator: 'ada',
  reason: 'launch day',
  created_at: 1_000,
  until: 9_000,
};

describe('raised limits', () => {
  it('are there after a restart until somebody or something ends them', async () => {
    const first = await openTestStore();
    const kept = first.writer.saveRaise(raise);
    const ended = first.writer.saveRaise({ ...raise, name: 'batch' });
    first.writer.endRaise(ended.id, 2_000, 'ended');
    await first.close();
    const second = await openTestStore({ directory: first.directory });
    expect(second.writer.loadRaises()).toEqual([{ ...raise, id: kept.id }]);
    expect(second.writer.saveRaise(raise).id).toBe(ended.id + 1);
  });

  it('keep how they ended', async () => {
    const store = await openTestStore();
    for (const how of ['ended', 'replaced', 'expired'] as const) {
      store.writer.endRaise(store.writer.saveRaise(raise).id, 2_000, how);
    }
    await store.close();
    const database = new SqliteDatabase(join(store.directory, 'switchyard.db'));
    expect(database.prepare('SELECT ended_at, ended_how FROM limit_raises ORDER BY id').raw().all()).toEqual([
      [2_000, 'ended'],
      [2_000, 'replaced'],
      [2_000, 'expired'],
    ]);
    database.close();
  });
});

describe('counters', () => {
  const counter = { limit: 'requests_per_day' as const, windowStart: 5, used: 1, unpriced: 0, softTold: null };
  const kimi = { ...counter, scope: 'provider' as const, name: 'kimi' };
  const chat = { ...counter, scope: 'call_site' as const, name: 'chat' };
  const batch = { ...counter, scope: 'call_site' as const, name: 'batch' };

  it('of before call sites had limits are those of providers', () => {
    const directory = temporaryDirectory();
    const database = new SqliteDatabase(join(directory, 'switchyard.db'));
    migrate(database, MIGRATIONS.slice(0, 7));
    database.exec(`INSERT INTO quota_counters VALUES ('kimi', 'requests_per_day', 5, 42)`);
    migrate(database);
    expect(database.prepare('SELECT * FROM quota_counters').all()).toEqual([
      {
        scope: 'provider',
        name: 'kimi',
        quota_limit: 'requests_per_day',
        window_start: 5,
        used: 42,
        unpriced: 0,
        soft_told: null,
      },
    ]);
    database.close();
  });

  it('that wait for a locked database end with their newest figure, however they were saved together', async () => {
    const errors: unknown[] = [];
    const store = await openTestStore({ onError: (error) => errors.push(error) });
    const other = new SqliteDatabase(join(store.directory, 'switchyard.db'));
    other.exec('BEGIN IMMEDIATE');
    store.writer.save([{ ...kimi, used: 1 }, chat]);
    store.writer.save([{ ...kimi, used: 2 }, batch]);
    store.writer.save([
      { ...kimi, used: 3 },
      { ...chat, used: 2 },
    ]);
    expect(store.writer.unwritten()).toBe(2);
    other.exec('COMMIT');
    other.close();
    await store.close();
    expect(errors.map(String)).toEqual([
      expect.stringContaining('The store cannot be written'),
      'Error: The store can be written again. Nothing was lost.',
    ]);
    const again = await openTestStore({ directory: store.directory });
    expect(again.writer.load()).toEqual([batch, { ...chat, used: 2 }, { ...kimi, used: 3 }]);
  });
});
