import { describe, expect, it } from 'vitest';
import { pacedByRateLimits } from '../../../electron/engine/gateway/rate-limit-pace.ts';
import type { Admission, AttemptOutcome, HealthMonitor, Standing } from '../../../electron/engine/health/types.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const STANDING: Standing = {
  health: { status: 'healthy', reason: 'well', since: 0, checked_at: null, probe_latency_ms: null },
  breaker: { state: 'closed', reason: null, since: 0, retry_at: null, admitted_share: 1, cooling_until: null },
  isolation: null,
  load: null,
  recentLatencyMs: null,
};

const SERVED: AttemptOutcome = { ok: true, latencyMs: 1, firstTokenMs: 1 };
const REFUSED: AttemptOutcome = {
  ok: false,
  class: 'rate_limited',
  message: 'too many requests',
  retryAfterMs: 0,
  countsAgainstHealth: true,
};

/** A health monitor that admits everybody, under the pace; nothing cools, so that only the pace is seen. */
function startPace() {
  const clock = createManualClock();
  const open: HealthMonitor = {
    start: () => undefined,
    stop: () => Promise.resolve(),
    standing: () => STANDING,
    admit: () => ({
      admitted: true,
      admission: { trial: false, report: () => undefined, withdraw: () => undefined },
    }),
    probeNow: () => Promise.resolve(STANDING.health),
    reset: () => undefined,
    isolate: () => undefined,
    rejoin: () => undefined,
  };
  const paced = pacedByRateLimits(open, clock);
  const ask = (): Admission | null => {
    const result = paced.admit('p', 0);
    return result.admitted ? result.admission : null;
  };
  /** How many of so many callers are let through now. */
  const crowd = (callers: number): Admission[] =>
    Array.from({ length: callers }, ask).filter((admission) => admission !== null);
  return { clock, paced, ask, crowd };
}

describe('the pace of a provider that answers 429', () => {
  it('holds nobody up before the first one', () => {
    expect(startPace().crowd(50)).toHaveLength(50);
  });

  it('lets one request a second through, and shows the next moment as cooling', () => {
    const { clock, paced, ask, crowd } = startPace();
    ask()?.report(REFUSED);
    for (let second = 0; second < 5; second += 1) {
      expect(crowd(20)).toHaveLength(0);
      expect(paced.standing('p').breaker.cooling_until).toBe(clock.now() + 1000);
      clock.advance(1000);
      const admitted = crowd(20);
      expect(admitted).toHaveLength(1);
      admitted[0]?.report(REFUSED);
    }
  });

  it('ends when a request sent after the refusal is served, not by one that was sent before', () => {
    const { clock, ask, crowd } = startPace();
    const [refused, early] = [ask(), ask()];
    refused?.report(REFUSED);
    early?.report(SERVED);
    clock.advance(1000);
    const [trial, ...others] = crowd(20);
    expect(others).toHaveLength(0);
    trial?.report(SERVED);
    expect(crowd(20)).toHaveLength(20);
  });

  it('ends when a request is refused for what it asks: whoever judges it has room again', () => {
    const { clock, ask, crowd } = startPace();
    ask()?.report(REFUSED);
    clock.advance(1000);
    ask()?.report({ ...REFUSED, class: 'invalid_request', countsAgainstHealth: false });
    expect(crowd(20)).toHaveLength(20);
  });

  it('ends when a request has run for three seconds without a refusal: a long answer must not hold the others up', () => {
    const { clock, ask, crowd } = startPace();
    ask()?.report(REFUSED);
    clock.advance(1000);
    expect(crowd(20)).toHaveLength(1);
    clock.advance(2999);
    expect(crowd(20)).toHaveLength(1);
    clock.advance(1);
    expect(crowd(20)).toHaveLength(20);
  });

  it('is forgotten when the provider is reset', () => {
    const { paced, ask, crowd } = startPace();
    ask()?.report(REFUSED);
    paced.reset('p');
    expect(crowd(20)).toHaveLength(20);
  });
});
