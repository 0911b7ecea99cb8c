import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { inputErrorSentence, toControlError } from '../../../electron/control/errors.ts';
import { containedPath } from '../../../electron/control/static-files.ts';
import { ManualClock } from '../../support/control-clock.ts';
import { FakeEngine } from '../../support/control-engine.ts';

const override = { provider: 'claude', ttl_seconds: 600, reason: 'kimi is being reloaded', operator: 'ada' };

it('admits ten override changes a minute and says when the next may come', async () => {
  const clock = new ManualClock();
  const plane = createControlPlane({ engine: new FakeEngine(), clock, report: () => {} });
  const client = createRouterClient(plane.router);
  for (let index = 0; index < 10; index += 1) await client.override.set(override);
  await expect(client.override.set(override)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429 });
  clock.advance(60_000);
  await expect(client.override.release({})).resolves.toMatchObject({ released: { provider: 'claude' } });
});

describe('errors as the caller sees them', () => {
  it('tells nothing of a defect but reports it', () => {
    const reported: unknown[] = [];
    const defect = new Error('secret sk-123 in a stack');
    const error = toControlError(defect, (_context, cause) => reported.push(cause));
    expect(error.message).not.toContain('sk-123');
    expect(reported).toEqual([defect]);
  });

  it('puts the problems of an input into one sentence', () => {
    const issues = [{ message: 'Too small: expected number to be >=10', path: ['ttl_seconds'] }, { message: 'x' }];
    expect(inputErrorSentence(issues)).toBe(
      '"ttl_seconds" is not valid: Too small: expected number to be >=10 (and 1 more problem).',
    );
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
