import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { startConsoleServer } from '../../../electron/control/http-server.ts';
import type { ConsoleServer } from '../../../electron/control/http-server.ts';
import { systemClock } from '../../../electron/engine/clock.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';
import { runSwitchyard } from '../../support/e2e-host.ts';

const QUICK = '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }';

let pair: Pair;
let engine: TestEngine;
let server: ConsoleServer;
let data: string[];
let remote: string[];

beforeAll(async () => {
  pair = await startPair();
  engine = await startTestEngine(pair.registry({ kimi: QUICK }), { environment: pair.environment });
  const report = (): void => undefined;
  server = await startConsoleServer({
    plane: createControlPlane({ engine: engine.api, clock: systemClock, report }),
    host: '127.0.0.1',
    port: 0,
    token: 'token-of-the-test',
    rendererDirectory: engine.dataDirectory,
    version: '0.0.0-test',
    clock: systemClock,
    report,
  });
  data = ['--data', engine.dataDirectory];
  remote = ['--url', `${server.url}/?token=token-of-the-test`];
  for (const reason of ['first change', 'second change', 'third change']) {
    engine.api.resetBreaker('kimi', { operator: 'ada', reason });
  }
  await pair.kimi.crash();
  await eventually(() => engine.api.status().verdict === 'fallback');
});

afterAll(async () => {
  await server.stop();
  await engine.stop();
  await pair.stop();
});

describe('switchyard incident', () => {
  it('lists the incidents and prints the report of one', async () => {
    const list = await runSwitchyard(['incident', ...data]);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(/1 .*fallback .*kimi .*open/) });
    const report = await runSwitchyard(['incident', '1', ...data]);
    expect(report.stdout).toMatch(/^# Incident 1: fallback of kimi/);
    expect(report.stdout).toContain('## What we learned');
    const page = await runSwitchyard(['incident', '1', '--format', 'html', ...data]);
    expect(page.stdout).toMatch(/^<!doctype html>/);
  });

  it('says what is wrong in one line', async () => {
    expect(await runSwitchyard(['incident', '9', ...data])).toMatchObject({
      code: 1,
      stderr: 'There is no incident 9.\n',
    });
    expect(await runSwitchyard(['incident', 'last', ...data])).toMatchObject({ code: 2 });
    expect(await runSwitchyard(['incident', '1', '--format', 'pdf', ...data])).toMatchObject({ code: 2 });
    expect(await runSwitchyard(['incident', '--data', join(engine.dataDirectory, 'none')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing is recorded in'),
    });
  });
});

describe('switchyard audit', () => {
  it('exports the same rows from the data directory and from a console', async () => {
    const here = await runSwitchyard(['audit', 'export', ...data]);
    const there = await runSwitchyard(['audit', 'export', ...remote]);
    expect(JSON.parse(here.stdout)).toEqual(JSON.parse(there.stdout));
    expect(JSON.parse(here.stdout)).toMatchObject([
      { reason: 'first change' },
      { reason: 'second change' },
      { reason: 'third change' },
    ]);
    const csv = await runSwitchyard(['audit', 'export', '--format', 'csv', ...data]);
    expect(csv.stdout).toMatch(/^id,at,operator,action,target,reason,before,after,prev_hash,hash\r\n/);
  });

  it('verifies, gives out what to note elsewhere, and holds the chain against it', async () => {
    const verified = await runSwitchyard(['audit', 'verify', ...data]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('The audit holds: 3 rows') });
    const noted = /--expect: (\d+:[0-9a-f]{64})/.exec(verified.stdout)?.[1] ?? '';
    expect(await runSwitchyard(['audit', 'verify', '--expect', noted, ...remote])).toMatchObject({ code: 0 });
    const foreign = `2:${'0'.repeat(64)}`;
    expect(await runSwitchyard(['audit', 'verify', '--expect', foreign, ...data])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Row 2 is not the one that was noted elsewhere'),
    });
    expect(await runSwitchyard(['audit', 'verify', '--expect', 'latest', ...data])).toMatchObject({ code: 2 });
    expect(await runSwitchyard(['audit', ...data])).toMatchObject({ code: 2 });
  });

  it('names the first row that somebody changed', async () => {
    const database = new SqliteDatabase(join(engine.dataDirectory, 'switchyard.db'));
    database.exec(`DROP TRIGGER audit_is_not_changed; UPDATE audit SET operator = 'nobody' WHERE id = 2`);
    database.close();
    for (const place of [data, remote]) {
      expect(await runSwitchyard(['audit', 'verify', ...place])).toMatchObject({
        code: 1,
        stderr: 'Row 2 is not what was written: its content does not match its hash.\n',
      });
    }
  });
});
