import { describe, expect, it } from 'vitest';
import { assembleIncident, withoutDetails } from '../../../electron/engine/incidents/assemble.ts';
import { summarise } from '../../../electron/engine/incidents/summary.ts';
import type { Alert, AlertRuleName } from '../../../shared/domain/alerts.ts';
import { FAILURE_CLASSES } from '../../../shared/domain/failure.ts';
import { incidentDetailSchema } from '../../../shared/domain/incidents.ts';
import { INCIDENT_AT, incidentRows } from '../../support/incident-fixtures.ts';

const DAY_MS = 24 * 3_600_000;
const rows = incidentRows();
const drill = {
  id: 3,
  provider: 'kimi',
  fault: 'refuse' as const,
  share: 1,
  delay_ms: 0,
  operator: 'ada',
  reason: 'exercise',
  targets: { lost_requests: 0, detect_ms: null, recover_ms: null },
  state: 'ended' as const,
  created_at: INCIDENT_AT - 10,
  starts_at: INCIDENT_AT,
  fault_ends_at: INCIDENT_AT + 10,
  ended_at: INCIDENT_AT + 20,
  figures: {
    faulty_calls: 0,
    answered_requests: 0,
    rerouted_requests: 0,
    lost_requests: 0,
    first_fault_at: null,
    detected_at: null,
    recovered_at: null,
  },
  outcome: 'passed' as const,
  findings: [],
};

describe('an assembled incident', () => {
  it('tells its moments, spans and figures, and fits the contract', () => {
    const incident = assembleIncident(rows);
    expect(incident).toMatchObject({
      id: 12,
      kind: 'fallback',
      state: 'ended',
      started_at: INCIDENT_AT,
      detected_at: INCIDENT_AT + 4000,
      time_to_detect_ms: 4000,
      recovered_at: INCIDENT_AT + 480_000,
      time_to_recover_ms: 480_000,
      full_share_at: INCIDENT_AT + 540_000,
      extra_cost_usd: 1.3,
      notes: [],
      budgets: [{ name: 'claude', used_before: 10, used_after: 105, exhausted: false }],
    });
    expect(incidentDetailSchema.parse(incident)).toEqual(incident);
  });

  it('has a timeline in order, what leads to something before it', () => {
    expect(assembleIncident(rows).timeline.map(({ kind }) => kind)).toEqual([
      'first_failure',
      'first_fallback',
      'breaker',
      'detected',
      'health',
      'breaker',
      'breaker',
      'health',
      'recovered',
      'breaker',
      'full_share',
    ]);
  });

  it('tells of alerts of its time alone, not of one that has fired for days', () => {
    const alert = (rule: AlertRuleName, firing: number, resolved: number | null): Alert => ({
      id: rule,
      rule,
      severity: 'warning',
      state: resolved === null ? 'firing' : 'resolved',
      labels: {},
      fingerprint: rule,
      summary: 'as it was then',
      response: '',
      checks: [],
      runbook: '',
      pending_since: INCIDENT_AT + firing,
      firing_since: INCIDENT_AT + firing,
      resolved_at: resolved === null ? null : INCIDENT_AT + resolved,
      acknowledged: null,
      silence_id: null,
    });
    const alerts = [
      alert('DiskNearlyFull', -5 * DAY_MS, 2 * DAY_MS),
      alert('UnknownPrice', -5 * DAY_MS, null),
      alert('PrimaryModelDown', 300_000, 500_000),
      alert('ProviderLockedOut', 600_000, 700_000),
    ];
    const told = assembleIncident(incidentRows({ alerts })).timeline.filter(({ kind }) => kind.startsWith('alert'));
    expect(told.map(({ subject, kind }) => `${subject} ${kind}`)).toEqual([
      'PrimaryModelDown alert_fired',
      'PrimaryModelDown alert_resolved',
    ]);
  });

  describe('that ended because another provider was made the primary', () => {
    const end = incidentRows().episode.ended_at ?? 0;
    const change = {
      id: 5,
      at: end - 40,
      operator: 'ada',
      action: 'routing.change',
      target: 'version 3',
      reason: 'claude first meanwhile',
      before: null,
      after: null,
    };
    const stillOut = rows.transitions.filter(({ to_status: to }) => to === 'unhealthy');

    it('does not say that the primary served again', () => {
      const told = assembleIncident(incidentRows({ transitions: stillOut, actions: [change] }));
      expect(told).toMatchObject({ state: 'ended', recovered_at: null, time_to_recover_ms: null, full_share_at: null });
      expect(told.notes).toContain(
        'It ended because ada changed who is the primary (claude first meanwhile); kimi had not served again.',
      );
      const texts = told.timeline.map(({ text }) => text);
      expect(texts).toContain('ada changed the routing to version 3: claude first meanwhile');
      expect(texts.join()).not.toContain('served again');
    });

    it('says so where it had come back before', () => {
      const told = assembleIncident(incidentRows({ actions: [change] }));
      expect(told.recovered_at).toBe(end);
    });
  });

  it('of a primary that was taken out and put back by hand has its full share at once', () => {
    const by = (action: string, at: number) => ({
      id: at,
      at,
      operator: 'ada',
      action,
      target: 'kimi',
      reason: 'upgrade',
      before: null,
      after: null,
    });
    const end = rows.episode.ended_at ?? 0;
    const actions = [by('provider.isolate', INCIDENT_AT), by('provider.rejoin', end)];
    const told = assembleIncident(incidentRows({ transitions: [], marks: [], actions }));
    expect(told).toMatchObject({ recovered_at: end, full_share_at: end, notes: [] });
  });

  it('is an outage once a request was lost, or while nobody can serve', () => {
    const lost = { ...incidentRows().counts, lost: 1 } as NonNullable<typeof rows.counts>;
    expect(assembleIncident(incidentRows({ counts: lost })).kind).toBe('outage');
    expect(assembleIncident(incidentRows({ episode: { ...rows.episode, to_provider: null } })).kind).toBe('outage');
  });

  it('says what is missing: an end, kept requests, times without an engine, others at the same time', () => {
    const { notes, requests } = assembleIncident(
      incidentRows({
        episode: { ...rows.episode, ended_at: null },
        counts: null,
        gaps: [{ since: INCIDENT_AT + 60_000, until: INCIDENT_AT + 240_000 }],
        overlapping: [11],
      }),
    );
    expect(notes).toEqual([
      'It lasts; all figures are those of now.',
      expect.stringContaining('Switchyard was not running from 18 Nov 2026, 03:01:00'),
      'It overlaps with incident 11.',
      expect.stringContaining('not kept any more'),
    ]);
    expect(requests).toEqual({ affected: 90, rerouted: 90, slowed: null, lost: 0, cancelled: null });
  });

  it('shows a budget that ran out, also one whose beginning was not noted', () => {
    const exhausted = {
      id: 9,
      at: INCIDENT_AT,
      name: 'chat',
      kind: 'budget' as const,
      value: {
        scope: 'call_site' as const,
        limit: 'usd_per_day' as const,
        used: 5,
        limit_value: 5,
        moment: 'exhausted' as const,
      },
    };
    expect(assembleIncident(incidentRows({ marks: [exhausted] })).budgets).toEqual([
      {
        scope: 'call_site',
        name: 'chat',
        limit: 'usd_per_day',
        used_before: null,
        used_after: 5,
        limit_value: 5,
        exhausted: true,
      },
    ]);
  });
});

