import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHAIN_ANCHOR, hashOfEntry } from '../../../electron/engine/store/audit-chain.ts';
import { migrate, MIGRATIONS } from '../../../electron/engine/store/migrate.ts';
import { openTestStore, temporaryDirectory } from '../../support/store-fixtures.ts';

const AT = Date.UTC(2026, 0, 15, 12);
const entryOf = (index: number) => ({
  at: AT + index,
  operator: index % 2 === 0 ? 'ada' : 'grace',
  action: 'override.set',
  target: 'claude',
  reason: `reason ${index} "quoted", with ünicode`,
  before: index % 3 === 0 ? null : { provider: 'kimi', nested: { b: 1, a: [1, 2, null] } },
  after: { provider: 'claude', index },
});

async function storeWith(rows: number) {
  const store = await openTestStore();
  for (let index = 0; index < rows; index += 1) store.writer.addAudit(entryOf(index));
  return store;
}

/** The hand from outside: opens the file and lets the guards down first. */
function tamper(directory: string, sql: string): void {
  const database = new SqliteDatabase(join(directory, 'switchyard.db'));
  const triggers = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit_%'`)
    .pluck()
    .all();
  for (const name of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(sql);
  database.close();
}

describe('the chain of the audit', () => {
  it('holds over 10,000 rows', async () => {
    const store = await storeWith(10_000);
    const result = await store.reader.verifyAudit(null);
    expect(result).toMatchObject({ ok: true, entries: 10_000, broken: null, last: { id: 10_000 } });
  }, 60_000);

  it('can be computed by anybody from an export', async () => {
    const store = await storeWith(5);
    const rows = await store.reader.auditExport({ since: 0, until: AT + 100 });
    let previous = CHAIN_ANCHOR;
    for (const { hash, prev_hash, ...entry } of rows) {
      expect(prev_hash).toBe(previous);
      expect(hash).toBe(hashOfEntry(entry, previous));
      previous = hash;
    }
    expect(rows).toHaveLength(5);
  });

  it.each([
    ['a changed reason', `UPDATE audit SET reason = 'nothing to see' WHERE id = 40`, 40, 'is not what was written'],
    [
      'a changed value',
      `UPDATE audit SET after_value = '{"provider":"kimi"}' WHERE id = 7`,
      7,
      'is not what was written',
    ],
    ['a value that is no JSON', `UPDATE audit SET after_value = '{' WHERE id = 7`, 7, 'is not what was written'],
    ['a row deleted in the middle', 'DELETE FROM audit WHERE id = 50', 51, 'does not follow row 49'],
    ['the first row deleted', 'DELETE FROM audit WHERE id = 1', 2, 'is not the first one that was written'],
    [
      'two rows that changed places',
      'UPDATE audit SET id = -1 WHERE id = 20; UPDATE audit SET id = 20 WHERE id = 21; UPDATE audit SET id = 21 WHERE id = -1',
      20,
      'does not follow row 19',
    ],
    ['the end cut off', 'DELETE FROM audit WHERE id > 95', 100, 'ends with row 95 and should end with row 100'],
    ['everything deleted', 'DELETE FROM audit', 100, 'ends with row 0 and should end with row 100'],
    ['the record of the end gone', 'DELETE FROM audit_head', null, 'where the audit ends is gone'],
  ])('shows %s', async (_name, sql, id, reason) => {
    const store = await storeWith(100);
    tamper(store.directory, sql);
    const { ok, broken } = await store.reader.verifyAudit(null);
    expect(ok).toBe(false);
    expect(broken?.id).toBe(id);
    expect(broken?.reason).toContain(reason);
  });

  it('that was cut off with its end moved along is shown by a row noted elsewhere', async () => {
    const store = await storeWith(100);
    const { last } = await store.reader.verifyAudit(null);
    tamper(
      store.directory,
      `DELETE FROM audit WHERE id > 90;
       UPDATE audit_head SET last_id = 90, entries = 90, hash = (SELECT hash FROM audit WHERE id = 90)`,
    );
    expect(await store.reader.verifyAudit(null)).toMatchObject({ ok: true, entries: 90 });
    expect(await store.reader.verifyAudit(last)).toMatchObject({ ok: false, broken: { id: 100 } });
    expect(await store.reader.verifyAudit({ id: 3, hash: '0'.repeat(64) })).toMatchObject({ broken: { id: 3 } });
  });

  it('goes on behind an end that was cut off, and shows the gap', async () => {
    const store = await storeWith(10);
    await store.close();
    tamper(store.directory, 'DELETE FROM audit WHERE id > 8');
    const later = await openTestStore({ directory: store.directory });
    expect(later.writer.addAudit(entryOf(11)).id).toBe(11);
    expect((await later.reader.verifyAudit(null)).broken).toMatchObject({ id: 11 });
  });

  it.each([
    ['changes', `UPDATE audit SET reason = 'x' WHERE id = 1`, 'never changed'],
    ['deletes', 'DELETE FROM audit WHERE id = 1', 'never deleted'],
    [
      'replaces',
      `INSERT OR REPLACE INTO audit SELECT id, at, operator, action, target, 'x', before_value, after_value, prev_hash, hash
       FROM audit WHERE id = 2`,
      'only added at its end',
    ],
    ['deletes the end of', 'DELETE FROM audit_head', 'never deleted'],
  ])('refuses what %s a row', async (_name, sql, message) => {
    const store = await storeWith(2);
    const database = new SqliteDatabase(join(store.directory, 'switchyard.db'));
    onTestFinished(() => void database.close());
    expect(() => database.exec(sql)).toThrow(message);
    expect(await store.reader.verifyAudit(null)).toMatchObject({ ok: true, entries: 2 });
  });

  it('is kept by retention', async () => {
    const store = await storeWith(3);
    store.writer.purge(AT + 1_000_000);
    expect(await store.reader.verifyAudit(null)).toMatchObject({ ok: true, entries: 3 });
  });

  it('takes in the rows of an older database', async () => {
    const directory = temporaryDirectory();
    const old: Database = new SqliteDatabase(join(directory, 'switchyard.db'));
    migrate(
      old,
      MIGRATIONS.filter(({ version }) => version < 11),
    );
    const insert = old.prepare(
      `INSERT INTO audit VALUES (?, ?, 'ada', 'override.set', 'claude', 'why', 'null', '{"a":1}')`,
    );
    insert.run(1, AT);
    insert.run(4, AT + 1);
    old.close();
    const store = await openTestStore({ directory });
    expect(await store.reader.verifyAudit(null)).toMatchObject({ ok: true, entries: 2, last: { id: 4 } });
    expect(store.writer.addAudit(entryOf(5)).id).toBe(5);
    expect(await store.reader.verifyAudit(null)).toMatchObject({ ok: true, entries: 3 });
  });
});

describe('what happened while no engine ran', () => {
  it('is written down at the next start: an override and a silence whose time ran out, and a rate that was cut off', async () => {
    const directory = temporaryDirectory();
    const store = await openTestStore({ directory });
    const override = {
      provider: 'claude',
      scope: 'all',
      reason: 'upgrade',
      operator: 'ada',
      created_at: AT,
      expires_at: AT,
    };
    store.writer.saveOverride(override);
    const matchers = [{ label: 'alertname', value: '*' }];
    const silence = { matchers, reason: 'upgrade', operator: 'ada', created_at: AT, expires_at: AT, ended_at: null };
    store.writer.addSilence(silence);
    await store.close();
    const database = new SqliteDatabase(join(directory, 'switchyard.db'));
    const cut = { ...entryOf(0), action: 'price.apply', after: { complete: false, requests: 200 } };
    database.prepare('INSERT INTO price_runs VALUES (1, ?)').run(JSON.stringify(cut));
    database.close();
    const later = await openTestStore({ directory });
    const { entries } = await later.reader.audit(10, null);
    expect(entries.map(({ action, operator }) => [action, operator])).toEqual(
      expect.arrayContaining([
        ['override.expire', 'switchyard'],
        ['silence.expire', 'switchyard'],
        ['price.apply', 'ada'],
      ]),
    );
    expect(entries).toHaveLength(3);
    expect(await later.reader.verifyAudit(null)).toMatchObject({ ok: true, entries: 3 });
    await later.close();
    const third = await openTestStore({ directory });
    expect((await third.reader.audit(10, null)).entries).toHaveLength(3);
  });
});
