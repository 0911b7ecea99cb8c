import SqliteDatabase from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../../electron/engine/store/migrate.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { createReader } from '../../../electron/engine/store/reader-client.ts';
import { createSqliteWriter } from '../../../electron/engine/store/sqlite-writer.ts';
import type { SqliteStore } from '../../../electron/engine/store/types.ts';
import { createStoreTestClock } from '../../support/store-clock.ts';
import { READER_WORKER_URL, openTestStore, temporaryDirectory } from '../../support/store-fixtures.ts';
import { sampleRequest } from '../../support/store-plain-fixtures.ts';

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

function openWriter() {
  const path = join(temporaryDirectory(), 'switchyard.db');
  const database = new SqliteDatabase(path, { timeout: 0 });
  database.pragma('journal_mode = WAL');
  migrate(database);
  const clock = createStoreTestClock();
  const errors: string[] = [];
  const writer = createSqliteWriter(database, {
    clock,
    retentionDays: 30,
    onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
  });
  onTestFinished(() => void database.close());
  const count = (table: string) => database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get();
  return { path, database, clock, errors, writer, count };
}

describe('a store whose disk is full', () => {
  it('keeps the rows and writes them once there is room', async () => {
    const { database, clock, errors, writer, count } = openWriter();
    const pages = database.pragma('page_count', { simple: true });
    database.pragma(`max_page_count = ${Number(pages)}`);
    const large = 'x'.repeat(200_000);
    const recorded = writer.record(sampleRequest({ error_message: large }));
    await endOfTurn();
    expect(writer.unwritten()).toBe(1);
    expect(errors).toEqual([expect.stringContaining('database or disk is full')]);
    clock.advance(1000);
    await recorded;
    expect(count('requests')).toBe(0);
    const event = writer.addHealthTransition({
      at: 1,
      provider: 'kimi',
      from_status: 'healthy',
      to_status: 'unhealthy',
      reason: 'refused',
    });
    expect(event.id).toBe(1);
    database.pragma('max_page_count = 1000000');
    clock.advance(5000);
    expect([writer.unwritten(), count('requests'), count('rollup_minute'), count('health_transitions')]).toEqual([
      0, 1, 1, 1,
    ]);
  });
});

describe('a store locked by another process', () => {
  it('writes the rows after the lock is gone', async () => {
    const { path, clock, writer, count } = openWriter();
    const other = new SqliteDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    const recorded = writer.record(sampleRequest());
    await endOfTurn();
    expect(writer.unwritten()).toBe(1);
    other.exec('ROLLBACK');
    other.close();
    clock.advance(100);
    await recorded;
    expect([writer.unwritten(), count('requests')]).toEqual([0, 1]);
  });
});

describe('a store whose file is taken away', () => {
  const setUp = async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'switchyard.db');
    const clock = createStoreTestClock();
    const errors: string[] = [];
    const options = { directory, clock, retentionDays: 30, workerUrl: READER_WORKER_URL };
    const open = () => openStore({ ...options, onError: (error) => errors.push(String(error)) });
    const store = await open();
    await store.writer.record(sampleRequest({ id: 'before' }));
    return { path, clock, errors, store, open };
  };
  const close = async ({ reader, writer }: SqliteStore) => {
    await reader.close();
    await writer.close();
  };
  const integrityOf = (path: string) => {
    const database = new SqliteDatabase(path, { readonly: true });
    const found = database.pragma('integrity_check', { simple: true });
    database.close();
    return found;
  };
  const idsIn = (path: string) => {
    const database = new SqliteDatabase(path, { readonly: true });
    const ids = database.prepare<[], string>('SELECT id FROM requests ORDER BY seq').pluck().all();
    database.close();
    return ids;
  };

  it.each([
    ['with its log', ['', '-wal', '-shm']],
    ['alone', ['']],
  ])('%s says so, goes on recording, and has every row again after an ordinary stop', async (_, suffixes) => {
    const { path, clock, errors, store, open } = await setUp();
    for (const suffix of suffixes) rmSync(path + suffix);
    clock.advance(5000);
    expect(errors).toEqual([expect.stringContaining(`${path} was removed while in use. Stop Switchyard`)]);
    await store.writer.record(sampleRequest({ id: 'after' }));
    clock.advance(50_000);
    expect(errors).toHaveLength(1);
    await close(store);
    expect(errors.at(-1)).toContain(`was written back to ${path}`);
    const again = await open();
    expect((await again.reader.listRequests({ limit: 9 })).requests).toHaveLength(2);
    await close(again);
    expect(integrityOf(path)).toBe('ok');
  });

  it('says so of its log, and has its rows in the file soon', async () => {
    const { path, clock, errors, store } = await setUp();
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix);
    clock.advance(5000);
    expect(errors).toEqual([expect.stringContaining(`${path}-wal was removed while in use`)]);
    copyFileSync(path, `${path}.copy`);
    expect(idsIn(`${path}.copy`)).toEqual(['before']);
    await close(store);
    expect(idsIn(path)).toEqual(['before']);
    expect(errors).toHaveLength(1);
  });

  it('leaves the file that took its place alone and puts its own beside it', async () => {
    const { path, clock, errors, store } = await setUp();
    const backup = `${path}.backup`;
    const source = new SqliteDatabase(path, { readonly: true });
    await source.backup(backup);
    source.close();
    renameSync(backup, path);
    clock.advance(5000);
    expect(errors).toEqual([expect.stringContaining('was replaced while in use, and the new file is not read')]);
    await store.writer.record(sampleRequest({ id: 'after' }));
    await close(store);
    expect(idsIn(path)).toEqual(['before']);
    expect(integrityOf(path)).toBe('ok');
    expect(idsIn(`${path}.displaced-${clock.now()}`)).toEqual(['before', 'after']);
  });
});