describe('the likely cause', () => {
  const causeOf = (changes: Parameters<typeof incidentRows>[0]) =>
    assembleIncident(incidentRows(changes)).cause.summary;

  it('is overload where calls timed out while the server was full', () => {
    const { cause } = assembleIncident(rows);
    expect(cause.summary).toBe(
      'Probably overload: kimi did not answer in time while 63 requests waited and its KV cache was 97 % full.',
    );
    expect(cause.evidence).toContain('Its own last figures: 20 running, 63 waiting, KV cache 97 % full.');
  });

  it.each(FAILURE_CLASSES)('has words for %s', (failureClass) => {
    expect(causeOf({ failures: [{ class: failureClass, count: 1 }], marks: [] })).toMatch(/^Probably kimi .+\.$/);
  });

  it('is the operator who took it out, or the drill', () => {
    const entry = {
      id: 1,
      at: INCIDENT_AT,
      operator: 'ada',
      action: 'provider.isolate',
      target: 'kimi',
      reason: 'upgrade',
      before: null,
      after: null,
    };
    expect(causeOf({ failures: [], actions: [entry] })).toBe('kimi was taken out by ada: upgrade');
    expect(causeOf({ drills: [drill] })).toBe('Drill 3 made kimi fail on purpose.');
  });
});

describe('the summary by week', () => {
  const incident = withoutDetails(assembleIncident(rows));
  const WEEK = 7 * 24 * 3_600_000;
  const range = { since: INCIDENT_AT - WEEK, until: INCIDENT_AT + 1000 };

  it('has every week, from Monday on, and means over what is known', () => {
    const open = { ...incident, time_to_recover_ms: null, time_to_detect_ms: 8000 };
    const { weeks, total } = summarise([incident, open], range);
    expect(weeks.map(({ from, incidents }) => [new Date(from).toISOString().slice(0, 10), incidents])).toEqual([
      ['2026-11-09', 0],
      ['2026-11-16', 2],
    ]);
    expect(total).toMatchObject({ incidents: 2, mean_time_to_detect_ms: 6000, mean_time_to_recover_ms: 480_000 });
    expect(weeks[0]).toMatchObject({ mean_time_to_detect_ms: null, mean_time_to_recover_ms: null });
  });

  it('leaves drills and what began before out', () => {
    expect(summarise([{ ...incident, drill_id: 3 }], range).total.incidents).toBe(0);
    expect(summarise([{ ...incident, started_at: range.since - 1 }], range).total.incidents).toBe(0);
  });
});
