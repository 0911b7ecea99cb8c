import type { Database } from 'better-sqlite3';
import { DAY_MS, HOUR_MS, HOUR_RETENTION_MS, MINUTE_RETENTION_MS, floorTo } from './grains.ts';

/** Most rows of a table that one transaction deletes, so that a purge never holds the event loop for long. */
const STEP_ROWS = 500;

/**
 * Prepares one step of the purge. Each call deletes up to 500 requests (with their attempts and decisions), health
 * transitions, fallback events and shadow pairs from before `before`, and rollups and alive spans past their own age, in one
 * transaction; it answers how many rows went, 0 when nothing is left to delete.
 *
 * The newest transition of every provider stays, as it tells the health that still holds; so do the transitions and marks
 * around an episode, which tell when it was detected and when it was over. Day rollups, episodes, overrides, annotations
 * and the audit stay for ever.
 */
export function preparePurgeStep(database: Database): (before: number, now: number) => number {
  const steps = [
    `DELETE FROM attempts WHERE seq IN (${oldRequests})`,
    `DELETE FROM decisions WHERE seq IN (${oldRequests})`,
    `DELETE FROM requests WHERE seq IN (${oldRequests})`,
    `DELETE FROM health_transitions WHERE id IN (
       SELECT old.id FROM health_transitions AS old
       WHERE old.at < @before AND EXISTS (
         SELECT 1 FROM health_transitions AS newer
         WHERE newer.provider = old.provider AND (newer.at, newer.id) > (old.at, old.id))
       AND ${inNoEpisode('old.at')}
       LIMIT ${STEP_ROWS})`,
    `DELETE FROM marks WHERE id IN (
       SELECT id FROM marks WHERE at < @before AND ${inNoEpisode('at')} ORDER BY at, id LIMIT ${STEP_ROWS})`,
    `DELETE FROM shadow_pairs WHERE id IN (
       SELECT id FROM shadow_pairs WHERE at < @before ORDER BY at, id LIMIT ${STEP_ROWS})`,
    `DELETE FROM fallback_events WHERE id IN (
       SELECT id FROM fallback_events WHERE at < @before ORDER BY at, id LIMIT ${STEP_ROWS})`,
  ].map((sql) => database.prepare<[{ before: number }]>(sql));
  // Few rows, and what machines of one's own cost is reckoned from them for as long as there are hours to show.
  const purgeAlive = database.prepare<[number]>(
    `DELETE FROM alive_spans WHERE from_at IN (
       SELECT from_at FROM alive_spans WHERE to_at < ? ORDER BY from_at LIMIT ${STEP_ROWS})`,
  );
  const purgeRollups = prepareRollupPurge(database);

  const step = database.transaction((before: number, now: number) => {
    const rows = steps.reduce((sum, deletion) => sum + deletion.run({ before }).changes, 0);
    return rows + purgeAlive.run(Math.min(before, now - HOUR_RETENTION_MS)).changes + purgeRollups(now);
  });
  return (before, now) => step.immediate(before, now);
}

/** How long before and after an episode something belongs to it. */
const AROUND_EPISODE_MS = HOUR_MS;

function inNoEpisode(at: string): string {
  return `NOT EXISTS (
    SELECT 1 FROM episodes
    WHERE started_at - ${AROUND_EPISODE_MS} <= ${at} AND coalesce(ended_at, ${at}) + ${AROUND_EPISODE_MS} >= ${at})`;
}

const oldRequests = `SELECT seq FROM requests WHERE started_at < @before ORDER BY started_at, id LIMIT ${STEP_ROWS}`;

/** The horizon moves before the rows go, so that a reader never takes a half-deleted grain for a whole one. */
function prepareRollupPurge(database: Database): (now: number) => number {
  const moveHorizon = database.prepare<[number, string]>(
    'UPDATE rollup_horizons SET kept_since = max(kept_since, ?) WHERE grain = ?',
  );
  const deletions = (['minute', 'hour'] as const).flatMap((grain) => [
    { grain, statement: prepareBucketDelete(database, `rollup_${grain}`, 'provider, model, tier, call_site') },
    { grain, statement: prepareBucketDelete(database, `agent_rollup_${grain}`, 'agent_id') },
    { grain, statement: prepareBucketDelete(database, `latency_rollup_${grain}`, 'provider, metric, latency_bucket') },
  ]);
  return (now) => {
    const keptSince = {
      minute: Math.max(0, floorTo(now - MINUTE_RETENTION_MS, HOUR_MS)),
      hour: Math.max(0, floorTo(now - HOUR_RETENTION_MS, DAY_MS)),
    };
    moveHorizon.run(keptSince.minute, 'minute');
    moveHorizon.run(keptSince.hour, 'hour');
    return deletions.reduce((sum, { grain, statement }) => sum + statement.run(keptSince[grain]).changes, 0);
  };
}

function prepareBucketDelete(database: Database, table: string, rest: string) {
  return database.prepare<[number]>(
    `DELETE FROM ${table} WHERE (bucket, ${rest}) IN (
       SELECT bucket, ${rest} FROM ${table} WHERE bucket < ? ORDER BY bucket LIMIT ${STEP_ROWS})`,
  );
}
