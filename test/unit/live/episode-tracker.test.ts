import { describe, expect, it } from 'vitest';
import { EpisodeTracker } from '../../../electron/engine/live/episode-tracker.ts';
import type { EpisodeView } from '../../../electron/engine/live/episode-tracker.ts';
import type { Episode, FallbackEvent } from '../../../shared/domain/history.ts';
import { aRequest } from '../../support/records.ts';

const onPrimary: EpisodeView = {
  verdict: 'primary',
  forced: false,
  primary: 'kimi',
  primaryGroup: ['kimi'],
  serving: 'kimi',
  cause: '',
};
const onFallback: EpisodeView = { ...onPrimary, verdict: 'fallback', serving: 'claude', cause: 'connection refused' };

function aFallback(at: number): FallbackEvent {
  return {
    id: at,
    at,
    request_id: 'req_1',
    from_provider: 'kimi',
    to_provider: 'claude',
    reason: 'error',
    detail: 'kimi: connection reset',
    served: true,
  };
}

function build(restored: Episode[] = []) {
  const saved: Episode[] = [];
  const announced: Episode[] = [];
  const storage = {
    openEpisode: (episode: Omit<Episode, 'id'>) => {
      const stored = { ...episode, id: 7 };
      saved.push(stored);
      return stored;
    },
    updateEpisode: (episode: Episode) => void saved.push(episode),
  };
  return { tracker: new EpisodeTracker(storage, restored, (episode) => announced.push(episode)), saved, announced };
}

describe('an episode', () => {
  it('opens when the primary stops serving and ends when it serves again', () => {
    const { tracker, saved } = build();
    tracker.observe(onPrimary, 1_000);
    tracker.observe(onFallback, 2_000);
    expect(tracker.open).toMatchObject({
      from_provider: 'kimi',
      to_provider: 'claude',
      reason: 'unhealthy',
      detail: 'connection refused',
      started_at: 2_000,
      ended_at: null,
    });
    tracker.observe(onPrimary, 9_000);
    expect(tracker.open).toBeNull();
    expect(saved.at(-1)).toMatchObject({ id: 7, ended_at: 9_000 });
  });

  it('begins with the first request that had to fall back, when that came before the verdict', () => {
    const { tracker } = build();
    tracker.noteFallback(aFallback(1_500));
    tracker.noteFallback(aFallback(1_900));
    tracker.observe(onFallback, 2_000);
    expect(tracker.open).toMatchObject({
      started_at: 1_500,
      reason: 'error',
      detail: 'kimi: connection reset',
      requests: 2,
    });
  });

  it('does not open for a single request that failed over while the primary stayed in service', () => {
    const { tracker, saved } = build();
    tracker.noteFallback(aFallback(1_500));
    tracker.observe(onPrimary, 2_000);
    expect(saved).toEqual([]);
  });

  it('does not take an earlier, long recovered fallback for its beginning', () => {
    const { tracker } = build();
    tracker.noteFallback(aFallback(1_500));
    tracker.observe(onFallback, 100_000);
    expect(tracker.open).toMatchObject({ started_at: 100_000, requests: 0 });
  });

  it('does not open while an operator forces another provider', () => {
    const { tracker, saved } = build();
    tracker.observe({ ...onFallback, forced: true }, 2_000);
    expect(saved).toEqual([]);
  });

  it('counts the requests it kept from the primary with their cost, exactly', () => {
    const { tracker, announced } = build();
    tracker.observe(onFallback, 2_000);
    for (let count = 0; count < 3; count += 1) {
      tracker.noteRequest(aRequest({ rule: 'fallback', provider: 'claude', cost_usd: 0.1, fallback_from: 'kimi' }), [
        'kimi',
      ]);
    }
    tracker.noteRequest(aRequest({ rule: 'primary', provider: null, status: 'error' }), ['kimi']);
    tracker.noteRequest(aRequest({ rule: 'fallback', provider: 'grok', pricing_unknown: true }), ['kimi']);
    tracker.observe(onFallback, 3_000);
    expect(announced.at(-1)).toMatchObject({
      requests: 5,
      failed_requests: 1,
      cost_usd: 0.3,
      pricing_unknown_requests: 1,
      to_provider: 'grok',
    });
  });

  it('counts what a call site meant for the primary, and nobody served', () => {
    const { tracker } = build();
    tracker.observe(onFallback, 2_000);
    const candidate = { provider: 'kimi', model: null, eligible: false, code: 'unhealthy' as const, reason: 'down' };
    const decision = {
      rule: 'call_site' as const,
      reason: '',
      requested_model: 'call-site:chat',
      tier: null,
      complexity: null,
      call_site: 'chat',
      task_type: null,
      provider: null,
      model: null,
      candidates: [candidate],
      warnings: [],
    };
    tracker.noteRequest(aRequest({ rule: 'call_site', provider: null, status: 'error', decision }), ['kimi']);
    expect(tracker.open).toMatchObject({ requests: 1, failed_requests: 1 });
  });

  it('leaves out requests that were never meant for the primary, and callers that left', () => {
    const { tracker } = build();
    tracker.observe(onFallback, 2_000);
    tracker.noteRequest(aRequest({ rule: 'named_provider', provider: 'claude' }), ['kimi']);
    tracker.noteRequest(aRequest({ status: 'cancelled', provider: null }), ['kimi']);
    tracker.noteRequest(aRequest({ provider: 'kimi' }), ['kimi']);
    expect(tracker.open?.requests).toBe(0);
  });

  it('goes on after a restart where it stood', () => {
    const first = build();
    first.tracker.observe(onFallback, 2_000);
    const second = build(first.tracker.open ? [first.tracker.open] : []);
    second.tracker.observe(onFallback, 50_000);
    expect(second.tracker.open).toMatchObject({ id: 7, started_at: 2_000 });
    second.tracker.observe(onPrimary, 60_000);
    expect(second.saved.at(-1)).toMatchObject({ id: 7, started_at: 2_000, ended_at: 60_000 });
  });
});
