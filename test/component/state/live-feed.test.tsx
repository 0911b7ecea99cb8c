import { describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../../shared/domain/live.ts';
import { createLiveFeed } from '../../../renderer/state/live-feed.ts';
import { initialLive, type LiveState } from '../../../renderer/state/live-reducer.ts';
import { aFallbackStatus, aRequest, aStatus } from '../../support/console-fixtures.ts';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

function harness() {
  let state: LiveState = initialLive;
  const writes: LiveState[] = [];
  const frames: (() => void)[] = [];
  const feed = createLiveFeed({
    read: () => state,
    write: (next) => {
      state = next;
      writes.push(next);
    },
    nextFrame: (paint) => frames.push(paint),
  });
  const paint = () => {
    for (const frame of frames.splice(0)) frame();
  };
  return { feed, writes, frames, paint, state: () => state };
}

const snapshot = (seq = 0): LiveMessage => ({
  type: 'snapshot',
  seq,
  at: NOW,
  status: aStatus(NOW),
  requests: [],
  open_episodes: [],
  call_site_quotas: [],
});
const gauges = (seq: number, rate: number): LiveMessage => ({
  type: 'gauges',
  seq,
  at: NOW,
  providers: [],
  requests_per_second: rate,
  cost_usd_per_hour: 0,
  pricing_unknown_last_hour: 0,
  call_site_quotas: [],
});
const requests = (seq: number, ...indices: number[]): LiveMessage => ({
  type: 'requests',
  seq,
  at: NOW,
  requests: indices.map((index) => aRequest(NOW, index)),
  skipped: 0,
});

describe('the live feed', () => {
  it('writes many gauges and request batches once a frame, with the newest gauges and every row', () => {
    const { feed, writes, frames, paint, state } = harness();
    feed.accept(snapshot());
    for (let seq = 1; seq <= 50; seq += 2) {
      feed.accept(gauges(seq, seq));
      feed.accept(requests(seq + 1, seq));
    }
    expect(writes).toHaveLength(1);
    expect(frames).toHaveLength(1);
    paint();
    expect(writes).toHaveLength(2);
    expect(state().status?.requests_per_second).toBe(49);
    expect(state().requests).toHaveLength(25);
  });

  it('writes a transition at once, after the gauges that came before it', () => {
    const { feed, state, paint } = harness();
    feed.accept(snapshot());
    feed.accept(gauges(1, 99));
    feed.accept({ type: 'status', seq: 2, at: NOW, status: aFallbackStatus(NOW) });
    expect(state().status?.verdict).toBe('fallback');
    expect(state().status?.requests_per_second).toBe(4);
    paint();
    expect(state().status?.requests_per_second).toBe(4);
  });

  it('refuses a message after a gap, so that the subscription starts again', () => {
    const { feed, state } = harness();
    expect(feed.accept(snapshot())).toBe(true);
    expect(feed.accept(gauges(1, 5))).toBe(true);
    expect(feed.accept({ type: 'status', seq: 3, at: NOW, status: aFallbackStatus(NOW) })).toBe(false);
    expect(state().status?.verdict).toBe('primary');
  });

  it('refuses anything before a snapshot, and takes a snapshot at whatever number', () => {
    const { feed } = harness();
    expect(feed.accept(gauges(0, 1))).toBe(false);
    expect(feed.accept(snapshot(7))).toBe(true);
    expect(feed.accept(gauges(8, 1))).toBe(true);
  });

  it('holds a bounded buffer while no frame comes and counts what it dropped', () => {
    const { feed, paint, state } = harness();
    feed.accept(snapshot());
    for (let seq = 1; seq <= 300; seq += 1) feed.accept(requests(seq, seq * 2, seq * 2 + 1));
    paint();
    expect(state().requests).toHaveLength(200);
    expect(state().skippedRequests).toBe(400);
  });
});