describe('a row that does not fit the schema', () => {
  it('is left out and told of, and its neighbours are stored with their rollups', async () => {
    const { errors, writer, count, database } = openWriter();
    await Promise.all([
      writer.record(sampleRequest({ id: 'a' })),
      writer.record(sampleRequest({ id: 'bad', duration_ms: Number.NaN })),
      writer.record(sampleRequest({ id: 'b' })),
    ]);
    expect(count('requests')).toBe(2);
    expect(database.prepare('SELECT sum(requests) FROM rollup_day').pluck().get()).toBe(2);
    expect(errors).toEqual(['A row could not be stored and was left out.']);
  });
});

describe('a store killed while it writes', () => {
  it('has every acknowledged row, and rollups that equal the rows', async () => {
    const directory = temporaryDirectory();
    const script = fileURLToPath(new URL('../../support/store-kill-child.ts', import.meta.url));
    const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    const exited = new Promise((resolve) => child.once('close', resolve));
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.length > 5000) child.kill('SIGKILL');
    });
    await exited;
    expect(child.signalCode).toBe('SIGKILL');
    const acknowledged = output.slice(0, output.lastIndexOf('\n')).split('\n');
    expect(acknowledged.length).toBeGreaterThan(100);

    const store = await openTestStore({ directory });
    const database = new SqliteDatabase(join(directory, 'switchyard.db'), { readonly: true });
    const stored = new Set(database.prepare<[], string>('SELECT id FROM requests').pluck().all());
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    for (const grain of ['minute', 'hour', 'day']) {
      expect(
        database.prepare(`SELECT sum(requests) AS requests, sum(cost_micro_usd) AS cost FROM rollup_${grain}`).get(),
      ).toEqual({ requests: stored.size, cost: stored.size * 123 });
    }
    expect(database.prepare('SELECT count(*) FROM attempts').pluck().get()).toBe(stored.size);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
    await store.close();
  });
});

describe('the reader', () => {
  it('rejects every query in one sentence when its worker cannot start, and tries anew with the next', async () => {
    const { path } = openWriter();
    const errors: unknown[] = [];
    const workerUrl = new URL('./no-such-worker.ts', import.meta.url);
    const reader = createReader({ path, workerUrl, onError: (error) => errors.push(error) });
    await expect(reader.audit(1, null)).rejects.toMatchObject({ name: 'StoreQueryError', code: 'failed' });
    await expect(reader.audit(1, null)).rejects.toThrow('The reader of the store died; ask again.');
    expect(errors).toHaveLength(2);
    await reader.close();
  });

  it.each([
    ['of an earlier version', 5, 'was written by an earlier Switchyard (schema 5, this one knows'],
    ['of a newer version', 99, 'was written by a newer Switchyard (schema 99, this one knows'],
  ])('says of a file %s why it is not read, and reads it once that is over', async (_, version, sentence) => {
    const { path, database } = openWriter();
    const current = Number(database.pragma('user_version', { simple: true }));
    database.pragma(`user_version = ${version}`);
    const reader = createReader({ path, workerUrl: READER_WORKER_URL, onError: () => {} });
    await expect(reader.audit(1, null)).rejects.toMatchObject({ code: 'unreadable' });
    await expect(reader.audit(1, null)).rejects.toThrow(sentence);
    database.pragma(`user_version = ${current}`);
    expect((await reader.audit(1, null)).entries).toEqual([]);
    await reader.close();
  });

  it('says of a damaged file that it is, whether it shows at the opening or later', async () => {
    const { directory, ...store } = await openTestStore();
    await store.close();
    const path = join(directory, 'switchyard.db');
    const database = new SqliteDatabase(path, { readonly: true });
    const page = Number(database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'drills'`).pluck().get());
    database.close();
    const content = readFileSync(path);
    const damage = (start: number, end: number) => writeFileSync(path, content.fill(0xff, start, end));
    damage((page - 1) * 4096, page * 4096);
    const reader = createReader({ path, workerUrl: READER_WORKER_URL, onError: () => {} });
    const sentence = `${path} is damaged or is no database; put back a copy`;
    await expect(reader.drills(1)).rejects.toThrow(sentence);
    expect(await reader.alerts({ since: 0, until: 1 }, null, 1)).toEqual([]);
    await reader.close();
    damage(0, 4096);
    const next = createReader({ path, workerUrl: READER_WORKER_URL, onError: () => {} });
    await expect(next.alerts({ since: 0, until: 1 }, null, 1)).rejects.toThrow(sentence);
    await next.close();
  });

  it('rejects what waits and what comes when it is closed', async () => {
    const { path } = openWriter();
    const reader = createReader({ path, workerUrl: READER_WORKER_URL, onError: () => {} });
    const waiting = reader.audit(1, null);
    const closing = reader.close();
    await expect(waiting).rejects.toThrow('closed before the query was answered');
    await expect(reader.audit(1, null)).rejects.toThrow('answers no more queries');
    await closing;
  });
});
