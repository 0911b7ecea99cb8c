import type { Database } from 'better-sqlite3';
import type { Alert } from '../../../shared/domain/alerts.ts';
import type { Annotation, StoredAnnotation } from '../../../shared/domain/annotations.ts';
import type { Override } from '../../../shared/domain/operations.ts';
import type { Mark } from './incident-types.ts';
import type { Queries } from './reader-protocol.ts';
import { prepareInsert } from './sql.ts';
import type { TimeRange } from './time-range.ts';

/** Most annotations in one answer; the newest are kept. */
const MAXIMUM = 500;

const COLUMNS = ['id', 'at', 'kind', 'text', 'operator', 'link'] as const satisfies readonly (keyof StoredAnnotation)[];

/** Prepares the writes of what is noted beside the charts, by people and by the engine itself. */
export function prepareAnnotationInserts(database: Database) {
  const insertAnnotation = prepareInsert(database, 'annotations', COLUMNS);
  const insertMark = prepareInsert(database, 'marks', ['id', 'at', 'kind', 'name', 'value']);
  return {
    annotation: (annotation: StoredAnnotation) => void insertAnnotation.run(annotation),
    mark: ({ value, ...same }: Mark) => void insertMark.run({ ...same, value: JSON.stringify(value) }),
  };
}

/** What somebody noted, as it is shown. */
export function toAnnotation({ id, ...same }: StoredAnnotation): Annotation {
  return { id: `${same.kind}:${id}`, until: null, ...same };
}

/** Answers what is noted, what operators forced or changed, and what alerted, merged in order of time. */
export function prepareAnnotationQueries(database: Database): Pick<Queries, 'annotations'> {
  const sources = [
    noted(database),
    overrides(database),
    configurations(database),
    routingVersions(database),
    alerts(database),
  ];
  return {
    annotations(range) {
      const all = sources
        .flatMap((read) => read(range))
        .toSorted((left, right) => left.at - right.at || (left.id < right.id ? -1 : 1));
      return { annotations: all.slice(-MAXIMUM), truncated: all.length > MAXIMUM };
    },
  };
}

/** At most one more than an answer holds, so that it shows when there is more. */
const NEWEST = MAXIMUM + 1;
type Source = (range: TimeRange) => Annotation[];

function noted(database: Database): Source {
  const rows = database.prepare<[number, number], StoredAnnotation>(
    `SELECT ${COLUMNS.join(', ')} FROM annotations WHERE at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ${NEWEST}`,
  );
  return ({ since, until }) => rows.all(since, until).map(toAnnotation);
}

function overrides(database: Database): Source {
  const rows = database.prepare<[number, number], Override & { ended_at: number | null }>(
    `SELECT id, provider, scope, reason, operator, created_at, expires_at, ended_at FROM overrides
     WHERE created_at < ? AND coalesce(ended_at, expires_at) >= ? ORDER BY id DESC LIMIT ${NEWEST}`,
  );
  return ({ since, until }) =>
    rows.all(until, since).map((row) => ({
      id: `override:${row.id}`,
      kind: 'override',
      at: row.created_at,
      until: row.ended_at ?? row.expires_at,
      text: `${row.provider} forced${row.scope === 'all' ? '' : ` for ${row.scope}`}: ${row.reason}`,
      operator: row.operator,
      link: null,
    }));
}

function configurations(database: Database): Source {
  const rows = database.prepare<
    [number, number],
    { id: number; at: number; action: string; operator: string; reason: string }
  >(
    `SELECT id, at, action, operator, reason FROM audit
     WHERE at >= ? AND at < ? AND action IN ('config.reload', 'environment.reload', 'environment.change') ORDER BY at DESC, id DESC LIMIT ${NEWEST}`,
  );
  return ({ since, until }) =>
    rows.all(since, until).map(({ id, at, reason, operator }) => ({
      id: `config:${id}`,
      kind: 'config',
      at,
      until: null,
      text: reason,
      operator,
      link: null,
    }));
}

function routingVersions(database: Database): Source {
  const rows = database.prepare<
    [number, number],
    { version: number; at: number; operator: string; reason: string; restores: number | null }
  >(
    `SELECT version, at, operator, reason, restores FROM routing_versions WHERE at >= ? AND at < ?
     ORDER BY version DESC LIMIT ${NEWEST}`,
  );
  return ({ since, until }) =>
    rows.all(since, until).map(({ version, at, operator, reason, restores }) => ({
      id: `routing:${version}`,
      kind: 'routing',
      at,
      until: null,
      text: `Routing version ${version}${restores === null ? '' : `, which brings back version ${restores}`}: ${reason}`,
      operator,
      link: null,
    }));
}

function alerts(database: Database): Source {
  const rows = database
    .prepare<[number, number], string>(
      `SELECT alert FROM alerts WHERE firing_since < ? AND (resolved_at IS NULL OR resolved_at >= ?)
       ORDER BY firing_since DESC LIMIT ${NEWEST}`,
    )
    .pluck();
  return ({ since, until }) =>
    rows
      .all(until, since)
      .map((text) => JSON.parse(text) as Alert)
      .map((alert) => ({
        id: `alert:${alert.id}`,
        kind: 'alert',
        at: alert.firing_since ?? alert.pending_since,
        until: alert.resolved_at,
        text: `${alert.rule}: ${alert.summary}`,
        operator: null,
        link: null,
      }));
}
