import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveFeed } from '../../../electron/control/live-feed.ts';
import { type LiveUpdate, SubscriberQueue } from '../../../electron/control/subscriber-queue.ts';
import type { LiveMessage } from '../../../shared/domain/live.ts';
import { ManualClock } from '../../support/control-clock.ts';
import { FakeEngine, requestDetail } from '../../support/control-engine.ts';

function setUp() {
  const engine = new FakeEngine();
  const clock = new ManualClock();
  return { engine, clock, feed: new LiveFeed(engine, clock) };
}

async function read(iterator: AsyncGenerator<LiveMessage>): Promise<LiveMessage> {
  const next = await iterator.next();
  if (next.done) throw new Error('the subscription has ended');
  return next.value;
}

describe('the live feed', () => {
  it('begins with a snapshot and numbers what follows without gaps', async () => {
    const { engine, feed, clock } = setUp();
    const reader = feed.subscribe();
    expect(await read(reader)).toMatchObject({ seq: 0, type: 'snapshot', requests: [{ id: 'recent' }] });
    engine.isolate('kimi');
    clock.advance(1000);
    expect(await read(reader)).toMatchObject({ seq: 1, type: 'status' });
    expect(await read(reader)).toMatchObject({ seq: 2, type: 'gauges', requests_per_second: 1.5 });
    await reader.return();
  });

  it('carries the limits of call sites, in the snapshot and in every gauge', async () => {
    const { engine, feed, clock } = setUp();
    const provider = engine.raiseLimit({
      scope: 'provider',
      name: 'claude',
      limit: 'requests_per_day',
      limit_value: 5,
      ttl_seconds: 60,
      operator: 'ada',
      reason: 'drill',
    });
    const callSite = { ...provider, scope: 'call_site' as const, name: 'chat', provider: null };
    engine.quotas = () => ({ at: 0, quotas: [provider, callSite] });
    const reader = feed.subscribe();
    expect(await read(reader)).toMatchObject({ type: 'snapshot', call_site_quotas: [{ name: 'chat' }] });
    clock.advance(1000);
    const gauges = await read(reader);
    expect(gauges).toMatchObject({ type: 'gauges', call_site_quotas: [{ name: 'chat' }] });
    await reader.return();
  });

  it('sends every transition as it stood then, never two in one', async () => {
    const { engine, feed } = setUp();
    const reader = feed.subscribe();
    await read(reader);
    engine.setOverride({ provider: 'claude', ttl_seconds: 60, reason: 'drill', operator: 'ada', scope: 'all' });
    engine.releaseOverride();
    engine.isolate('kimi');
    const overrides = [];
    for (let index = 0; index < 3; index += 1) {
      const message = await read(reader);
      if (message.type !== 'status') throw new Error(message.type);
      overrides.push(message.status.override?.provider ?? null);
    }
    expect(overrides).toEqual(['claude', null, null]);
    await reader.return();
  });

  it('sends finished requests in batches, without decisions, and counts those beyond the bound', async () => {
    const { engine, feed, clock } = setUp();
    const reader = feed.subscribe();
    await read(reader);
    for (let index = 0; index < 60; index += 1) engine.events.emit('request_finished', requestDetail(`r${index}`));
    clock.advance(250);
    const message = await read(reader);
    if (message.type !== 'requests') throw new Error(message.type);
    expect(message.requests).toHaveLength(50);
    expect(message.skipped).toBe(10);
    expect(message.requests[0]).not.toHaveProperty('attempt_list');
    await reader.return();
  });

  it('shares one tick among all subscribers, and has none when nobody listens', async () => {
    const { engine, feed, clock } = setUp();
    expect(clock.pendingTimers).toBe(0);
    const readers = [feed.subscribe(), feed.subscribe(), feed.subscribe()];
    await Promise.all(readers.map(read));
    const before = engine.statusCalls;
    clock.advance(1000);
    expect(engine.statusCalls - before).toBe(1);
    await Promise.all(readers.map((reader) => reader.return()));
    expect(clock.pendingTimers).toBe(0);
    const after = engine.statusCalls;
    engine.isolate('kimi');
    clock.advance(5000);
    expect(engine.statusCalls).toBe(after);
  });

  it('ends when its caller leaves, while it waits', async () => {
    const { feed, clock } = setUp();
    const controller = new AbortController();
    const reader = feed.subscribe(controller.signal);
    await read(reader);
    const waiting = reader.next();
    controller.abort();
    expect((await waiting).done).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends a subscription that would lose a transition, and a new one starts from a snapshot', async () => {
    const { engine, feed } = setUp();
    const slow = feed.subscribe();
    await read(slow);
    for (let index = 0; index < 600; index += 1) engine.isolate('kimi');
    expect((await slow.next()).done).toBe(true);
    const again = feed.subscribe();
    expect(await read(again)).toMatchObject({ seq: 0, type: 'snapshot' });
    await again.return();
  });
});

const at = 1;
const gauges = (value: number): LiveUpdate => ({
  type: 'gauges',
  at,
  providers: [],
  requests_per_second: value,
  cost_usd_per_hour: 0,
  pricing_unknown_last_hour: 0,
  call_site_quotas: [],
});
const requests = (count: number): LiveUpdate => ({
  type: 'requests',
  at,
  requests: Array.from({ length: count }, (_, index) => requestDetail(String(index))),
  skipped: 0,
});
const transition = (): LiveUpdate => ({ type: 'status', at, status: new FakeEngine().status() });

function drain(queue: SubscriberQueue): LiveUpdate[] {
  const updates: LiveUpdate[] = [];
  for (let update = queue.take(); update !== undefined; update = queue.take()) updates.push(update);
  return updates;
}

describe('what waits for a slow reader', () => {
  it('keeps only the newest gauges', () => {
    const queue = new SubscriberQueue(10);
    for (const value of [1, 2, 3]) queue.push(gauges(value));
    expect(drain(queue)).toMatchObject([{ requests_per_second: 3 }]);
  });

  it('loses neither a transition nor the count of a request, in any order of arrival', () => {
    const kinds = fc.array(fc.constantFrom('gauges', 'requests', 'transition', 'read'), { maxLength: 60 });
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 8 }), (arrivals, limit) => {
        const queue = new SubscriberQueue(limit);
        const sent = { rows: 0, transitions: 0 };
        const seen: LiveUpdate[] = [];
        for (const kind of arrivals) {
          if (kind === 'read') seen.push(...[queue.take()].filter((update) => update !== undefined));
          if (kind === 'gauges') expect(queue.push(gauges(1))).toBe(true);
          if (kind === 'requests') expect(queue.push(requests((sent.rows += 2) && 2))).toBe(true);
          if (kind === 'transition' && queue.push(transition())) sent.transitions += 1;
        }
        seen.push(...drain(queue));
        queue.push(requests(0));
        seen.push(...drain(queue));
        const rows = seen.reduce(
          (sum, update) => sum + (update.type === 'requests' ? update.requests.length + update.skipped : 0),
          0,
        );
        expect(rows).toBe(sent.rows);
        expect(seen.filter((update) => update.type === 'status')).toHaveLength(sent.transitions);
      }),
    );
  });
});
