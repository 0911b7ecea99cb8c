import { createRouterClient } from '@orpc/server';
import { expect, it } from 'vitest';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { ManualClock } from '../../support/control-clock.ts';
import { FakeEngine } from '../../support/control-engine.ts';

const target = { name: 'claude', limit: 'requests_per_day' as const };
const note = { operator: 'ada', reason: 'launch day' };

function client() {
  const plane = createControlPlane({ engine: new FakeEngine(), clock: new ManualClock(), report: () => {} });
  return createRouterClient(plane.router);
}

it('a limit is raised and the raise ended, of a provider unless told otherwise', async () => {
  const { limits } = client();
  const raised = await limits.raise({ ...target, limit_value: 1500, ttl_seconds: 3600, ...note });
  expect(raised).toMatchObject({ scope: 'provider', limit_value: 1500, raise: { from: 1000, ...note } });
  expect(await limits.endRaise(target)).toMatchObject({ ended: { name: 'claude', limit_value: 1500 } });
  expect(await limits.endRaise({ ...target, ...note })).toEqual({ ended: null });
});

it.each([
  ['no time', {}],
  ['two times', { ttl_seconds: 60, until: 1 }],
  ['a time that is none', { until: 'tomorrow' }],
  ['a time without its zone', { until: '2026-11-03T18:00:00' }],
  ['nothing to raise to', { ttl_seconds: 60, limit_value: 0 }],
  ['no reason', { ttl_seconds: 60, reason: '' }],
  ['a limit that is none', { ttl_seconds: 60, limit: 'requests_per_week' }],
])('a raise with %s is refused', async (_, changes) => {
  const request = { ...target, limit_value: 1500, ...note, ...changes } as Parameters<
    ReturnType<typeof client>['limits']['raise']
  >[0];
  await expect(client().limits.raise(request)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
