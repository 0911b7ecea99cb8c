import type { Database } from 'better-sqlite3';
import type { HealthTransition } from '../../../shared/domain/provider.ts';
import {
  EPISODE_COLUMNS,
  FALLBACK_COLUMNS,
  TRANSITION_COLUMNS,
  fromEpisodeRow,
  fromFallbackRow,
} from './event-rows.ts';
import type { EpisodeRow, FallbackEventRow } from './event-rows.ts';
import { ALIVE_GRACE_MS, healthSpans } from './health-spans.ts';
import type { Queries } from './reader-protocol.ts';
import type { TimeRange } from './time-range.ts';

/** Most events in one answer; the newest are kept. */
const MAXIMUM_EVENTS = 500;

type FallbackQueries = Pick<Queries, 'fallbacks' | 'healthTransitions' | 'healthSpans' | 'healthLanes'>;

/**
 * Answers what the timeline shows. There is a lane for every provider whose health was ever recorded up to the end of
 * the range, also for one that the registry no longer names.
 */
export function prepareFallbackQueries(database: Database): FallbackQueries {
  const events = database.prepare<[number, number, number], FallbackEventRow>(
    `SELECT ${FALLBACK_COLUMNS.join(', ')} FROM fallback_events WHERE at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ?`,
  );
  const episodes = database.prepare<[number, number], EpisodeRow>(
    `SELECT ${EPISODE_COLUMNS.join(', ')} FROM episodes
     WHERE started_at < ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY started_at DESC, id DESC`,
  );
  const providers = database
    .prepare<[number], string>('SELECT DISTINCT provider FROM health_transitions WHERE at < ? ORDER BY provider')
    .pluck();
  const columns = TRANSITION_COLUMNS.join(', ');
  const before = database.prepare<[string, number], HealthTransition>(
    `SELECT ${columns} FROM health_transitions WHERE provider = ? AND at < ? ORDER BY at DESC, id DESC LIMIT 1`,
  );
  const within = database.prepare<[string, number, number], HealthTransition>(
    `SELECT ${columns} FROM health_transitions WHERE provider = ? AND at >= ? AND at < ? ORDER BY at, id`,
  );
  const aliveSpans = database.prepare<[number, number], TimeRange>(
    'SELECT from_at AS since, to_at AS until FROM alive_spans WHERE from_at < ? AND to_at >= ? ORDER BY from_at',
  );
  const spansOf = (provider: string, range: TimeRange, alive: readonly TimeRange[]) =>
    healthSpans(
      range,
      before.get(provider, range.since) ?? null,
      within.all(provider, range.since, range.until),
      alive,
    );
  const aliveIn = (range: TimeRange) => aliveSpans.all(range.until, range.since - ALIVE_GRACE_MS);

  const lanesOf = (range: TimeRange, alive: readonly TimeRange[]) =>
    providers.all(range.until).map((provider) => ({ provider, spans: spansOf(provider, range, alive) }));

  return {
    healthLanes: (range) => lanesOf(range, aliveIn(range)),
    fallbacks(range) {
      const newest = events.all(range.since, range.until, MAXIMUM_EVENTS + 1);
      const alive = aliveIn(range);
      return {
        events: newest.slice(0, MAXIMUM_EVENTS).map(fromFallbackRow),
        events_truncated: newest.length > MAXIMUM_EVENTS,
        episodes: episodes.all(range.until, range.since).map(fromEpisodeRow),
        lanes: lanesOf(range, alive),
      };
    },
    healthTransitions: (provider, range) => within.all(provider, range.since, range.until),
    healthSpans: (provider, range) => spansOf(provider, range, aliveIn(range)),
  };
}
