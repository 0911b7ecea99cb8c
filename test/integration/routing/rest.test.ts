import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { startConsoleServer } from '../../../electron/control/http-server.ts';
import { systemClock } from '../../../electron/engine/clock.ts';
import { FakeEngine } from '../../support/control-engine.ts';

const TOKEN = 'test-token-of-the-console';

let call: (method: string, path: string, body?: object) => Promise<{ status: number; body: Record<string, unknown> }>;
let engine: FakeEngine;
let close: () => Promise<void>;

beforeEach(async () => {
  const rendererDirectory = mkdtempSync(join(tmpdir(), 'switchyard-rest-'));
  writeFileSync(join(rendererDirectory, 'index.html'), '<title>console</title>');
  engine = new FakeEngine();
  const report = () => {};
  const plane = createControlPlane({ engine, clock: systemClock, report });
  const server = await startConsoleServer({
    plane,
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    rendererDirectory,
    version: '0.0.0-test',
    clock: systemClock,
    report,
  });
  call = async (method, path, body) => {
    const response = await fetch(`${server.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  close = async () => {
    plane.close();
    await server.stop();
    rmSync(rendererDirectory, { recursive: true, force: true });
  };
});

afterEach(() => close());

const CHANGE = { changes: { routing: { primary: 'claude' } }, operator: 'ada', reason: 'kimi is slow' };

it.each([
  ['GET', '/routing', undefined, 200, { version: 1 }],
  ['PUT', '/routing', { ...CHANGE, expected_version: 1 }, 200, { version: 2 }],
  ['PUT', '/routing', { ...CHANGE, expected_version: 0 }, 409, { code: 'CONFLICT' }],
  ['PUT', '/routing', CHANGE, 400, { code: 'INVALID_REQUEST' }],
  ['PUT', '/routing', { ...CHANGE, expected_version: 1, operator: '' }, 400, { code: 'INVALID_REQUEST' }],
  ['GET', '/routing/history?limit=5', undefined, 200, { current: 1, versions: [] }],
  ['POST', '/routing/check', { changes: CHANGE.changes }, 200, { problems: [] }],
  ['POST', '/routing/check', {}, 400, { code: 'INVALID_REQUEST' }],
  ['POST', '/routing/rollback', { version: 0, operator: 'ada', reason: 'back to the file' }, 200, { version: 2 }],
  ['POST', '/routing/rollback', { version: 7, operator: 'ada', reason: 'back to seven' }, 404, { code: 'NOT_FOUND' }],
  ['POST', '/replay', { since: '24h' }, 200, { requests: 3 }],
  ['POST', '/replay', { version: -1 }, 400, { code: 'INVALID_REQUEST' }],
])('%s %s %j answers %i', async (method, path, body, status, expected) => {
  const answer = await call(method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject(expected);
});

it('hands a replay on as it was asked', async () => {
  await call('POST', '/replay', {
    since: '7d',
    version: 2,
    registry: 'models: {}',
    routing: { routing: { primary: 'claude' } },
  });
  expect(engine.lastQueries['replay']).toEqual({
    since: '7d',
    version: 2,
    registry: 'models: {}',
    routing: { routing: { primary: 'claude' } },
  });
});
