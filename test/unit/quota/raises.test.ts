import { beforeEach, describe, expect, it } from 'vitest';
import { limitStatus, readRaise } from '../../../electron/engine/operations/limit-raises.ts';
import { raiseRequestSchema, type LimitRaise } from '../../../shared/domain/quota.ts';
import { QuotaStage } from '../../support/quota-stage.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 3, 12);
const target = { scope: 'provider' as const, name: 'claude', limit: 'requests_per_day' as const };
const note = { operator: 'ada', reason: 'launch day' };

let stage: QuotaStage;

const raiseTo = (value: number, changes: Partial<LimitRaise> = {}) =>
  stage.quota.raise({ ...target, limit_value: value, ...note, until: NOON + 2 * HOUR, ...changes });

beforeEach(() => {
  stage = new QuotaStage({
    providers: { claude: { requests_per_day: 10 } },
    callSites: { chat: { usd_per_day: 1 } },
  });
});

describe('a raised limit', () => {
  it('opens a closed budget at once, for as much as was added', () => {
    stage.admitted(12, 'claude');
    raiseTo(15);
    expect(stage.told.map(([name]) => name)).toEqual(['quota_exhausted', 'quota_reopened']);
    expect(stage.status('claude', 'requests_per_day')).toMatchObject({
      used: 10,
      limit_value: 15,
      raise: { from: 10, ...note, created_at: NOON, until: NOON + 2 * HOUR },
    });
    expect(stage.admitted(20, 'claude')).toBe(5);
  });

  it('ends by itself, and what is over closes again', async () => {
    raiseTo(15);
    stage.admitted(12, 'claude');
    await stage.clock.advance(2 * HOUR - 1);
    expect(stage.admitted(1, 'claude')).toBe(1);
    await stage.clock.advance(1);
    expect(stage.told.map(([name]) => name)).toEqual(['quota_exhausted']);
    expect(stage.admitted(1, 'claude')).toBe(0);
    expect(stage.status('claude', 'requests_per_day')).toMatchObject({ used: 13, limit_value: 10, raise: null });
    expect(stage.storage.raises).toMatchObject([{ ended: { at: NOON + 2 * HOUR, how: 'expired' } }]);
  });

  it('outlives a restart, until its time', async () => {
    raiseTo(15);
    stage.admitted(12, 'claude');
    stage.restart();
    expect(stage.status('claude', 'requests_per_day')).toMatchObject({ limit_value: 15, raise: { from: 10 } });
    expect(stage.admitted(9, 'claude')).toBe(3);
    stage.quota.stop();
    await stage.clock.advance(3 * HOUR);
    stage.restart();
    expect(stage.status('claude', 'requests_per_day')).toMatchObject({ limit_value: 10, raise: null });
    expect(stage.storage.raises).toMatchObject([{ ended: { at: NOON + 2 * HOUR, how: 'expired' } }]);
  });

  it('is ended by hand, or replaced by another', () => {
    raiseTo(15);
    raiseTo(12);
    expect(stage.status('claude', 'requests_per_day').limit_value).toBe(12);
    expect(stage.quota.endRaise(target)).toMatchObject({ limit_value: 12 });
    expect(stage.quota.endRaise(target)).toBeNull();
    expect(stage.status('claude', 'requests_per_day').limit_value).toBe(10);
    expect(stage.storage.raises.map(({ ended }) => ended?.how)).toEqual(['replaced', 'ended']);
  });

  it('never lowers: a registry that has gone above it holds', () => {
    raiseTo(15);
    stage.reload({ providers: { claude: { requests_per_day: 40 } } });
    expect(stage.status('claude', 'requests_per_day').limit_value).toBe(40);
  });

  it('may be any limit of a provider or of a call site', () => {
    stage.reload({
      providers: { claude: { requests_per_second: 1, max_concurrent: 1 } },
      callSites: { chat: { usd_per_day: 1 } },
    });
    raiseTo(3, { limit: 'max_concurrent' });
    raiseTo(9, { limit: 'requests_per_second' });
    raiseTo(2.5, { scope: 'call_site', name: 'chat', limit: 'usd_per_day' });
    expect(stage.quota.status().map(({ limit, limit_value }) => [limit, limit_value])).toEqual([
      ['requests_per_second', 9],
      ['max_concurrent', 3],
      ['usd_per_day', 2.5],
    ]);
    expect(stage.admitted(5, 'claude')).toBe(3);
  });

  it('lets in who waits', async () => {
    stage.reload({ providers: { claude: { max_concurrent: 1, queueTimeoutMs: 60_000 } } });
    stage.reserve('claude');
    const waiting = stage.quota.reserveOrWait(
      { provider: 'claude', estimatedTokens: 1, estimatedCostMicroUsd: 0 },
      new AbortController().signal,
    );
    raiseTo(2, { limit: 'max_concurrent' });
    expect((await waiting).ok).toBe(true);
  });
});

describe('what an operator asks for', () => {
  const read = (changes: object) =>
    readRaise(
      raiseRequestSchema.parse({ ...target, limit_value: 15, ttl_seconds: 3600, ...note, ...changes }),
      stage.quota.status(),
      NOON,
    );

  it.each([
    ['seconds', { ttl_seconds: 3600 }, NOON + HOUR],
    ['epoch milliseconds', { ttl_seconds: undefined, until: NOON + 5 * HOUR }, NOON + 5 * HOUR],
    ['ISO 8601 in any zone', { ttl_seconds: undefined, until: '2026-11-03T18:00:00+02:00' }, NOON + 4 * HOUR],
  ])('ends at a time given as %s', (_, changes, until) => {
    expect(read(changes).raise).toEqual({ ...target, limit_value: 15, ...note, until });
  });

  it.each([
    [
      'a limit that is not set',
      { name: 'gpt' },
      'There is no limit gpt requests_per_day: the registry limits claude requests_per_day, call site chat usd_per_day.',
    ],
    [
      'a value that is not above the registry',
      { limit_value: 10 },
      'claude requests_per_day is 10 in the registry: raise it above that.',
    ],
    ['half a request', { limit_value: 10.5 }, 'claude requests_per_day counts in whole numbers: 10.5 is none.'],
    [
      'a time that is over',
      { ttl_seconds: undefined, until: NOON },
      'A limit is raised for 10 seconds at least: give a later time.',
    ],
    [
      'a time too far',
      { ttl_seconds: undefined, until: NOON + 200 * HOUR },
      'A limit is raised for a week at most: for longer, change it in the registry.',
    ],
  ])('is refused for %s', (_, changes, message) => {
    expect(() => read(changes)).toThrow(message);
  });

  it('is refused where only a soft limit stands', () => {
    stage.reload({ providers: { claude: { soft: { requests_per_day: 5 } } } });
    expect(() => read({})).toThrow('claude requests_per_day has only a soft limit');
  });

  it.each([[{}], [{ ttl_seconds: 60, until: NOON }]])('names one way to say until when, not %j', (times) => {
    expect(raiseRequestSchema.safeParse({ ...target, limit_value: 15, ...note, ...times }).success).toBe(false);
  });

  it('compares with the registry, not with the raise before', () => {
    raiseTo(30);
    expect(read({ limit_value: 20 }).raise.limit_value).toBe(20);
    expect(limitStatus(stage.quota.status(), target).raise?.from).toBe(10);
  });
});
