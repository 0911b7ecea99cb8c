import { describe, expect, it } from 'vitest';
import { newBreaker, type Breaker } from '../../../electron/engine/health/breaker-state.ts';
import { deriveHealth, type HealthInput, type ProbeRecord } from '../../../electron/engine/health/health-state.ts';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { InferenceLoad } from '../../../shared/domain/provider.ts';

const at = { wall: Date.UTC(2026, 0, 5, 3, 12, 5), monotonic: 0 };
const closed = newBreaker(at);
const good: ProbeRecord = {
  last: { ok: true, reason: 'answers', failureClass: null, latencyMs: 10 },
  failuresInRow: 0,
  everGood: true,
};

function failed(failureClass: FailureClass | null, failuresInRow: number, everGood = true): ProbeRecord {
  return { last: { ok: false, reason: 'it failed', failureClass, latencyMs: 10 }, failuresInRow, everGood };
}

function load(change: Partial<InferenceLoad>): InferenceLoad {
  return {
    running: null,
    waiting: null,
    kv_cache_usage: null,
    generation_tokens_per_second: null,
    scraped_at: at.wall,
    ...change,
  };
}

function look(change: Partial<HealthInput>): ReturnType<typeof deriveHealth> {
  return deriveHealth({
    disabledReason: null,
    deployment: 'self-hosted',
    probed: true,
    probeTimeoutMs: 2_000,
    probes: good,
    breaker: closed,
    errorRate: null,
    breakerErrorRate: 0.5,
    latencyMs: null,
    slowMs: 10_000,
    load: null,
    degradedBy: null,
    ...change,
  });
}

const phase = (change: Partial<Breaker>): Breaker => ({ ...closed, ...change });

describe('the status of a provider', () => {
  it.each<[string, Partial<HealthInput>, string, string]>([
    ['switched off', { disabledReason: 'OPENAI_API_KEY is not set' }, 'disabled', 'OPENAI_API_KEY is not set'],
    ['not probed yet', { probes: { ...good, last: null } }, 'unknown', 'the first probe has not ended yet'],
    ['well', {}, 'healthy', 'answers'],
    ['refused once', { probes: failed('unreachable', 1) }, 'unhealthy', 'it failed'],
    ['refused thrice', { probes: failed('unreachable', 3) }, 'unhealthy', 'it failed, 3 probes in a row'],
    ['a dead vLLM engine (503)', { probes: failed('overloaded', 1) }, 'unhealthy', 'it failed'],
    [
      'an overloaded API, once',
      { probes: failed('overloaded', 1), deployment: 'api' },
      'degraded',
      'the last probe failed: it failed',
    ],
    ['a wrong key', { probes: failed('unauthorized', 1) }, 'unhealthy', 'it failed'],
    ['one slow probe', { probes: failed('timeout', 1) }, 'degraded', 'the last probe failed: it failed'],
    ['two slow probes', { probes: failed('timeout', 2) }, 'unhealthy', 'it failed, 2 probes in a row'],
    ['a first probe that fails', { probes: failed('timeout', 1, false) }, 'unhealthy', 'it failed'],
    ['a probe answered 429', { probes: failed('rate_limited', 0) }, 'degraded', 'the last probe failed: it failed'],
    [
      'a breaker opened by traffic',
      { breaker: phase({ phase: 'open', reason: '3 failures in a row' }) },
      'unhealthy',
      '3 failures in a row',
    ],
    ['a trial', { breaker: phase({ phase: 'half_open' }) }, 'degraded', 'recovering: one trial request at a time'],
    ['cooling', { breaker: phase({ coolingUntil: at }) }, 'degraded', 'rate limited until 03:12:05 UTC'],
    ['half of the error rate that opens', { errorRate: 0.25 }, 'degraded', '25 % of recent requests failed'],
    ['slow answers', { latencyMs: 12_400 }, 'degraded', 'slow: p95 12 s, the limit is 10 s'],
    ['a full KV cache', { load: load({ kv_cache_usage: 0.97 }) }, 'degraded', 'its KV cache is 97 % full'],
    ['a long queue', { load: load({ waiting: 20, running: 8 }) }, 'degraded', '20 requests wait in its queue'],
    [
      'a probe near its timeout',
      { probes: { ...good, last: { ok: true, reason: 'answers', failureClass: null, latencyMs: 1_700 } } },
      'degraded',
      'the last probe took 1.7 s of 2 s',
    ],
    ['a load it does not tell', { load: load({}) }, 'healthy', 'answers'],
    [
      'no health check and no traffic',
      { probed: false, probes: { ...good, last: null, everGood: false } },
      'unknown',
      'its health check is off and it has not answered a request yet',
    ],
    [
      'no health check and good traffic',
      { probed: false, probes: { ...good, last: null } },
      'healthy',
      'it answers requests',
    ],
  ])('%s', (_, change, status, reason) => {
    expect(look(change)).toMatchObject({ status, reason });
  });

  it('leaves a degraded state only well below the figure that began it', () => {
    expect(look({ latencyMs: 9_500 }).status).toBe('healthy');
    expect(look({ latencyMs: 9_500, degradedBy: 'slow' }).status).toBe('degraded');
    expect(look({ latencyMs: 8_400, degradedBy: 'slow' }).status).toBe('healthy');
    expect(look({ latencyMs: 9_500, degradedBy: 'load' }).status).toBe('healthy');
  });
});
