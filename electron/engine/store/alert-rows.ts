import type { Database } from 'better-sqlite3';
import type { Alert, Silence } from '../../../shared/domain/alerts.ts';
import type { Queries } from './reader-protocol.ts';
import { prepareInsert, toFlag } from './sql.ts';
import type { TimeRange } from './time-range.ts';

interface AlertRow {
  id: string;
  rule: string;
  state: string;
  firing_since: number;
  resolved_at: number | null;
  notified: number;
  alert: string;
}

const ALERT_COLUMNS = [
  'id',
  'rule',
  'state',
  'firing_since',
  'resolved_at',
  'notified',
  'alert',
] as const satisfies readonly (keyof AlertRow)[];

/**
 * Prepares what writes alerts from firing on, and silences; both new and changed. An alert keeps the words with which it
 * began to fire: they are what people were told, and later figures would be untrue of that moment.
 */
export function prepareAlertSaves(database: Database) {
  const alert = prepareInsert(
    database,
    'alerts',
    ALERT_COLUMNS,
    `ON CONFLICT (id) DO UPDATE SET state = excluded.state, resolved_at = excluded.resolved_at,
       notified = excluded.notified,
       alert = json_set(excluded.alert, '$.summary', json_extract(alerts.alert, '$.summary'))`,
  );
  const silence = prepareInsert(
    database,
    'silences',
    ['id', 'expires_at', 'ended_at', 'silence'],
    'ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, silence = excluded.silence',
  );
  return {
    alert(one: Alert, notified: boolean): void {
      const { id, rule, state, pending_since: pending, firing_since: firing, resolved_at: resolved } = one;
      alert.run({
        id,
        rule,
        state,
        firing_since: firing ?? pending,
        resolved_at: resolved,
        notified: toFlag(notified),
        alert: JSON.stringify(one),
      });
    },
    silence(one: Silence): void {
      const { id, expires_at: expires, ended_at: ended } = one;
      silence.run({ id, expires_at: expires, ended_at: ended, silence: JSON.stringify(one) });
    },
  };
}

/** What fired when the engine stopped, and the silences that still hold. */
export function restoreAlerts(
  database: Database,
  now: number,
): { alerts: { alert: Alert; notified: boolean }[]; silences: Silence[] } {
  const alerts = database
    .prepare<[], Pick<AlertRow, 'alert' | 'notified'>>(
      `SELECT alert, notified FROM alerts WHERE state = 'firing' ORDER BY firing_since`,
    )
    .all();
  const silences = database
    .prepare<[number], { silence: string }>(
      'SELECT silence FROM silences WHERE ended_at IS NULL AND expires_at > ? ORDER BY id DESC',
    )
    .all(now);
  return {
    alerts: alerts.map(({ alert, notified }) => ({ alert: JSON.parse(alert) as Alert, notified: notified === 1 })),
    silences: silences.map(({ silence }) => JSON.parse(silence) as Silence),
  };
}

/** Ends the silences whose time ran out, at that time; answers them as they stood until then. */
export function takeExpiredSilences(database: Database, now: number): Silence[] {
  const expired = database
    .prepare<[number], { silence: string }>(
      'SELECT silence FROM silences WHERE ended_at IS NULL AND expires_at <= ? ORDER BY id',
    )
    .all(now)
    .map(({ silence }) => JSON.parse(silence) as Silence);
  const save = prepareAlertSaves(database);
  for (const silence of expired) save.silence({ ...silence, ended_at: silence.expires_at });
  return expired;
}

/** Answers the alerts that fired within a range, newest first. */
export function prepareAlertQueries(database: Database): Pick<Queries, 'alerts'> {
  const list = database.prepare<
    [{ since: number; until: number; rule: string | null; limit: number }],
    Pick<AlertRow, 'alert'>
  >(
    `SELECT alert FROM alerts WHERE firing_since >= @since AND firing_since < @until AND (@rule IS NULL OR rule = @rule)
     ORDER BY firing_since DESC LIMIT @limit`,
  );
  return {
    alerts: ({ since, until }: TimeRange, rule, limit) =>
      list.all({ since, until, rule, limit }).map(({ alert }) => JSON.parse(alert) as Alert),
  };
}
