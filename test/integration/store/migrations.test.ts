import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MIGRATIONS, migrate } from '../../../electron/engine/store/migrate.ts';

function emptyDatabase(): Database {
  const database = new SqliteDatabase(':memory:');
  onTestFinished(() => void database.close());
  return database;
}

function namesOf(database: Database): string[] {
  return database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name`)
    .pluck()
    .all();
}

describe('the migrations', () => {
  it('are numbered from 1 without a gap', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  it.each([
    [1, ['attempts', 'decisions', 'requests']],
    [
      2,
      ['latency_rollup_hour', 'latency_rollup_minute', 'rollup_day', 'rollup_horizons', 'rollup_hour', 'rollup_minute'],
    ],
    [3, ['alive_spans', 'episodes', 'fallback_events', 'health_transitions']],
    [4, ['audit', 'isolations', 'overrides', 'quota_counters']],
    [5, ['ai_analytics', 'orchestration_executions']],
    [6, ['agent_folding', 'agent_rollup_day', 'agent_rollup_hour', 'agent_rollup_minute']],
    [7, ['routing_versions']],
    [8, ['limit_raises']],
    [11, ['audit_head', 'price_runs']],
    [12, ['annotations', 'marks']],
    [16, ['shadow_pairs', 'shadow_state']],
    [17, ['known_keys']],
  ])('number %i adds %j to the schema before it', (version, added) => {
    const database = emptyDatabase();
    migrate(database, MIGRATIONS.slice(0, version - 1));
    const before = namesOf(database);
    expect(migrate(database, MIGRATIONS.slice(0, version))).toEqual([version]);
    expect(namesOf(database).filter((name) => !before.includes(name))).toEqual(added);
    expect(database.pragma('user_version', { simple: true })).toBe(version);
  });

  it('number 6 keeps every figure, under no agent in particular, and compares only what had a price', () => {
    const database = emptyDatabase();
    migrate(database, MIGRATIONS.slice(0, 5));
    const insert = database.prepare(
      `INSERT INTO rollup_day VALUES (@bucket, @provider, 'm', '', '', 2, 0, 2, 0, 100, 40, 10, 30, 5, 700, @unknown)`,
    );
    insert.run({ bucket: 0, provider: 'kimi', unknown: 0 });
    insert.run({ bucket: 0, provider: 'claude', unknown: 1 });
    migrate(database, MIGRATIONS.slice(0, 6));
    const comparable = 'comparable_input_tokens AS input, comparable_cache_read_tokens AS read';
    expect(database.prepare(`SELECT provider, ${comparable} FROM rollup_day ORDER BY provider`).all()).toEqual([
      { provider: 'claude', input: 0, read: 0 },
      { provider: 'kimi', input: 100, read: 40 },
    ]);
    expect(
      database.prepare(`SELECT agent_id, requests, cost_micro_usd AS cost, ${comparable} FROM agent_rollup_day`).all(),
    ).toEqual([{ agent_id: '(other)', requests: 4, cost: 1400, input: 100, read: 40 }]);
  });

  it('do nothing to a database that is up to date', () => {
    const database = emptyDatabase();
    migrate(database);
    database.exec(`INSERT INTO isolations VALUES ('kimi', 'ada', 'maintenance', 1)`);
    expect(migrate(database)).toEqual([]);
    expect(database.prepare('SELECT provider FROM isolations').pluck().all()).toEqual(['kimi']);
  });

  it('go on where an interrupted run stopped, and leave nothing of the step that failed', () => {
    const database = emptyDatabase();
    const broken = { version: 2, name: 'broken', sql: 'CREATE TABLE half (a); CREATE TABLE half (a);' };
    expect(() => migrate(database, [...MIGRATIONS.slice(0, 1), broken])).toThrow('half');
    expect(namesOf(database)).not.toContain('half');
    expect(migrate(database)).toEqual(MIGRATIONS.slice(1).map(({ version }) => version));
  });

  it('refuse a newer database and leave it as it is', () => {
    const database = emptyDatabase();
    migrate(database);
    database.pragma('user_version = 99');
    expect(() => migrate(database)).toThrow(`schema 99 is newer than ${MIGRATIONS.length}`);
    expect(database.pragma('user_version', { simple: true })).toBe(99);
  });

  it('refuse a database of another application', () => {
    const database = emptyDatabase();
    database.exec('CREATE TABLE notes (text)');
    expect(() => migrate(database)).toThrow('another application');
    expect(namesOf(database)).toEqual(['notes']);
  });

  it('give every table that people query a plan that uses an index', () => {
    const database = emptyDatabase();
    migrate(database);
    const plan = (sql: string) =>
      database
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan(`SELECT * FROM requests WHERE id = 'a'`)).toContain('USING INDEX');
    expect(plan('SELECT * FROM requests ORDER BY started_at DESC, id DESC LIMIT 5')).toContain('requests_by_time');
    expect(
      plan(`SELECT * FROM requests WHERE status = 'error' AND status <> 'success' ORDER BY started_at DESC, id DESC`),
    ).toContain('requests_not_successful');
    expect(
      plan('SELECT * FROM requests WHERE (fallback_from IS NOT NULL OR resumed = 1) ORDER BY started_at DESC, id DESC'),
    ).toContain('requests_fallen_back');
  });
});
