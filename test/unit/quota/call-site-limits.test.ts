import { describe, expect, it } from 'vitest';
import { QuotaStage, taken } from '../../support/quota-stage.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;

describe('limits of a call site', () => {
  it('hold over all providers together, and say whose they are', () => {
    const stage = new QuotaStage({
      providers: { kimi: {}, claude: {} },
      callSites: { chat: { requests_per_day: 3 }, batch: {} },
    });
    expect(stage.admitted(2, 'kimi', 'chat')).toBe(2);
    expect(stage.admitted(2, 'claude', 'chat')).toBe(1);
    expect(stage.reserve('kimi', 'chat')).toEqual({
      ok: false,
      limit: 'requests_per_day',
      code: 'budget_exhausted',
      reason: 'call site "chat": 3 of 3 requests today; opens again at 00:00 UTC',
      retryAfterMs: 12 * HOUR,
      callSite: 'chat',
    });
    expect(stage.admitted(5, 'kimi', 'batch')).toBe(5);
    expect(stage.admitted(5, 'kimi')).toBe(5);
    expect(stage.admitted(1, 'kimi', 'a site that nobody configured')).toBe(1);
  });

  it('count a request once, however many providers are asked for it', () => {
    const stage = new QuotaStage({
      providers: { kimi: { requests_per_day: 10 }, claude: { requests_per_day: 10 } },
      callSites: { chat: { requests_per_day: 1, requests_per_second: 1 } },
    });
    taken(stage.reserve('kimi', 'chat')).settle({ tokens: 0, costMicroUsd: 0 });
    expect(stage.quota.headroom('claude', 'chat')).toMatchObject({ open: false });
    expect(stage.quota.headroom('claude', 'chat', true)).toEqual({ open: true });
    const again = { provider: 'claude', callSite: 'chat', counted: true, estimatedTokens: 1, estimatedCostMicroUsd: 0 };
    taken(stage.quota.reserve(again)).release();
    taken(stage.quota.reserve(again)).settle({ tokens: 0, costMicroUsd: 0 });
    expect(stage.status('chat', 'requests_per_day').used).toBe(1);
    expect(stage.status('claude', 'requests_per_day').used).toBe(1);
  });

  it('take nothing from either side when the other refuses', () => {
    const stage = new QuotaStage({
      providers: { claude: { requests_per_day: 2 }, kimi: { requests_per_day: 10 } },
      callSites: { chat: { requests_per_day: 3 } },
    });
    expect(stage.admitted(5, 'claude', 'chat')).toBe(2);
    expect(stage.status('chat', 'requests_per_day').used).toBe(2);
    expect(stage.admitted(5, 'kimi', 'chat')).toBe(1);
    expect(stage.status('kimi', 'requests_per_day').used).toBe(1);
  });

  it('are given back and settled with the real figures on both sides', () => {
    const stage = new QuotaStage({
      providers: { claude: { usd_per_day: 1, requests_per_day: 10 } },
      callSites: { chat: { usd_per_day: 1, requests_per_day: 10, max_concurrent: 2 } },
    });
    taken(stage.reserve('claude', 'chat', 400_000)).release();
    taken(stage.reserve('claude', 'chat', 400_000)).settle({ tokens: 5, costMicroUsd: 250_000 });
    for (const owner of ['claude', 'chat']) {
      expect(stage.status(owner, 'usd_per_day').used).toBe(0.25);
      expect(stage.status(owner, 'requests_per_day').used).toBe(1);
    }
    expect(stage.status('chat', 'max_concurrent').used).toBe(0);
  });

  it('are known to decisions, and only for requests of the site', () => {
    const stage = new QuotaStage({ callSites: { chat: { requests_per_day: 0 } } });
    expect(stage.quota.headroom('claude', 'chat')).toMatchObject({
      open: false,
      code: 'budget_exhausted',
      callSite: 'chat',
    });
    expect(stage.quota.headroom('claude')).toEqual({ open: true });
  });

  it('on spending let through what our own servers answer for nothing', () => {
    const stage = new QuotaStage({ callSites: { chat: { usd_per_day: 1 } } });
    taken(stage.reserve('claude', 'chat', 900_000)).settle({ tokens: 1, costMicroUsd: 1_000_000 });
    expect(stage.reserve('claude', 'chat')).toMatchObject({ ok: false, limit: 'usd_per_day' });
    stage.deployment = 'self-hosted';
    expect(stage.reserve('claude', 'chat').ok).toBe(true);
    expect(stage.reserve('claude', 'chat', 1).ok).toBe(false);
  });

  it('stand beside those of providers in the status, with their scope', () => {
    const stage = new QuotaStage({
      providers: { claude: { requests_per_day: 5 } },
      callSites: { chat: { requests_per_day: 3 } },
    });
    expect(stage.quota.status()).toMatchObject([
      { scope: 'provider', name: 'claude', provider: 'claude', limit_value: 5 },
      { scope: 'call_site', name: 'chat', provider: null, limit_value: 3 },
    ]);
    expect(stage.quota.status('claude')).toHaveLength(1);
  });

  it('go on where the day stood after a restart', () => {
    const stage = new QuotaStage({ callSites: { chat: { requests_per_day: 3 } } });
    stage.admitted(2, 'claude', 'chat');
    stage.restart();
    expect(stage.admitted(5, 'claude', 'chat')).toBe(1);
  });

  it('keep the counters of a provider and a call site of one name apart', () => {
    const stage = new QuotaStage({
      providers: { chat: { requests_per_day: 5 } },
      callSites: { chat: { requests_per_day: 3 } },
    });
    stage.admitted(1, 'chat');
    stage.restart();
    expect(stage.quota.status().map(({ used }) => used)).toEqual([1, 0]);
  });
});

