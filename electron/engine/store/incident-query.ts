import type { Database } from 'better-sqlite3';
import type { Alert } from '../../../shared/domain/alerts.ts';
import { hasBegun, type Drill } from '../../../shared/domain/drills.ts';
import type { HealthTransition } from '../../../shared/domain/provider.ts';
import { EPISODE_COLUMNS, fromEpisodeRow, TRANSITION_COLUMNS, type EpisodeRow } from './event-rows.ts';
import { prepareFallbackQueries } from './fallback-queries.ts';
import { ALIVE_GRACE_MS } from './health-spans.ts';
import { prepareIncidentCharts } from './incident-charts.ts';
import { INCIDENT_LOOK_BACK_MS, prepareIncidentRequests } from './incident-requests.ts';
import type { IncidentRows, Mark } from './incident-types.ts';
import { AUDIT_COLUMNS, fromAuditRow, OVERRIDE_COLUMNS, type AuditRow } from './operation-rows.ts';
import type { Queries } from './reader-protocol.ts';
import type { TimeRange } from './time-range.ts';

/** The longest ramp that is waited for before an incident counts as over without one. */
const LONGEST_RAMP_MS = 60 * 60 * 1000;
/** Alerts fire after their condition has held for a while, and resolve after recovery. */
const ALERT_TAIL_MS = 10 * 60 * 1000;

/** Prepares what answers episodes, and all that is stored about one of them. */
export function prepareIncidentQueries(database: Database): Pick<Queries, 'episodes' | 'incidentRows'> {
  const columns = EPISODE_COLUMNS.join(', ');
  const list = database.prepare<[number, number, number], EpisodeRow>(
    `SELECT ${columns} FROM episodes WHERE started_at < ? AND (ended_at IS NULL OR ended_at >= ?)
     ORDER BY started_at DESC, id DESC LIMIT ?`,
  );
  const find = database.prepare<[number], EpisodeRow>(`SELECT ${columns} FROM episodes WHERE id = ?`);
  const nextStart = database
    .prepare<[number], number>('SELECT started_at FROM episodes WHERE started_at >= ? ORDER BY started_at LIMIT 1')
    .pluck();
  const previousEnd = database
    .prepare<[number, number], number | null>('SELECT max(ended_at) FROM episodes WHERE started_at <= ? AND id < ?')
    .pluck();
  const { healthLanes, healthSpans } = prepareFallbackQueries(database);
  const read = prepareReads(database);
  const requests = prepareIncidentRequests(database);
  const charts = prepareIncidentCharts(database);

  return {
    episodes: ({ since, until }, limit) => list.all(until, since, limit).map(fromEpisodeRow),
    incidentRows(id, now): IncidentRows | null {
      const row = find.get(id);
      if (!row) return null;
      const episode = fromEpisodeRow(row);
      const provider = episode.from_provider;
      const end = episode.ended_at ?? now;
      // Of two that follow each other closely, as when a primary flaps, each has its own time: no request is told twice.
      const from = boundary(previousEnd.get(episode.started_at, id) ?? null, episode.started_at);
      // What follows the end belongs to it until its ramp is over or the next one begins.
      const next = nextStart.get(end);
      const latest = Math.min(end + LONGEST_RAMP_MS, now, next === undefined ? Infinity : boundary(end, next) - 1);
      const marks = read.marks({ since: from, until: latest + 1 });
      const fullShareAt = episode.ended_at === null ? null : fullShare(marks, provider, episode.started_at);
      const until = Math.max(end, fullShareAt ?? end) + 1;
      const transitions = read.transitions(provider, { since: from, until });
      const told = requests(provider, { since: from, until }, [
        episode.started_at,
        ...transitions.filter(({ to_status: to }) => to === 'unhealthy' || to === 'degraded').map(({ at }) => at),
        ...marks
          .filter((mark) => mark.kind === 'breaker' && mark.name === provider && mark.value.state === 'open')
          .map(({ at }) => at),
      ]);
      const window = { since: told.since, until };
      const chart = charts(window, now);
      const isPurged = told.counts.felt === 0 && episode.requests + episode.failed_requests > 0;
      const { felt: _felt, ...counts } = told.counts;
      return {
        episode,
        window,
        firstFailure: told.firstFailure,
        firstFallbackAt: read.firstFallback(provider, window),
        failures: told.failures,
        counts: isPurged ? null : counts,
        transitions: transitions.filter(({ at }) => at >= window.since),
        marks: marks.filter(({ at }) => at >= window.since && at < until),
        alerts: read.alerts({ since: window.since, until: Math.min(until + ALERT_TAIL_MS, now + 1) }),
        overrides: read.overrides(window),
        actions: read.actions(window),
        drills: read.drills(provider, window),
        gaps: healthSpans(provider, window)
          .filter(({ status, from: begin, to }) => status === 'no_data' && to - begin >= ALIVE_GRACE_MS)
          .map(({ from: begin, to }) => ({ since: begin, until: to })),
        overlapping: list
          .all(until, window.since, 100)
          .map((other) => other.id)
          .filter((other) => other !== id),
        charts: chart,
        lanes: healthLanes({ since: chart.since, until: chart.until }),
      };
    },
  };
}

