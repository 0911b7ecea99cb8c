import { beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../../electron/engine/events.ts';
import { createQuotaManager, type EngineQuotaManager } from '../../../electron/engine/quota/quota-manager.ts';
import type { DayRule } from '../../../electron/engine/quota/day-window.ts';
import type { Reservation, ReservationResult } from '../../../electron/engine/quota/types.ts';
import type { ProviderConfig } from '../../../electron/engine/registry/types.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import { providerConfig, registryOf } from '../../support/health-fixtures.ts';
import { ManualClock } from '../../support/health-manual-clock.ts';
import { memoryQuotaStorage } from '../../support/quota-fixtures.ts';

const HOUR = 3_600_000;
const never = new AbortController().signal;

let clock: ManualClock;
let storage: ReturnType<typeof memoryQuotaStorage>;
let limits: Partial<ProviderConfig['limits']>;
let announced: [string, QuotaStatus][];
let quota: EngineQuotaManager;

function build(rule: Partial<DayRule> = {}): EngineQuotaManager {
  const events = new EventBus((error) => {
    throw error;
  });
  events.on('quota_exhausted', (status) => announced.push(['exhausted', status]));
  events.on('quota_reopened', (status) => announced.push(['reopened', status]));
  quota = createQuotaManager({
    registry: () => {
      const registry = registryOf(providerConfig('claude', { limits: { queueTimeoutMs: 5_000, ...limits } }));
      return { ...registry, policy: { ...registry.policy, budgets: { resetHour: 0, timeZone: 'UTC', ...rule } } };
    },
    clock,
    storage,
    events,
  });
  return quota;
}

const request = (estimatedTokens = 10, estimatedCostMicroUsd = 0) => ({
  provider: 'claude',
  estimatedTokens,
  estimatedCostMicroUsd,
});

function taken(result: ReservationResult): Reservation {
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
  return result.reservation;
}

const status = (limit: string): QuotaStatus | undefined => quota.status('claude').find((one) => one.limit === limit);

beforeEach(() => {
  clock = new ManualClock(Date.UTC(2026, 10, 3, 3, 12, 0));
  storage = memoryQuotaStorage();
  limits = {};
  announced = [];
});

describe('requests a day', () => {
  beforeEach(() => {
    limits = { requests_per_day: 1_000 };
    build();
  });

  it('are refused beyond the limit, with used, limit and reset in one sentence', () => {
    for (let count = 0; count < 1_000; count += 1)
      taken(quota.reserve(request())).settle({ tokens: 1, costMicroUsd: 0 });
    expect(quota.reserve(request())).toEqual({
      ok: false,
      limit: 'requests_per_day',
      code: 'budget_exhausted',
      reason: '1,000 of 1,000 requests today; opens again at 00:00 UTC',
      retryAfterMs: 20.8 * HOUR,
    });
    expect(quota.headroom('claude')).toMatchObject({ open: false, code: 'budget_exhausted' });
  });

  it('start anew at midnight', async () => {
    for (let count = 0; count < 1_000; count += 1) quota.reserve(request());
    await clock.advance(20.8 * HOUR);
    expect(quota.headroom('claude')).toEqual({ open: true });
    expect(status('requests_per_day')).toMatchObject({ used: 0, remaining: 1_000, exhausted: false });
  });

  it('are stored before the reservation is handed out, and given back by a release', () => {
    const first = taken(quota.reserve(request()));
    expect([...storage.counters.values()]).toMatchObject([{ limit: 'requests_per_day', used: 1 }]);
    first.release();
    expect([...storage.counters.values()]).toMatchObject([{ limit: 'requests_per_day', used: 0 }]);
  });

  it('go on counting in memory when they cannot be stored', () => {
    const errors: unknown[] = [];
    const full = {
      ...memoryQuotaStorage(),
      save: () => {
        throw new Error('disk full');
      },
    };
    quota = createQuotaManager({
      registry: () => registryOf(providerConfig('claude', { limits: { queueTimeoutMs: 0, requests_per_day: 1 } })),
      clock,
      storage: full,
      events: new EventBus(() => undefined),
      onStorageError: (error) => errors.push(error),
    });
    expect(quota.reserve(request()).ok).toBe(true);
    expect(quota.reserve(request()).ok).toBe(false);
    expect(errors).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('goes on where the day stood', () => {
    limits = { requests_per_day: 3, usd_per_day: 1 };
    build();
    taken(quota.reserve(request(10, 250_000)));
    build();
    expect(status('requests_per_day')?.used).toBe(1);
    expect(status('usd_per_day')?.used).toBe(0.25);
  });

  it('forgets counters of an earlier day', async () => {
    limits = { requests_per_day: 3 };
    build();
    quota.reserve(request());
    await clock.advance(24 * HOUR);
    build();
    expect(status('requests_per_day')?.used).toBe(0);
  });

  it('does not lend a day back because the clock was set back over midnight', async () => {
    limits = { requests_per_day: 2 };
    await clock.advance(21 * HOUR);
    build();
    quota.reserve(request());
    quota.reserve(request());
    clock.jumpWall(-HOUR);
    expect(quota.reserve(request()).ok).toBe(false);
    build();
    expect(quota.reserve(request()).ok).toBe(false);
  });
});

describe('USD a day', () => {
  beforeEach(() => {
    limits = { usd_per_day: 50 };
    build();
  });

  it('are reserved by the estimate and settled by the real cost', () => {
    const reservation = taken(quota.reserve(request(10, 30_000_000)));
    expect(status('usd_per_day')?.used).toBe(30);
    expect(quota.reserve(request(10, 30_000_000))).toMatchObject({
      limit: 'usd_per_day',
      code: 'budget_exhausted',
      reason: '30.00 of 50.00 USD today and this request may cost 30.00; opens again at 00:00 UTC',
    });
    reservation.settle({ tokens: 10, costMicroUsd: 1_250_000 });
    expect(status('usd_per_day')).toMatchObject({ used: 1.25, remaining: 48.75 });
    expect(quota.reserve(request(10, 30_000_000)).ok).toBe(true);
  });

  it.each([50, 51])('let nothing through once %d are spent, not even a request whose price is unknown', (spent) => {
    taken(quota.reserve(request(10, 10_000_000))).settle({ tokens: 10, costMicroUsd: spent * 1_000_000 });
    expect(quota.reserve(request(10, 0))).toMatchObject({ code: 'budget_exhausted' });
    expect(status('usd_per_day')).toMatchObject({ used: spent, remaining: 0, exhausted: true });
  });

  it('stay with the day in which they were reserved', async () => {
    const late = taken(quota.reserve(request(10, 10_000_000)));
    await clock.advance(21 * HOUR);
    late.settle({ tokens: 10, costMicroUsd: 20_000_000 });
    expect(status('usd_per_day')?.used).toBe(0);
  });

  it('count as exhausted when the little that is left refuses a request', () => {
    taken(quota.reserve(request(10, 49_990_000)));
    expect(quota.reserve(request(10, 20_000)).ok).toBe(false);
    expect(status('usd_per_day')?.exhausted).toBe(true);
    expect(announced.map(([what]) => what)).toEqual(['exhausted']);
  });
});

describe('ending a reservation', () => {
  it('works once: later calls do nothing', () => {
    limits = { requests_per_day: 10, usd_per_day: 10, max_concurrent: 5 };
    build();
    const reservation = taken(quota.reserve(request(10, 1_000_000)));
    reservation.settle({ tokens: 1, costMicroUsd: 2_000_000 });
    reservation.settle({ tokens: 1, costMicroUsd: 2_000_000 });
    reservation.release();
    expect(status('usd_per_day')?.used).toBe(2);
    expect(status('requests_per_day')?.used).toBe(1);
    expect(quota.inFlight('claude')).toEqual({ inFlight: 0, queued: 0 });
  });

  it('takes from all limits or from none', () => {
    limits = { requests_per_day: 10, requests_per_second: 10, max_concurrent: 1 };
    build();
    quota.reserve(request());
    expect(quota.reserve(request())).toMatchObject({ limit: 'max_concurrent', code: 'busy', retryAfterMs: null });
    expect(status('requests_per_day')?.used).toBe(1);
    expect(status('requests_per_second')?.used).toBe(1);
  });
});

describe('requests a second', () => {
  it('let a burst of the limit through and then the limit a second', async () => {
    limits = { requests_per_second: 10 };
    build();
    const burst = Array.from({ length: 20 }, () => quota.reserve(request()).ok);
    expect(burst.filter(Boolean)).toHaveLength(10);
    expect(quota.reserve(request())).toMatchObject({ code: 'rate_limited', retryAfterMs: 100 });
    await clock.advance(100);
    expect(quota.reserve(request()).ok).toBe(true);
    expect(quota.reserve(request()).ok).toBe(false);
  });

  it('are given back by a release', () => {
    limits = { requests_per_second: 1 };
    build();
    taken(quota.reserve(request())).release();
    expect(quota.reserve(request()).ok).toBe(true);
    expect(quota.reserve(request()).ok).toBe(false);
  });

  it('may be less than one', async () => {
    limits = { requests_per_second: 0.5 };
    build();
    expect(quota.reserve(request()).ok).toBe(true);
    expect(quota.reserve(request())).toMatchObject({ retryAfterMs: 2_000 });
    await clock.advance(2_000);
    expect(quota.reserve(request()).ok).toBe(true);
  });
});

describe('tokens a minute', () => {
  beforeEach(() => {
    limits = { tokens_per_minute: 1_000 };
    build();
  });

  it('slide: they are free again when their minute is over', async () => {
    quota.reserve(request(600));
    await clock.advance(30_000);
    quota.reserve(request(400));
    expect(quota.reserve(request(1))).toMatchObject({ limit: 'tokens_per_minute', retryAfterMs: 31_000 });
    await clock.advance(31_000);
    expect(quota.reserve(request(600)).ok).toBe(true);
  });

  it('are corrected by real usage', () => {
    taken(quota.reserve(request(900))).settle({ tokens: 100, costMicroUsd: 0 });
    expect(quota.reserve(request(900)).ok).toBe(true);
  });

  it('refuse for good what could never fit', () => {
    expect(quota.reserve(request(1_001))).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: null,
      reason: 'this request may take 1,001 tokens and the limit is 1,000 a minute',
    });
  });
});

describe('waiting', () => {
  beforeEach(() => {
    limits = { max_concurrent: 1 };
    build();
  });

  it('is in order of arrival, and nobody overtakes', async () => {
    const running = taken(quota.reserve(request()));
    const order: string[] = [];
    const wait = async (name: string): Promise<Reservation> => {
      const result = await quota.reserveOrWait(request(), never);
      order.push(`${name} after ${result.queuedMs}`);
      return taken(result);
    };
    const first = wait('first');
    await clock.advance(100);
    const second = wait('second');
    await clock.advance(100);
    expect(quota.inFlight('claude')).toEqual({ inFlight: 1, queued: 2 });
    running.settle({ tokens: 1, costMicroUsd: 0 });
    expect(quota.reserve(request())).toMatchObject({ ok: false, code: 'busy' });
    (await first).settle({ tokens: 1, costMicroUsd: 0 });
    await second;
    expect(order).toEqual(['first after 200', 'second after 100']);
  });

  it('is not cheated by a newcomer who comes before the timer that would let the first one in', async () => {
    limits = { requests_per_second: 1 };
    build();
    quota.reserve(request());
    const waiting = quota.reserveOrWait(request(), never);
    clock.stall(1_000);
    expect(quota.reserve(request())).toMatchObject({ ok: false, code: 'busy' });
    await clock.advance(0);
    expect((await waiting).ok).toBe(true);
  });

  it('ends after the queue timeout with the limit in its reason', async () => {
    quota.reserve(request());
    const waiting = quota.reserveOrWait(request(), never);
    await clock.advance(5_000);
    expect(await waiting).toEqual({
      ok: false,
      limit: 'max_concurrent',
      code: 'busy',
      reason: 'waited 5 s for a place: 1 of 1 places taken; one is free when a request ends',
      retryAfterMs: null,
      queuedMs: 5_000,
    });
    expect(quota.inFlight('claude').queued).toBe(0);
  });

  it('ends when the caller leaves, and the next one moves up', async () => {
    const running = taken(quota.reserve(request()));
    const leaving = new AbortController();
    const first = quota.reserveOrWait(request(), leaving.signal);
    const second = quota.reserveOrWait(request(), never);
    leaving.abort(new Error('the caller left'));
    await expect(first).rejects.toThrow('the caller left');
    running.release();
    expect((await second).ok).toBe(true);
  });

  it('is refused to a caller who has left already', async () => {
    await expect(quota.reserveOrWait(request(), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(quota.inFlight('claude').inFlight).toBe(0);
  });

  it('ends at once for those in line when the budget runs out meanwhile', async () => {
    limits = { max_concurrent: 1, requests_per_day: 2 };
    build();
    const running = taken(quota.reserve(request()));
    const second = quota.reserveOrWait(request(), never);
    const third = quota.reserveOrWait(request(), never);
    running.settle({ tokens: 1, costMicroUsd: 0 });
    taken(await second).settle({ tokens: 1, costMicroUsd: 0 });
    expect(await third).toMatchObject({ ok: false, code: 'budget_exhausted' });
  });

  it('for the next second needs no one to end', async () => {
    limits = { requests_per_second: 2 };
    build();
    quota.reserve(request());
    quota.reserve(request());
    const waits = [quota.reserveOrWait(request(), never), quota.reserveOrWait(request(), never)];
    await clock.advance(1_000);
    expect((await Promise.all(waits)).map(({ queuedMs }) => queuedMs)).toEqual([500, 1_000]);
  });

  it('does not happen for budgets, nor without a queue timeout', async () => {
    limits = { max_concurrent: 1, queueTimeoutMs: 0 };
    build();
    quota.reserve(request());
    expect(await quota.reserveOrWait(request(), never)).toMatchObject({ ok: false, code: 'busy', queuedMs: 0 });
  });

  it('ends when a reload raises the limit', async () => {
    quota.reserve(request());
    const waiting = quota.reserveOrWait(request(), never);
    limits = { max_concurrent: 2 };
    quota.setRegistry();
    expect((await waiting).ok).toBe(true);
  });
});

describe('announcements', () => {
  it('come once a window, and the reopening without anyone asking', async () => {
    limits = { requests_per_day: 2 };
    build();
    for (let count = 0; count < 5; count += 1) quota.reserve(request());
    await clock.advance(20.8 * HOUR);
    expect(announced.map(([what, { limit, used }]) => [what, limit, used])).toEqual([
      ['exhausted', 'requests_per_day', 2],
      ['reopened', 'requests_per_day', 0],
    ]);
  });

  it('do not flap when a place is given back', () => {
    limits = { requests_per_day: 1 };
    build();
    for (let count = 0; count < 3; count += 1) taken(quota.reserve(request())).release();
    expect(announced.map(([what]) => what)).toEqual(['exhausted']);
  });

  it('tell of a limit that was raised, and of the raised one when it is reached too', () => {
    limits = { requests_per_day: 1 };
    build();
    quota.reserve(request());
    limits = { requests_per_day: 2 };
    quota.setRegistry();
    quota.reserve(request());
    expect(announced.map(([what]) => what)).toEqual(['exhausted', 'reopened', 'exhausted']);
  });
});

describe('the projection', () => {
  it('tells when the budget runs out at the rate of the last hour', async () => {
    limits = { requests_per_day: 200 };
    build();
    for (let minute = 0; minute < 60; minute += 1) {
      quota.reserve(request());
      await clock.advance(60_000);
    }
    // 140 left at one a minute
    const at = status('requests_per_day')?.projected_exhaustion_at ?? 0;
    expect((at - clock.now()) / 60_000).toBeCloseTo(140, -1);
  });

  it('is null where the budget lasts until the reset, and once it is exhausted', async () => {
    limits = { requests_per_day: 100_000 };
    build();
    quota.reserve(request());
    await clock.advance(HOUR);
    expect(status('requests_per_day')?.projected_exhaustion_at).toBeNull();
  });
});

describe('reloads', () => {
  it('keep what was used, even for a limit that was away for a while', () => {
    limits = { requests_per_day: 5 };
    build();
    quota.reserve(request());
    limits = {};
    quota.setRegistry();
    expect(quota.status('claude')).toEqual([]);
    limits = { requests_per_day: 1 };
    quota.setRegistry();
    expect(quota.reserve(request()).ok).toBe(false);
  });
});

describe('a configured day', () => {
  it('is cut and named in its own zone', () => {
    limits = { requests_per_day: 1 };
    build({ resetHour: 6, timeZone: 'America/New_York' });
    quota.reserve(request());
    expect(quota.reserve(request())).toMatchObject({
      reason: expect.stringMatching(/opens again at 06:00 GMT-5$/),
    });
    expect(status('requests_per_day')?.reset_at).toBe(Date.UTC(2026, 10, 3, 11));
  });
});
