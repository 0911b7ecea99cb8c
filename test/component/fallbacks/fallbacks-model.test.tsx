import { describe, expect, it } from 'vitest';
import {
  episodeOf,
  eventsOf,
  episodeReason,
  fallbackTotals,
  liveLanes,
  totalsSentence,
  withLive,
} from '../../../renderer/features/fallbacks/fallbacks-model.ts';
import { aFallbackStatus, aStatus } from '../../support/console-fixtures.ts';
import { aFallbackDay, aQuietDay, fallbackEvent, pastEpisode } from '../../support/console-fixtures-history.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

describe('withLive', () => {
  const since = NOW - 86_400_000;
  it('adds what has begun since, replaces what has grown, and keeps each once', () => {
    const fetched = aFallbackDay(NOW);
    const grown = pastEpisode(NOW, { requests: 2000, ended_at: null });
    const begun = pastEpisode(NOW, { id: 41, started_at: NOW - 1000, ended_at: null });
    const event = fallbackEvent(NOW, 0, { id: 9999 });
    const known = fetched.events[0] ?? event;
    const merged = withLive(fetched, { openEpisodes: [begun, grown], recentFallbacks: [event, known] }, since);
    expect(merged.episodes.map(({ id, requests }) => [id, requests])).toEqual([
      [41, 1204],
      [40, 2000],
    ]);
    expect(merged.events).toHaveLength(fetched.events.length + 1);
    expect(merged.events[0]?.id).toBe(9999);
  });

  it('drops what has left the range and keeps an open episode that began before it', () => {
    const old = pastEpisode(NOW, { id: 1, started_at: since - 9000, ended_at: since - 1 });
    const lasting = pastEpisode(NOW, { id: 2, started_at: since - 9000, ended_at: null });
    const fetched = aFallbackDay(NOW, { episodes: [old, lasting], events: [fallbackEvent(since - 1, 0)] });
    const merged = withLive(fetched, { openEpisodes: [], recentFallbacks: [] }, since);
    expect(merged.episodes.map(({ id }) => id)).toEqual([2]);
    expect(merged.events).toEqual([]);
  });
});

describe('liveLanes', () => {
  it('grows the last span while the status is the same', () => {
    const { lanes } = aQuietDay(NOW);
    const [kimi] = liveLanes(lanes, aStatus(NOW).providers, NOW, NOW + 30_000);
    expect(kimi).toMatchObject({ label: 'Kimi K2', spans: [{ to: NOW + 30_000, status: 'healthy' }] });
  });

  it('begins a new span where the status has turned', () => {
    const { lanes } = aQuietDay(NOW - 600_000);
    const [kimi] = liveLanes(lanes, aFallbackStatus(NOW).providers, NOW - 600_000, NOW);
    expect(kimi?.spans.map(({ status, from, to }) => [status, from, to])).toEqual([
      ['healthy', NOW - 600_000 - 86_400_000, NOW - 420_000],
      ['unhealthy', NOW - 420_000, NOW],
    ]);
  });

  it('keeps the order of the providers and shows one that is gone last', () => {
    const { lanes } = aQuietDay(NOW);
    const gone = { provider: 'retired', spans: [] };
    const order = liveLanes([gone, ...lanes.toReversed()], aStatus(NOW).providers, NOW, NOW).map(
      ({ provider }) => provider,
    );
    expect(order).toEqual(['kimi_k2', 'claude_opus', 'retired']);
  });
});

describe('fallbackTotals', () => {
  it('counts overlapping time once and cuts it to the range', () => {
    const totals = fallbackTotals(
      [
        pastEpisode(NOW, { started_at: NOW - 20_000, ended_at: null }),
        pastEpisode(NOW, { started_at: NOW - 15_000, ended_at: NOW - 5000, pricing_unknown_requests: 4 }),
        pastEpisode(NOW, { started_at: NOW - 90_000, ended_at: NOW - 50_000 }),
      ],
      NOW - 60_000,
      NOW,
    );
    expect(totals).toMatchObject({ episodes: 3, open: 1, lengthMs: 30_000, requests: 3612, failed: 9, unpriced: 4 });
    expect(totalsSentence(totals)).toBe('3 episodes, 30 s on fallback, 3,612 requests, 9 failed, 37.20 USD');
  });

  it('says that the price is unknown rather than nothing', () => {
    const episode = pastEpisode(NOW, { cost_usd: 0, pricing_unknown_requests: 1204, failed_requests: 0 });
    expect(totalsSentence(fallbackTotals([episode], 0, NOW))).toBe(
      '1 episode, 28 min on fallback, 1,204 requests, price unknown',
    );
    expect(totalsSentence(fallbackTotals([], 0, NOW))).toBe('No fallback');
  });
});

describe('episodeReason', () => {
  it('says why, with what was met where that is known', () => {
    expect(episodeReason(pastEpisode(NOW))).toBe('It was unhealthy: connection refused, 3 probes in a row.');
    expect(episodeReason(pastEpisode(NOW, { reason: 'timeout', detail: '' }))).toBe('It did not answer in time.');
  });
});

describe('episodeOf and eventsOf', () => {
  const episode = pastEpisode(NOW);
  it('finds the episode by who failed and by who stood in, and none elsewhere', () => {
    const [from, to] = [episode.started_at + 1, episode.started_at + 2];
    expect(episodeOf([episode], 'kimi_k2', from, to)?.id).toBe(40);
    expect(episodeOf([episode], 'claude_opus', from, to)?.id).toBe(40);
    expect(episodeOf([episode], 'gpt4', from, to)).toBeNull();
    expect(episodeOf([episode], 'kimi_k2', NOW - 1000, NOW)).toBeNull();
  });

  it('takes the events of its own time and provider', () => {
    const inside = fallbackEvent(episode.started_at + 60_000, 0);
    const other = { ...inside, id: 1, from_provider: 'gpt4' };
    expect(eventsOf(episode, [inside, other, fallbackEvent(NOW, 0)])).toEqual([inside]);
  });
});
