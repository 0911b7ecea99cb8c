import type { Database } from 'better-sqlite3';
import type { Override } from '../../../shared/domain/operations.ts';
import type { HealthStatus, Isolation } from '../../../shared/domain/provider.ts';
import { restoreAlerts } from './alert-rows.ts';
import { catchUpAudit } from './catch-up-audit.ts';
import { restoreDeliveries } from './delivery-rows.ts';
import { endOrphanedDrills } from './drill-rows.ts';
import { EPISODE_COLUMNS, fromEpisodeRow } from './event-rows.ts';
import type { EpisodeRow } from './event-rows.ts';
import { restoreKnownKeys } from './key-rows.ts';
import { OVERRIDE_COLUMNS } from './operation-rows.ts';
import { readNewestRouting } from './routing-rows.ts';
import { restoreShadow } from './shadow-rows.ts';
import type { Happened, RestoredState } from './types.ts';

const HOUR_MS = 60 * 60 * 1000;
const QUARTER_MS = 15 * 60 * 1000;

/**
 * Reads what the engine needs to go on where it stopped. An override that ran out meanwhile is marked as expired at its
 * own time; of several that hold, the newest counts.
 *
 * @param now epoch milliseconds.
 */
export function restoreState(database: Database, now: number): RestoredState {
  catchUpAudit(database, now);
  endOrphanedDrills(database, now);
  const override = database
    .prepare<[], Override>(
      `SELECT ${OVERRIDE_COLUMNS.join(', ')} FROM overrides WHERE ended_at IS NULL ORDER BY id DESC`,
    )
    .get();
  const isolations = database
    .prepare<[], Isolation & { provider: string }>(
      'SELECT provider, operator, reason, since FROM isolations ORDER BY provider',
    )
    .all();
  const openEpisodes = database
    .prepare<[], EpisodeRow>(`SELECT ${EPISODE_COLUMNS.join(', ')} FROM episodes WHERE ended_at IS NULL ORDER BY id`)
    .all();
  return {
    override: override ?? null,
    isolations: isolations.map(({ provider, ...isolation }) => ({ provider, isolation })),
    openEpisodes: openEpisodes.map(fromEpisodeRow),
    routing: readNewestRouting(database),
    alerts: restoreAlerts(database, now),
    deliveries: restoreDeliveries(database),
    shadow: restoreShadow(database),
    knownKeys: restoreKnownKeys(database),
    unpricedRequests: unpricedRequests(database, now),
    unpricedAttempts: unpricedAttempts(database, now),
    breakerOpenings: breakerOpenings(database, now),
    lastHealth: lastHealth(database),
  };
}

/** Of the last hour, oldest first. */
function unpricedRequests(database: Database, now: number): number[] {
  return database
    .prepare<[number], number>(
      'SELECT started_at FROM requests WHERE pricing_unknown = 1 AND started_at > ? ORDER BY started_at',
    )
    .pluck()
    .all(now - HOUR_MS);
}

/** Of the last hour, oldest first. A request has no known price while any of its attempts has none. */
function unpricedAttempts(database: Database, now: number): RestoredState['unpricedAttempts'] {
  return database
    .prepare<[number], RestoredState['unpricedAttempts'][number]>(
      `SELECT attempts.started_at AS at, attempts.provider AS name, attempts.model AS model
       FROM requests JOIN attempts USING (seq)
       WHERE requests.pricing_unknown = 1 AND requests.started_at > ? AND attempts.pricing_unknown = 1
       ORDER BY attempts.started_at`,
    )
    .all(now - HOUR_MS);
}

/** Of the last quarter of an hour, oldest first. */
function breakerOpenings(database: Database, now: number): Happened[] {
  return database
    .prepare<[number], Happened>(
      `SELECT at, name FROM marks
       WHERE at > ? AND kind = 'breaker' AND json_extract(value, '$.state') = 'open' ORDER BY at, id`,
    )
    .all(now - QUARTER_MS);
}

interface LastHealth {
  provider: string;
  status: HealthStatus;
  since: number;
  reason: string;
}

function lastHealth(database: Database): LastHealth[] {
  return database
    .prepare<[], LastHealth>(
      `SELECT provider, to_status AS status, at AS since, reason FROM health_transitions AS newest
       WHERE NOT EXISTS (
         SELECT 1 FROM health_transitions AS newer
         WHERE newer.provider = newest.provider AND (newer.at, newer.id) > (newest.at, newest.id))
       ORDER BY provider`,
    )
    .all();
}
