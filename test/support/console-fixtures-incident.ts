import type { IncidentDetail } from '../../shared/domain/incidents.ts';

/** A fallback of nine minutes that ended a minute ago and lost two requests. */
export function anIncident(now: number, changes: Partial<IncidentDetail> = {}): IncidentDetail {
  return {
    id: 7,
    kind: 'fallback',
    state: 'ended',
    provider: 'kimi_k2',
    served_by: 'claude_opus',
    started_at: now - 600_000,
    detected_at: now - 597_000,
    first_fallback_at: now - 599_000,
    recovered_at: now - 60_000,
    full_share_at: now - 30_000,
    time_to_detect_ms: 3000,
    time_to_recover_ms: 540_000,
    requests: { affected: 120, rerouted: 118, slowed: null, lost: 2, cancelled: 0 },
    extra_cost_usd: 1.5,
    pricing_unknown_requests: 0,
    budgets: [
      {
        scope: 'provider',
        name: 'claude_opus',
        limit: 'requests_per_day',
        used_before: 10,
        used_after: 128,
        limit_value: 1000,
        exhausted: false,
      },
    ],
    cause: {
      summary: 'The server of Kimi K2 was not running.',
      evidence: ['Its port refused connections 9 times.'],
      failures: [{ class: 'unreachable', count: 9 }],
      load: null,
    },
    drill_id: null,
    overlapping: [],
    gaps: [],
    notes: ['Switchyard ran throughout.'],
    timeline: [
      { at: now - 600_000, kind: 'first_failure', subject: 'kimi_k2', operator: null, text: 'The first call failed.' },
      { at: now - 500_000, kind: 'alert_acknowledged', subject: 'x', operator: 'ana', text: 'Acknowledged.' },
    ],
    charts: { since: now - 700_000, until: now, step_ms: 10_000, providers: [] },
    lanes: [],
    ...changes,
  };
}