/** Where one that ended parts from one that begins, whose first failures may lie some time before its beginning. */
function boundary(ended: number | null, begins: number): number {
  return Math.max(begins - INCIDENT_LOOK_BACK_MS, ended ?? -Infinity);
}

/** When the breaker let everything through again after it had last held something back. */
function fullShare(marks: readonly Mark[], provider: string, startedAt: number): number | null {
  const breakers = marks.filter((mark) => mark.kind === 'breaker' && mark.name === provider);
  const last = breakers.findLast(({ at }) => at >= startedAt);
  return last?.kind === 'breaker' && last.value.state === 'closed' && last.value.share >= 1 ? last.at : null;
}

function prepareReads(database: Database) {
  const marks = database.prepare<[number, number], Omit<Mark, 'value'> & { value: string }>(
    'SELECT id, at, kind, name, value FROM marks WHERE at >= ? AND at < ? ORDER BY at, id',
  );
  const transitions = database.prepare<[string, number, number], HealthTransition>(
    `SELECT ${TRANSITION_COLUMNS.join(', ')} FROM health_transitions
     WHERE provider = ? AND at >= ? AND at < ? ORDER BY at, id`,
  );
  const fallback = database
    .prepare<[number, number, string], number | null>(
      'SELECT min(at) FROM fallback_events WHERE at >= ? AND at < ? AND from_provider = ?',
    )
    .pluck();
  const alerts = database
    .prepare<[number, number], string>(
      'SELECT alert FROM alerts WHERE firing_since < ? AND (resolved_at IS NULL OR resolved_at >= ?) ORDER BY firing_since',
    )
    .pluck();
  const overrides = database.prepare<[number, number], IncidentRows['overrides'][number]>(
    `SELECT ${OVERRIDE_COLUMNS.join(', ')}, ended_at, ended_how FROM overrides
     WHERE created_at < ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY id`,
  );
  const actions = database.prepare<[number, number], AuditRow>(
    `SELECT ${AUDIT_COLUMNS.join(', ')} FROM audit WHERE at >= ? AND at < ?
       AND (action LIKE 'provider.%' OR action LIKE 'limit.%' OR action LIKE 'routing.%' OR action = 'config.reload')
     ORDER BY at, id`,
  );
  const drills = database
    .prepare<[number], string>('SELECT drill FROM drills WHERE created_at < ? ORDER BY id DESC LIMIT 100')
    .pluck();
  return {
    marks: ({ since, until }: TimeRange) =>
      marks.all(since, until).map(({ value, ...same }) => ({ ...same, value: JSON.parse(value) }) as Mark),
    transitions: (provider: string, { since, until }: TimeRange) => transitions.all(provider, since, until),
    firstFallback: (provider: string, { since, until }: TimeRange) => fallback.get(since, until, provider) ?? null,
    alerts: ({ since, until }: TimeRange) => alerts.all(until, since).map((text) => JSON.parse(text) as Alert),
    overrides: ({ since, until }: TimeRange) => overrides.all(until, since),
    actions: ({ since, until }: TimeRange) => actions.all(since, until).map(fromAuditRow),
    drills: (provider: string, { since, until }: TimeRange) =>
      drills
        .all(until)
        .map((text) => JSON.parse(text) as Drill)
        .filter((drill) => drill.provider === provider && hasBegun(drill))
        .filter(({ starts_at: start, ended_at: end }) => start < until && (end ?? Infinity) >= since)
        .toReversed(),
  };
}
