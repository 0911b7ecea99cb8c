import { expect, it } from 'vitest';
import type { Episode } from '../../../shared/domain/history.ts';
import { openTestStore } from '../../support/store-fixtures.ts';
import { sampleAttempt, sampleDecision, sampleRequest } from '../../support/store-plain-fixtures.ts';

const START = Date.UTC(2026, 0, 15);

function anEpisode(from: number): Omit<Episode, 'id'> {
  return {
    from_provider: 'kimi',
    to_provider: 'claude',
    reason: 'unhealthy',
    detail: 'down',
    started_at: START + from,
    ended_at: null,
    requests: 0,
    failed_requests: 0,
    cost_usd: 0,
    pricing_unknown_requests: 0,
  };
}

it('incidents of a flapping primary tell every request once', async () => {
  const store = await openTestStore();
  const spans = [
    [10_000, 14_000],
    [20_000, 23_000],
    [30_000, 36_000],
  ] as const;
  const ids = spans.map(([from, to]) => {
    const episode = store.writer.openEpisode(anEpisode(from));
    store.writer.updateEpisode({ ...episode, ended_at: START + to });
    return episode.id;
  });
  // One a second that failed at kimi and was served by Claude, from before the first episode to after the last.
  for (let second = 0; second < 40; second += 1) {
    const at = START + second * 1000;
    await store.writer.record(
      sampleRequest({
        id: `request-${second}`,
        started_at: at,
        provider: 'claude',
        fallback_from: 'kimi',
        attempt_list: [
          sampleAttempt({ started_at: at, outcome: 'failure', failure_class: 'server_error', duration_ms: 10 }),
          sampleAttempt({ index: 1, provider: 'claude', started_at: at + 10, duration_ms: 100 }),
        ],
      }),
    );
  }
  const incidents = await Promise.all(ids.map((id) => store.reader.incidentRows(id, START + 60_000)));
  const windows = incidents.map((rows) => [rows?.window.since ?? 0, rows?.window.until ?? 0]);
  expect(windows[1]?.[0]).toBeGreaterThanOrEqual(START + 14_000);
  expect(windows[0]?.[1]).toBeLessThanOrEqual(windows[1]?.[0] ?? 0);
  expect(windows[1]?.[1]).toBeLessThanOrEqual(windows[2]?.[0] ?? 0);
  const told = incidents.reduce((sum, rows) => sum + (rows?.counts?.affected ?? 0), 0);
  expect(told).toBeLessThanOrEqual(40);
});

it('a call site or a tier that means the primary loses requests like any other', async () => {
  const store = await openTestStore();
  const { id } = store.writer.openEpisode(anEpisode(10_000));
  const nobody = { eligible: false, code: 'unhealthy' as const, reason: 'down', model: null };
  /** One that nobody could serve, whose decision thought of `first` before anybody else. */
  const lost = (name: string, rule: 'call_site' | 'tier' | 'primary', first: string) =>
    sampleRequest({
      id: name,
      rule,
      started_at: START + 11_000,
      provider: null,
      status: 'error',
      error_code: 'all_providers_unavailable',
      decision: {
        ...sampleDecision,
        rule,
        provider: null,
        candidates: [
          { ...nobody, provider: first },
          { ...nobody, provider: first === 'kimi' ? 'claude' : 'kimi' },
        ],
      },
      attempt_list: [],
    });
  for (const request of [
    lost('ordinary', 'primary', 'kimi'),
    lost('site', 'call_site', 'kimi'),
    lost('tier', 'tier', 'kimi'),
    lost('elsewhere', 'call_site', 'claude'),
  ]) {
    await store.writer.record(request);
  }
  const rows = await store.reader.incidentRows(id, START + 60_000);
  expect(rows?.counts).toMatchObject({ affected: 3, lost: 3, rerouted: 0 });
});
