import { describe, expect, it } from 'vitest';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Registry, RegistryProblem } from '../../../electron/engine/registry/types.ts';

const MODELS = 'models:\n  kimi: {endpoint: "http://kimi:8000/v1"';

function load(text: string): Registry {
  const result = parseRegistry(text, { environment: {}, path: null });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

function problemsOf(text: string): RegistryProblem[] {
  const result = parseRegistry(text, { environment: {}, path: null });
  return result.ok ? [] : result.problems;
}

describe('limits in the registry', () => {
  it('of a call site have the keys that a provider’s have', () => {
    const limits = `{requests_per_day: 1000, requests_per_second: 2.5, tokens_per_minute: 90000, usd_per_day: 40,
      max_concurrent: 8, queue_timeout_ms: 500, soft: {requests_per_day: 800, usd_per_day: 30}}`;
    const registry = load(
      `${MODELS}, limits: ${limits}}\npolicy:\n  call_sites:\n    report: {model: auto, limits: ${limits}}\n`,
    );
    const expected = {
      requests_per_day: 1000,
      requests_per_second: 2.5,
      tokens_per_minute: 90_000,
      usd_per_day: 40,
      max_concurrent: 8,
      soft: { requests_per_day: 800, usd_per_day: 30 },
      queueTimeoutMs: 500,
    };
    expect(registry.providers.find(({ name }) => name === 'kimi')?.limits).toEqual(expected);
    expect(registry.policy.callSites.find(({ name }) => name === 'report')?.limits).toEqual(expected);
  });

  it('are none for a call site that names none', () => {
    for (const site of load(`${MODELS}}\n`).policy.callSites) expect(site.limits).toBeUndefined();
  });

  it('keep the older names of usage_policy, below those of limits', () => {
    const registry = load(
      `${MODELS}, usage_policy: {max_requests_per_day: 9, max_concurrent_requests: 5}, limits: {max_concurrent: 7}}\n`,
    );
    expect(registry.providers[0]?.limits).toMatchObject({ requests_per_day: 9, max_concurrent: 7 });
  });

  it.each([
    ['left out', '', { resetHour: 0, timeZone: 'UTC' }],
    [
      'written',
      'policy: {budgets: {reset_hour: 6, time_zone: Europe/Berlin}}',
      { resetHour: 6, timeZone: 'Europe/Berlin' },
    ],
    ['half written', 'policy: {budgets: {reset_hour: 6}}', { resetHour: 6, timeZone: 'UTC' }],
  ])('count over the day of the budgets, %s', (_, policy, expected) => {
    expect(load(`${MODELS}}\n${policy}\n`).policy.budgets).toEqual(expected);
  });

  it.each([
    ['a zone that does not exist', '{time_zone: Mars/Olympus}', 'policy.budgets.time_zone', /IANA time zone/],
    ['an offset', '{time_zone: "+02:00"}', 'policy.budgets.time_zone', /IANA time zone/],
    ['an hour that no day has', '{reset_hour: 24}', 'policy.budgets.reset_hour', /0 to 23/],
    ['half an hour', '{reset_hour: 1.5}', 'policy.budgets.reset_hour', /whole number/],
    ['a misspelt key', '{reset_our: 1}', 'policy.budgets.reset_our', /reset_hour/],
  ])('refuse %s', (_, budgets, path, message) => {
    expect(problemsOf(`${MODELS}}\npolicy:\n  budgets: ${budgets}\n`)).toEqual([
      { path, line: 4, message: expect.stringMatching(message) },
    ]);
  });

  it('refuse a soft limit above the hard one, of a provider and of a call site', () => {
    const limits = '{usd_per_day: 10, soft: {usd_per_day: 11}}';
    const problems = problemsOf(
      `${MODELS}, limits: ${limits}}\npolicy:\n  call_sites:\n    chat: {limits: ${limits}}\n`,
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'models.kimi.limits.soft.usd_per_day',
      'policy.call_sites.chat.limits.soft.usd_per_day',
    ]);
    expect(problems[0]?.message).toBe('the soft limit must not be above the hard one of 10');
  });
});
