import { describe, expect, it } from 'vitest';
import { createStoreTestClock } from '../../support/store-clock.ts';
import { openTestStore } from '../../support/store-fixtures.ts';
import { sampleAttempt, sampleDecision, sampleRequest } from '../../support/store-plain-fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 15);

const fallbackEvent = {
  at: START,
  request_id: 'request-1',
  from_provider: 'kimi',
  to_provider: 'claude',
  reason: 'unhealthy' as const,
  detail: 'connection refused',
  served: true,
};
const episode = {
  from_provider: 'kimi',
  to_provider: 'claude',
  reason: 'unhealthy' as const,
  detail: 'connection refused',
  started_at: START,
  ended_at: null,
  requests: 3,
  failed_requests: 1,
  cost_usd: 0.75,
  pricing_unknown_requests: 0,
};
const transition = { provider: 'kimi', from_status: 'unknown', to_status: 'healthy', reason: 'answers' } as const;

describe('the fallbacks of a range', () => {
  it('are its events, the newest 500 first, and say when there were more', async () => {
    const store = await openTestStore();
    const events = Array.from({ length: 501 }, (_, index) =>
      store.writer.addFallbackEvent({ ...fallbackEvent, at: START + index }),
    );
    const all = await store.reader.fallbacks({ since: START, until: START + DAY });
    expect(all.events_truncated).toBe(true);
    expect(all.events).toEqual(events.slice(1).toReversed());
    const some = await store.reader.fallbacks({ since: START + 1, until: START + 3 });
    expect(some.events_truncated).toBe(false);
    expect(some.events.map(({ at }) => at)).toEqual([START + 2, START + 1]);
  });

  it('are the episodes that overlap it, the open one too', async () => {
    const store = await openTestStore();
    const open = (started: number, ended: number | null) => {
      const opened = store.writer.openEpisode({ ...episode, started_at: START + started });
      const changed = { ...opened, ended_at: ended === null ? null : START + ended };
      store.writer.updateEpisode(changed);
      return changed;
    };
    open(-5 * HOUR, -4 * HOUR);
    const reachingIn = open(-HOUR, HOUR);
    const lasting = open(2 * HOUR, null);
    open(10 * HOUR, null);
    const { episodes } = await store.reader.fallbacks({ since: START, until: START + 5 * HOUR });
    expect(episodes).toEqual([lasting, reachingIn]);
  });

  it('are a lane per provider, without data where the engine was not running', async () => {
    const store = await openTestStore();
    const { writer } = store;
    writer.markAlive(START - HOUR, START);
    writer.markAlive(START - HOUR, START + 2 * HOUR);
    writer.markAlive(START + 4 * HOUR, START + 6 * HOUR);
    writer.addHealthTransition({ ...transition, at: START - HOUR });
    writer.addHealthTransition({ ...transition, at: START + HOUR, from_status: 'healthy', to_status: 'unhealthy' });
    writer.addHealthTransition({ ...transition, provider: 'claude', at: START - HOUR });
    const range = { since: START, until: START + 6 * HOUR };
    const { lanes } = await store.reader.fallbacks(range);
    expect(lanes.map(({ provider }) => provider)).toEqual(['claude', 'kimi']);
    expect(lanes[1]?.spans.map(({ from, to, status }) => [(from - START) / HOUR, (to - START) / HOUR, status])).toEqual(
      [
        [0, 1, 'healthy'],
        [1, 2 + 0, 'unhealthy'],
        [2, 4, 'no_data'],
        [4, 6, 'unhealthy'],
      ],
    );
    expect(await store.reader.healthSpans('kimi', range)).toEqual(lanes[1]?.spans);
    expect(await store.reader.healthTransitions('kimi', range)).toMatchObject([
      { at: START + HOUR, to_status: 'unhealthy' },
    ]);
  });
});

