import type { IncidentRows } from '../../electron/engine/store/incident-types.ts';

export const INCIDENT_AT = Date.UTC(2026, 10, 18, 3);
const SECOND = 1000;

/** What is stored about a fallback of eight minutes: the first call failed at 03:00:00, served again at 03:08:00. */
export function incidentRows(changes: Partial<IncidentRows> = {}): IncidentRows {
  const at = (seconds: number) => INCIDENT_AT + seconds * SECOND;
  const breaker = (seconds: number, state: 'open' | 'half_open' | 'closed', share: number, reason: string | null) => ({
    id: seconds,
    at: at(seconds),
    name: 'kimi',
    kind: 'breaker' as const,
    value: { state, share, reason },
  });
  const budget = (id: number, seconds: number, moment: 'began' | 'ended', used: number) => ({
    id,
    at: at(seconds),
    name: 'claude',
    kind: 'budget' as const,
    value: { scope: 'provider' as const, limit: 'requests_per_day' as const, used, limit_value: 1000, moment },
  });
  const load = { running: 20, waiting: 63, kv_cache_usage: 0.97, generation_tokens_per_second: 12, scraped_at: at(3) };
  return {
    episode: {
      id: 12,
      from_provider: 'kimi',
      to_provider: 'claude',
      reason: 'timeout',
      detail: 'no first token',
      started_at: at(2),
      ended_at: at(480),
      requests: 90,
      failed_requests: 0,
      cost_usd: 1.25,
      pricing_unknown_requests: 0,
    },
    window: { since: at(0), until: at(540) },
    firstFailure: { at: at(0), class: 'timeout', message: 'no first token within 10 s' },
    firstFallbackAt: at(2),
    failures: [{ class: 'timeout', count: 5 }],
    counts: {
      affected: 95,
      rerouted: 95,
      slowed: 5,
      lost: 0,
      cancelled: 2,
      cost_usd: 1.3,
      pricing_unknown_requests: 1,
    },
    transitions: [
      {
        id: 1,
        at: at(6),
        provider: 'kimi',
        from_status: 'healthy',
        to_status: 'unhealthy',
        reason: 'the probe timed out',
      },
      { id: 2, at: at(480), provider: 'kimi', from_status: 'unhealthy', to_status: 'healthy', reason: 'answers' },
    ],
    marks: [
      budget(1001, 2, 'began', 10),
      breaker(4, 'open', 0, '3 failures in a row'),
      {
        id: 1002,
        at: at(4),
        name: 'kimi',
        kind: 'load',
        value: { health_reason: 'the probe timed out', in_flight: 20, queued: 3, load },
      },
      breaker(479, 'half_open', 0, null),
      breaker(480, 'closed', 0.1, null),
      budget(1003, 480, 'ended', 105),
      breaker(540, 'closed', 1, null),
    ],
    alerts: [],
    overrides: [],
    actions: [],
    drills: [],
    gaps: [],
    overlapping: [],
    charts: {
      since: at(-60),
      until: at(600),
      stepMs: 10 * SECOND,
      providers: ['claude', 'kimi'].map((provider, index) => ({
        provider,
        points: Array.from({ length: 66 }, (_, step) => ({
          at: at(-60 + step * 10),
          requests: step > 6 && step < 54 === (index === 0) ? 2 : 0,
          errors: 0,
          latency_p95_ms: step > 6 && step < 54 === (index === 0) ? 900 + step * 10 : null,
        })),
      })),
    },
    lanes: [
      {
        provider: 'kimi',
        spans: [
          { from: at(-60), to: at(6), status: 'healthy', reason: '' },
          { from: at(6), to: at(480), status: 'unhealthy', reason: 'the probe timed out' },
          { from: at(480), to: at(600), status: 'healthy', reason: 'answers' },
        ],
      },
    ],
    ...changes,
  };
}
