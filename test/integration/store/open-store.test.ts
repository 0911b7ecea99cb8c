import SqliteDatabase from 'better-sqlite3';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../electron/engine/store/migrate.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { createStoreTestClock } from '../../support/store-clock.ts';
import { READER_WORKER_URL, openTestStore, temporaryDirectory } from '../../support/store-fixtures.ts';
import { sampleRequest } from '../../support/store-plain-fixtures.ts';

const HOUR = 3_600_000;

async function openingError(directory: string): Promise<string> {
  const opening = openStore({
    directory,
    clock: createStoreTestClock(),
    retentionDays: 30,
    workerUrl: READER_WORKER_URL,
    onError: () => {},
  });
  try {
    await opening;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the store opened');
}

describe('opening a store', () => {
  it('makes a missing directory for its owner alone', async () => {
    const directory = join(temporaryDirectory(), 'deep', 'data');
    await openTestStore({ directory });
    expect(statSync(directory).mode & 0o077).toBe(0);
  });

  it('refuses a directory in use, and takes it once it is free', async () => {
    const first = await openTestStore();
    expect(await openingError(first.directory)).toContain('is in use by another Switchyard; stop that one');
    await first.close();
    await openTestStore({ directory: first.directory });
  });

  it('refuses a file that is no database and leaves it as it is', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'switchyard.db');
    writeFileSync(path, 'not a database at all, but long enough to look at '.repeat(100));
    expect(await openingError(directory)).toContain('is damaged or is no database; put back a copy');
    expect(readFileSync(path, 'utf8')).toMatch(/^not a database/);
  });

  it('refuses a file that is damaged where its state is kept', async () => {
    const { directory, ...store } = await openTestStore();
    await store.close();
    const path = join(directory, 'switchyard.db');
    const database = new SqliteDatabase(path, { readonly: true });
    const page = Number(database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'isolations'`).pluck().get());
    database.close();
    const content = readFileSync(path);
    writeFileSync(path, content.fill(0xff, (page - 1) * 4096, page * 4096));
    expect(await openingError(directory)).toContain('is damaged or is no database; put back a copy');
  });

  it('refuses a file of a newer version with both numbers', async () => {
    const directory = temporaryDirectory();
    await (await openTestStore({ directory })).close();
    const database = new SqliteDatabase(join(directory, 'switchyard.db'));
    database.pragma('user_version = 99');
    database.close();
    expect(await openingError(directory)).toContain(
      `was written by a newer Switchyard (schema 99, this one knows ${MIGRATIONS.length}); update, or choose another --data directory.`,
    );
  });

  it('refuses a path that leads through a file', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    expect(await openingError(join(directory, 'file', 'data'))).toContain('part of its path is no directory');
  });

  it.skipIf(process.getuid?.() === 0)('refuses a directory that cannot be written to', async () => {
    const directory = join(temporaryDirectory(), 'data');
    mkdirSync(directory);
    chmodSync(directory, 0o500);
    expect(await openingError(directory)).toContain('cannot be written to; make it writable');
  });

  it('frees the directory again when opening fails', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'switchyard.db');
    writeFileSync(path, 'x'.repeat(5000));
    await openingError(directory);
    writeFileSync(path, '');
    await openTestStore({ directory });
  });
});

describe('a store opened again', () => {
  it('restores override, isolations, open episodes, health and counters', async () => {
    const clock = createStoreTestClock();
    const now = clock.now();
    const first = await openTestStore({ clock });
    const override = first.writer.saveOverride({
      provider: 'claude',
      scope: 'all',
      reason: 'kimi is slow',
      operator: 'ada',
      created_at: now,
      expires_at: now + HOUR,
    });
    const isolation = { operator: 'ada', reason: 'maintenance', since: now };
    first.writer.saveIsolation('gpt', isolation);
    first.writer.saveIsolation('xai', isolation);
    first.writer.saveIsolation('xai', null);
    const ended = first.writer.openEpisode({ ...episode, started_at: now - HOUR });
    first.writer.updateEpisode({ ...ended, ended_at: now - 1 });
    const open = first.writer.openEpisode({ ...episode, started_at: now });
    first.writer.updateEpisode({ ...open, requests: 7, cost_usd: 1.25 });
    for (const [at, status] of [
      [1, 'healthy'],
      [3, 'unhealthy'],
      [2, 'degraded'],
    ] as const) {
      first.writer.addHealthTransition({
        at,
        provider: 'kimi',
        from_status: 'unknown',
        to_status: status,
        reason: status,
      });
    }
    const counter = {
      scope: 'provider' as const,
      name: 'claude',
      limit: 'requests_per_day' as const,
      windowStart: now,
      used: 3,
      unpriced: 1,
      softTold: 2,
    };
    first.writer.save([counter]);
    first.writer.save([{ ...counter, used: 4 }]);
    await first.close();

    const second = await openTestStore({ directory: first.directory, clock });
    expect(second.restored).toMatchObject({
      override,
      isolations: [{ provider: 'gpt', isolation }],
      openEpisodes: [{ ...open, requests: 7, cost_usd: 1.25 }],
      routing: null,
      lastHealth: [{ provider: 'kimi', status: 'unhealthy', since: 3, reason: 'unhealthy' }],
    });
    expect(second.writer.load()).toEqual([{ ...counter, used: 4 }]);
    expect(second.writer.openEpisode(episode).id).toBe(open.id + 1);
  });

  it.each([
    ['ran out meanwhile', 2 * HOUR, false],
    ['was released', 0, true],
  ])('restores no override that %s', async (_, passed, released) => {
    const clock = createStoreTestClock();
    const first = await openTestStore({ clock });
    const override = first.writer.saveOverride({
      provider: 'claude',
      scope: 'all',
      reason: 'kimi is slow',
      operator: 'ada',
      created_at: clock.now(),
      expires_at: clock.now() + HOUR,
    });
    if (released) first.writer.endOverride(override.id, clock.now(), 'released');
    await first.close();
    clock.advance(passed);
    const second = await openTestStore({ directory: first.directory, clock });
    expect(second.restored.override).toBeNull();
  });

  it('still has every row', async () => {
    const first = await openTestStore();
    void first.writer.record(sampleRequest());
    await first.close();
    const second = await openTestStore({ directory: first.directory });
    expect(await second.reader.getRequest('request-1')).toEqual(sampleRequest());
  });
});

const episode = {
  from_provider: 'kimi',
  to_provider: 'claude',
  reason: 'unhealthy' as const,
  detail: 'connection refused',
  started_at: 0,
  ended_at: null,
  requests: 0,
  failed_requests: 0,
  cost_usd: 0,
  pricing_unknown_requests: 0,
};
