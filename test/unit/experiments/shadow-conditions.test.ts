import { describe, expect, it } from 'vitest';
import {
  leavesRoom,
  obstacleToShadow,
  restAfter,
  unfitForShadow,
} from '../../../electron/engine/experiments/shadow-conditions.ts';
import type { ShadowCircumstances } from '../../../electron/engine/experiments/shadow-conditions.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import { standing, withBreaker, withHealth } from '../../support/router-fixtures.ts';
import { sampleRequest } from '../../support/store-plain-fixtures.ts';

const NOW = 1_000_000;

const WELL: ShadowCircumstances = {
  config: { enabled: true },
  availability: { available: true },
  standing: standing(),
  carriesFallback: false,
  drilled: false,
  restsUntil: null,
  now: NOW,
};

describe('a shadow provider', () => {
  it('is sent copies while it is well and nobody else needs it', () => {
    expect(obstacleToShadow('claude', WELL)).toBeNull();
    expect(obstacleToShadow('claude', { ...WELL, standing: withHealth('degraded') })).toBeNull();
    expect(obstacleToShadow('claude', { ...WELL, standing: withBreaker({ cooling_until: NOW }) })).toBeNull();
  });

  it.each<[string, Partial<ShadowCircumstances>, string, RegExp]>([
    ['switched off', { config: { enabled: false } }, 'unavailable', /switched off in the registry/],
    [
      'without a key',
      { availability: { available: false, keyEnv: 'ANTHROPIC_API_KEY', reason: 'no key' } },
      'unavailable',
      /ANTHROPIC_API_KEY is not set/,
    ],
    [
      'taken out',
      { standing: standing({ isolation: { operator: 'ada', reason: 'upgrade', since: 0 } }) },
      'unavailable',
      /taken out by ada: upgrade/,
    ],
    ['unhealthy', { standing: withHealth('unhealthy', 'refused') }, 'unavailable', /unhealthy: refused/],
    ['cooling', { standing: withBreaker({ cooling_until: NOW + 1 }) }, 'unavailable', /cooling/],
    ['behind an open breaker', { standing: withBreaker({ state: 'open' }) }, 'unavailable', /breaker is open/],
    ['recovering', { standing: withBreaker({ state: 'half_open' }) }, 'unavailable', /breaker is half open/],
    ['resting', { restsUntil: NOW + 1 }, 'unavailable', /turned a copy away/],
    ['in a drill', { drilled: true }, 'unavailable', /in a drill/],
    ['standing in', { carriesFallback: true }, 'carries_fallback', /left to callers/],
  ])('is sent none while it is %s', (_how, changes, drop, reason) => {
    const obstacle = obstacleToShadow('claude', { ...WELL, ...changes });
    expect(obstacle).toEqual({ drop, reason: expect.stringMatching(reason) });
  });
});

describe('a copy that failed', () => {
  it.each([
    ['rate_limited', NOW + 60_000],
    ['overloaded', NOW + 60_000],
    ['exhausted', NOW + 60_000],
    ['unauthorized', NOW + 60_000],
    ['server_error', null],
    ['timeout', null],
    [null, null],
  ] as const)('as %s lets copies rest until %s', (failure, until) => {
    expect(restAfter(failure, NOW)).toBe(until);
  });
});

describe('a request', () => {
  const shadow = {
    enabled: true,
    provider: 'claude',
    model: null,
    share: 1,
    callSites: null,
    usdPerDay: 5,
    requestsPerDay: null,
    maxConcurrent: 2,
    until: null,
  };

  it.each([
    ['that fits', {}, 10, null],
    ['that the shadow answered', { provider: 'claude' }, 10, 'answered_by_shadow'],
    ['that two answered', { resumed: true }, 10, 'resumed'],
    ['that is just small enough', {}, 256 * 1024, null],
    ['that is too large', {}, 256 * 1024 + 1, 'too_large'],
  ] as const)('%s comes to %s', (_name, changes, bytes, drop) => {
    expect(unfitForShadow({ record: sampleRequest({ provider: 'kimi', ...changes }), bytes }, shadow)).toBe(drop);
  });
});

describe('the limits of a provider', () => {
  const quota = (changes: Pick<QuotaStatus, 'limit' | 'used' | 'limit_value'> & Partial<QuotaStatus>): QuotaStatus => ({
    scope: 'provider',
    name: 'claude',
    provider: 'claude',
    remaining: 0,
    exhausted: false,
    enforced: true,
    soft_limit: null,
    soft_exceeded: false,
    raise: null,
    reset_at: null,
    projected_exhaustion_at: null,
    ...changes,
  });

  it.each([
    ['none', [], true],
    ['requests up to four fifths', [quota({ limit: 'requests_per_day', used: 79, limit_value: 100 })], true],
    ['requests beyond', [quota({ limit: 'requests_per_day', used: 80, limit_value: 100 })], false],
    ['places', [quota({ limit: 'max_concurrent', used: 0, limit_value: 1 })], false],
    ['money', [quota({ limit: 'usd_per_day', used: 7.95, limit_value: 10 })], false],
    ['tokens', [quota({ limit: 'tokens_per_minute', used: 700, limit_value: 1000 })], true],
    ['tokens beyond', [quota({ limit: 'tokens_per_minute', used: 701, limit_value: 1000 })], false],
    ['a soft one alone', [quota({ limit: 'usd_per_day', used: 99, limit_value: 10, enforced: false })], true],
    [
      'any of several',
      [
        quota({ limit: 'requests_per_day', used: 0, limit_value: 100 }),
        quota({ limit: 'usd_per_day', used: 9, limit_value: 10 }),
      ],
      false,
    ],
  ])('leave a fifth to callers: %s', (_name, quotas, leaves) => {
    expect(leavesRoom(quotas, { tokens: 100, costUsd: 0.1 })).toBe(leaves);
  });

  it('are those that the registry names, so that nothing is limited that nobody limited', () => {
    const result = parseRegistry('models: { kimi: { endpoint: "http://kimi:8000/v1" } }\n', {
      environment: {},
      path: null,
    });
    expect(result.ok && result.registry.experiments).toEqual({ shadow: null });
  });
});
