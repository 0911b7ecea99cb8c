import { describe, expect, it } from 'vitest';
import { percentiles, RecentWindow } from '../../../electron/engine/live/recent-window.ts';
import { anAttempt, aRequest } from '../../support/records.ts';

describe('percentiles', () => {
  it.each([
    { values: [], p50: null, p95: null },
    { values: [7], p50: 7, p95: 7 },
    { values: [4, 1, 3, 2], p50: 2, p95: 4 },
    { values: Array.from({ length: 100 }, (_, index) => index + 1), p50: 50, p95: 95 },
  ])('of $values.length values are by nearest rank', ({ values, p50, p95 }) => {
    const result = percentiles(values);
    expect(result?.p50 ?? null).toBe(p50);
    expect(result?.p95 ?? null).toBe(p95);
  });
});

describe('the recent window', () => {
  it('blames a failed attempt on who failed and not on who answered', () => {
    const window = new RecentWindow(60_000);
    window.add(
      aRequest({
        provider: 'claude',
        attempt_list: [
          anAttempt({ provider: 'kimi', outcome: 'failure', failure_class: 'timeout', first_token_ms: null }),
          anAttempt({ index: 1, provider: 'claude', cost_usd: 0.01 }),
        ],
      }),
      1_000,
    );
    expect(window.figures('kimi')).toMatchObject({ error_rate: 1, share: 0, latency_ms: null });
    expect(window.figures('claude')).toMatchObject({
      error_rate: 0,
      share: 1,
      first_token_ms: { p50: 100, p95: 100 },
      tokens_per_second: 20,
    });
    expect(window.costUsdPerHour()).toBeCloseTo(0.6, 6);
  });

  it('says how many attempts of a provider have no known price', () => {
    const window = new RecentWindow(60_000);
    window.add(aRequest({ attempt_list: [anAttempt({ pricing_unknown: true })] }), 1_000);
    expect(window.figures('kimi')).toMatchObject({ cost_usd_per_hour: 0, pricing_unknown_attempts: 1 });
  });

  it('says nothing rather than zero where nothing was measured', () => {
    expect(new RecentWindow(60_000).figures('kimi')).toMatchObject({
      error_rate: null,
      first_token_ms: null,
      latency_ms: null,
      tokens_per_second: null,
      share: 0,
    });
  });

  it('forgets what is older than itself', () => {
    const window = new RecentWindow(60_000);
    window.add(aRequest(), 1_000);
    window.add(aRequest(), 50_000);
    window.trim(61_500);
    expect(window.requestsPerSecond()).toBeCloseTo(1 / 60, 6);
    window.trim(200_000);
    expect(window.requestsPerSecond()).toBe(0);
  });

  it('counts every request however many come, in bounded memory', () => {
    const window = new RecentWindow(60_000);
    for (let second = 0; second < 60; second += 1) {
      for (let index = 0; index < 500; index += 1) window.add(aRequest(), second * 1_000 + 500);
    }
    window.trim(59_900);
    expect(window.requestsPerSecond()).toBe(500);
    expect(window.figures('kimi')).toMatchObject({
      requests_per_second: 500,
      error_rate: 0,
      latency_ms: { p50: 1_100, p95: 1_100 },
    });
  });

  it('leaves callers that left out of every figure', () => {
    const window = new RecentWindow(60_000);
    window.add(aRequest({ status: 'cancelled', attempt_list: [anAttempt({ outcome: 'cancelled' })] }), 1_000);
    expect(window.figures('kimi').error_rate).toBeNull();
  });
});
