import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { toControlError } from '../../../electron/control/errors.ts';
import { containedPath } from '../../../electron/control/static-files.ts';
import { ManualClock } from '../../support/control-clock.ts';
import { FakeEngine } from '../../support/control-engine.ts';

const override = { provider: 'claude', ttl_seconds: 600, reason: 'kimi is being reloaded', operator: 'ada' };

it('admits sixty overrides a minute, says when the next may come, and never refuses a release', async () => {
  const clock = new ManualClock();
  const plane = createControlPlane({ engine: new FakeEngine(), clock, report: () => {} });
  const client = createRouterClient(plane.router);
  for (let index = 0; index < 60; index += 1) await client.override.set(override);
  await expect(client.override.set(override)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 });
  await expect(client.override.release({})).resolves.toMatchObject({ released: { provider: 'claude' } });
  clock.advance(60_000);
  await expect(client.override.set(override)).resolves.toMatchObject({ provider: 'claude' });
});

describe('errors as the caller sees them', () => {
  it('tells nothing of a defect but reports it', () => {
    const reported: unknown[] = [];
    const defect = new Error('secret sk-123 in a stack');
    const error = toControlError(defect, (_context, cause) => reported.push(cause));
    expect(error.message).not.toContain('sk-123');
    expect(reported).toEqual([defect]);
  });

  it('names the field of a bad input and the way out', async () => {
    const plane = createControlPlane({ engine: new FakeEngine(), clock: new ManualClock(), report: () => {} });
    const client = createRouterClient(plane.router, {
      interceptors: plane.handlerOptions.clientInterceptors,
    });
    const { operator: _, ...anonymous } = override;
    await expect(client.override.set(anonymous as typeof override)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'operator is missing: say who does this.',
    });
    await expect(client.override.set(undefined as unknown as typeof override)).rejects.toMatchObject({
      message: 'The input is missing: send a JSON object with provider, ttl_seconds, reason and operator.',
    });
  });
});

describe('paths of the console page', () => {
  it.each([
    ['/', '/app/'],
    ['/assets/a.js', '/app/assets/a.js'],
    ['/../secret', null],
    ['/%2e%2e/secret', null],
    ['/assets/..%2f..%2fsecret', null],
    ['/..%5csecret', null],
    ['/%', null],
    ['/a%00.js', null],
    ['//etc/passwd', '/app/etc/passwd'],
  ])('%s → %s', (urlPath, expected) => {
    expect(containedPath('/app', urlPath)).toBe(expected);
  });

  it('is not fooled by a sibling folder with the same beginning', () => {
    expect(containedPath('/app', '/../app-secret/x')).toBeNull();
  });
});
