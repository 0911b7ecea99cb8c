import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsoleServer } from '../../../electron/control/http-server.ts';
import type { ConsoleServer } from '../../../electron/control/http-server.ts';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { systemClock } from '../../../electron/engine/clock.ts';
import { startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';
import { runSwitchyard } from '../../support/e2e-host.ts';

const QUICK =
  '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }\n    breaker: { open_seconds: 0.2, ramp_seconds: 0.1 }';

let pair: Pair;
let engine: TestEngine;
let server: ConsoleServer;
let here: string[];

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
  here = ['--url', `${server.url}/?token=token-of-the-test`];
});

afterAll(async () => {
  await server.stop();
  await engine.stop();
  await pair.stop();
});

const drill = (...args: string[]) => runSwitchyard(['drill', ...args, ...here]);

describe('switchyard drill', () => {
  it('says what is missing', async () => {
    expect(await drill('kimi', '--reason', 'exercise')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--fault is needed: refuse, slow or error-rate'),
    });
    expect(await drill('--fault', 'slow', '--reason', 'exercise')).toMatchObject({ code: 2 });
    expect(await drill('kimi', '--fault', 'slow', '--reason', 'exercise', '--share', 'half')).toMatchObject({
      code: 2,
    });
  });

  it('names a provider that does not exist', async () => {
    expect(await drill('nobody', '--fault', 'refuse', '--reason', 'exercise')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^There is no provider "nobody"; the registry has kimi, .*\.\n$/),
    });
  });

  it('follows a drill to its end and fails when it did not pass', async () => {
    const answer = await drill(
      'kimi',
      '--fault',
      'error-rate',
      '--share',
      '0.5',
      '--for',
      '5s',
      '--in',
      '1s',
      '--reason',
      'exercise',
    );
    expect(answer.stdout).toMatch(/Drill 1 on kimi begins in 1\.0 s; claude takes over/);
    expect(answer.stdout).toContain('INCONCLUSIVE\n  No call met the fault: there was no traffic to the provider.');
    expect(answer).toMatchObject({ code: 1, stderr: 'Drill 1 did not pass: inconclusive.\n' });
    expect((await drill('--report', '1')).stdout).toMatch(
      /^# Drill 1: kimi, answered with 500[^]*\*\*INCONCLUSIVE\*\*/,
    );
    expect((await drill('--report', '1', '--format', 'html')).stdout).toMatch(/^<!doctype html>/);
    expect(await drill('--report', '99')).toMatchObject({ code: 1, stderr: 'There is no drill 99.\n' });
    expect(await drill('--report', 'x')).toMatchObject({ code: 2 });
  });

  it('lists the drills and aborts the open one', async () => {
    engine.api.drills.schedule({
      provider: 'kimi',
      fault: 'refuse',
      share: 1,
      delay_ms: 5000,
      duration_seconds: 60,
      starts_in_seconds: 600,
      operator: 'ada',
      reason: 'later',
      targets: { lost_requests: 0, detect_ms: null, recover_ms: null },
    });
    expect((await drill('--list')).stdout).toMatch(/scheduled .* ada +later/);
    expect((await drill('--abort')).stdout).toMatch(/^Drill \d+ on kimi is aborted\.\n$/);
    expect((await drill('--abort')).stdout).toBe('No drill was open.\n');
  });
});