describe('the audit', () => {
  it('pages newest first and keeps what was before and after', async () => {
    const store = await openTestStore();
    const entries = Array.from({ length: 7 }, (_, index) =>
      store.writer.addAudit({
        at: START + Math.floor(index / 3),
        operator: 'ada',
        action: 'override.set',
        target: 'kimi',
        reason: 'slow',
        before: index === 0 ? null : { ttl: index },
        after: [index, 'x', true],
      }),
    );
    const first = await store.reader.audit(4, null);
    const second = await store.reader.audit(4, first.next_cursor);
    expect([...first.entries, ...second.entries]).toEqual(entries.toReversed());
    expect(second.next_cursor).toBeNull();
  });
});

describe('retention', () => {
  it('deletes what is older and nothing else', async () => {
    const clock = createStoreTestClock(START + 40 * DAY);
    const store = await openTestStore({ clock });
    const old = { started_at: START, decision: sampleDecision, attempt_list: [sampleAttempt()] };
    await Promise.all(
      Array.from({ length: 1200 }, (_, index) => store.writer.record(sampleRequest({ ...old, id: `old-${index}` }))),
    );
    await store.writer.record(sampleRequest({ ...old, id: 'new', started_at: START + 39 * DAY }));
    store.writer.addFallbackEvent(fallbackEvent);
    store.writer.addHealthTransition({ ...transition, at: START });
    store.writer.addHealthTransition({ ...transition, at: START + 1, to_status: 'unhealthy' });
    // What tells of an episode stays with it.
    const opened = store.writer.openEpisode({ ...episode, started_at: START + 10 * HOUR, ended_at: START + 11 * HOUR });
    store.writer.addHealthTransition({ ...transition, at: START + 10 * HOUR, to_status: 'degraded' });
    const mark = { kind: 'breaker', name: 'kimi', value: { state: 'open', share: 0, reason: null } } as const;
    store.writer.addMark({ ...mark, at: START + 10 * HOUR });
    store.writer.addMark({ ...mark, at: START });

    // 500 of each kind, one event, two transitions, one mark, and the minute rollups, which are past their own 14 days.
    expect(store.writer.purge(START + DAY)).toBe(3 * 500 + 4 + 4);
    clock.advance(1000);
    expect(store.writer.purge(START + DAY)).toBe(0);
    const { requests } = await store.reader.listRequests({ limit: 500 });
    expect(requests.map(({ id }) => id)).toEqual(['new']);
    expect(await store.reader.getRequest('old-0')).toBeNull();
    const range = { since: START - 1, until: START + DAY };
    const { events, episodes } = await store.reader.fallbacks(range);
    expect([events, episodes]).toEqual([[], [opened]]);
    expect(await store.reader.healthTransitions('kimi', range)).toMatchObject([{ to_status: 'degraded' }]);
    expect((await store.reader.incidentRows(opened.id, clock.now()))?.marks).toHaveLength(1);
    expect((await store.reader.costs(range, 'provider', 'UTC')).totals.requests).toBe(1200);
  });

  it('follows the newest word on how long rows are kept', async () => {
    const clock = createStoreTestClock(START + 40 * DAY);
    const store = await openTestStore({ clock, retentionDays: 30 });
    await store.writer.record(sampleRequest({ id: 'old', started_at: START }));
    store.writer.purge(clock.now() - 41 * DAY);
    clock.advance(DAY / 2);
    expect(await store.reader.getRequest('old')).not.toBeNull();
    clock.advance(DAY);
    expect(await store.reader.getRequest('old')).toBeNull();
  });

  it('runs by itself, a step at a time, while the store is open', async () => {
    const clock = createStoreTestClock(START + 40 * DAY);
    const store = await openTestStore({ clock, retentionDays: 30 });
    await Promise.all(
      Array.from({ length: 1200 }, (_, index) =>
        store.writer.record(sampleRequest({ id: `old-${index}`, started_at: START })),
      ),
    );
    clock.advance(60_000);
    const { requests } = await store.reader.listRequests({ limit: 500, until: START + DAY });
    expect(requests).toHaveLength(500);
    expect(await store.reader.getRequest('old-0')).toBeNull();
    clock.advance(1000);
    expect((await store.reader.listRequests({ limit: 500 })).requests).toEqual([]);
  });
});
