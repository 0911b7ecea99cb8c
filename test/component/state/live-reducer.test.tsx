import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../../shared/domain/live.ts';
import { initialLive, RECENT_REQUESTS_KEPT, reduceLive, type LiveState } from '../../../renderer/state/live-reducer.ts';
import { operatorChangeKey, transitionKey } from '../../../renderer/state/transitions.ts';
import { aFallbackStatus, aProvider, aRequest, aStatus, consoleFixture } from '../../support/console-fixtures.ts';

const NOW = Date.UTC(2026, 10, 20, 3, 19);
const episode = consoleFixture('fallback', NOW).openEpisodes[0];
if (!episode) throw new Error('The fallback fixture has an open episode.');

const snapshot: LiveMessage = {
  type: 'snapshot',
  seq: 0,
  at: NOW,
  status: aStatus(NOW),
  requests: [aRequest(NOW, 1)],
  open_episodes: [],
  call_site_quotas: [],
};
const after = (...messages: LiveMessage[]): LiveState => messages.reduce(reduceLive, initialLive);

function gauges(costPerHour: number): Extract<LiveMessage, { type: 'gauges' }> {
  return {
    type: 'gauges',
    seq: 1,
    at: NOW,
    providers: [{ name: 'claude_opus', gauges: { ...aProvider(NOW).gauges, in_flight: 9 }, load: null, quota: [] }],
    requests_per_second: 8,
    cost_usd_per_hour: costPerHour,
    pricing_unknown_last_hour: 3,
    call_site_quotas: [],
  };
}

describe('the live picture', () => {
  it('is whole after a snapshot, and forgets what an earlier subscription had', () => {
    const state = after({ ...snapshot, requests: [aRequest(NOW, 9)], open_episodes: [episode] }, snapshot);
    expect(state.status?.serving).toBe('kimi_k2');
    expect(state.requests.map(({ id }) => id)).toEqual([aRequest(NOW, 1).id]);
    expect(state.openEpisodes).toEqual([]);
  });

  it('takes a status whole', () => {
    expect(after(snapshot, { type: 'status', seq: 1, at: NOW, status: aFallbackStatus(NOW) }).status?.verdict).toBe(
      'fallback',
    );
  });

  it('merges gauges into the providers they name and leaves the others as they are', () => {
    const before = after(snapshot);
    const state = reduceLive(before, gauges(12.4));
    expect(state.status?.cost_usd_per_hour).toBe(12.4);
    expect(state.status?.providers.find(({ name }) => name === 'claude_opus')?.gauges.in_flight).toBe(9);
    expect(state.status?.providers[0]).toBe(before.status?.providers[0]);
    expect(state.requests).toBe(before.requests);
  });

  it('ignores gauges before the first snapshot', () => {
    expect(after(gauges(1))).toBe(initialLive);
  });

  it('keeps requests newest first, once each, and no more than a bound', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 120 }), { maxLength: 6 }),
        (batches) => {
          const state = after(
            snapshot,
            ...batches.map((batch): LiveMessage => ({
              type: 'requests',
              seq: 1,
              at: NOW,
              requests: [...new Set(batch)].map((index) => aRequest(NOW, index)),
              skipped: 2,
            })),
          );
          const ids = state.requests.map(({ id }) => id);
          const times = state.requests.map(({ started_at: at }) => at);
          expect(new Set(ids).size).toBe(ids.length);
          expect(times).toEqual(times.toSorted((left, right) => right - left));
          expect(ids.length).toBeLessThanOrEqual(RECENT_REQUESTS_KEPT);
          expect(state.skippedRequests).toBe(batches.length * 2);
        },
      ),
    );
  });

  it('opens an episode, updates it, and drops it when it has ended', () => {
    const opened = after(snapshot, { type: 'episode', seq: 1, at: NOW, episode });
    expect(opened.openEpisodes).toHaveLength(1);
    const grown = reduceLive(opened, { type: 'episode', seq: 2, at: NOW, episode: { ...episode, requests: 9000 } });
    expect(grown.openEpisodes.map(({ requests }) => requests)).toEqual([9000]);
    expect(
      reduceLive(grown, { type: 'episode', seq: 3, at: NOW, episode: { ...episode, ended_at: NOW } }).openEpisodes,
    ).toEqual([]);
  });

  it('has a transition key that gauges and requests leave alone and a change of health does not', () => {
    const start = after(snapshot);
    const quiet = reduceLive(reduceLive(start, gauges(5)), {
      type: 'requests',
      seq: 2,
      at: NOW,
      requests: [aRequest(NOW, 2)],
      skipped: 0,
    });
    expect(transitionKey(quiet)).toBe(transitionKey(start));
    expect(
      transitionKey(reduceLive(start, { type: 'status', seq: 1, at: NOW, status: aFallbackStatus(NOW) })),
    ).not.toBe(transitionKey(start));
  });
});

describe('the key of what operators change', () => {
  const state = after(snapshot);

  it('stays through traffic, gauges and fallbacks', () => {
    expect(operatorChangeKey(reduceLive(state, gauges(9)))).toBe(operatorChangeKey(state));
    expect(operatorChangeKey({ ...state, openEpisodes: [episode] })).toBe(operatorChangeKey(state));
  });

  it.each([
    ['an override', { override: { ...(consoleFixture('forced', NOW).status?.override ?? never()), id: 9 } }],
    [
      'a provider taken out',
      { providers: [aProvider(NOW, { isolation: { operator: 'ana', reason: 'x', since: 5 } })] },
    ],
    ['an edit of the registry', { config: { ...aStatus(NOW).config, loaded_at: 7 } }],
  ])('changes with %s', (_, changes) => {
    const status = aStatus(NOW, changes);
    expect(operatorChangeKey({ ...state, status })).not.toBe(operatorChangeKey(state));
  });
});

function never(): never {
  throw new Error('The forced fixture has an override.');
}
