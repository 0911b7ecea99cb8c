import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../electron/engine/clock.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const DAY_MS = 86_400_000;

let pair: Pair;
let engine: TestEngine;
let folder: string;
let path: string;
let aheadMs: number;
let log: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-saved-'));
  path = join(folder, 'switchyard.yaml');
  pair = await startPair();
  aheadMs = 0;
  log = [];
  writeFileSync(path, `${pair.registry()}storage: { retention_days: 5 }\n`);
  engine = await startTestEngine(`${pair.registry()}storage: { retention_days: 5 }\n`, {
    environment: pair.environment,
    registryPath: path,
    clock: { ...systemClock, now: () => systemClock.now() + aheadMs },
    logLevel: 'warn',
    writeLog: (line) => void log.push(line),
  });
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
  await rm(folder, { recursive: true, force: true });
});

it('deletes at once what a shorter retention, saved while it runs, keeps no longer', async () => {
  const response = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text();
  aheadMs = 3 * DAY_MS;
  const kept = async () => (await engine.api.listRequests({ limit: 10, since: '10d' })).requests.length;
  expect(await kept()).toBe(1);
  writeFileSync(path, `${pair.registry()}storage: { retention_days: 2 }\n`);
  await eventually(async () => (await kept()) === 0);
});

it('says of another port, saved while it runs, that it takes effect at the next start', async () => {
  const server = 'server: { gateway: { port: 4999 } }\n';
  writeFileSync(path, `${pair.registry()}storage: { retention_days: 5 }\n${server}`);
  await eventually(() => log.some((line) => line.includes('server.gateway: another host or port takes effect when')));
});