describe('waiting for a place of a call site', () => {
  const sites = { chat: { max_concurrent: 1, queueTimeoutMs: 5_000 }, batch: { max_concurrent: 1 } };
  const ask = (stage: QuotaStage, provider: string, callSite: string) =>
    stage.quota.reserveOrWait({ provider, callSite, estimatedTokens: 1, estimatedCostMicroUsd: 0 }, never);

  it('is in order of arrival, whichever provider gave the place back', async () => {
    const stage = new QuotaStage({ providers: { kimi: {}, claude: {} }, callSites: sites });
    const running = taken(stage.reserve('claude', 'chat'));
    const order: string[] = [];
    const first = ask(stage, 'kimi', 'chat').finally(() => order.push('first'));
    await stage.clock.advance(10);
    const second = ask(stage, 'claude', 'chat').finally(() => order.push('second'));
    running.settle({ tokens: 1, costMicroUsd: 0 });
    taken(await first).settle({ tokens: 1, costMicroUsd: 0 });
    expect((await second).ok).toBe(true);
    expect(order).toEqual(['first', 'second']);
  });

  it('holds up nobody from another call site', async () => {
    const stage = new QuotaStage({ providers: { kimi: { max_concurrent: 5 } }, callSites: sites });
    taken(stage.reserve('kimi', 'chat'));
    const waiting = ask(stage, 'kimi', 'chat');
    expect(stage.quota.inFlight('kimi')).toEqual({ inFlight: 1, queued: 1 });
    expect(stage.reserve('kimi', 'batch').ok).toBe(true);
    expect((await ask(stage, 'kimi', 'other')).ok).toBe(true);
    await stage.clock.advance(5_000);
    expect(await waiting).toMatchObject({ ok: false, code: 'busy', callSite: 'chat', queuedMs: 5_000 });
  });

  it('does not wait where the call site has no queue', async () => {
    const stage = new QuotaStage({ providers: { kimi: { queueTimeoutMs: 5_000 } }, callSites: sites });
    taken(stage.reserve('kimi', 'batch'));
    expect(await ask(stage, 'kimi', 'batch')).toMatchObject({ ok: false, code: 'busy', queuedMs: 0 });
  });
});
