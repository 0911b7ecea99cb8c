import type { Database } from 'better-sqlite3';
import type { Episode, FallbackEvent } from '../../../shared/domain/history.ts';
import type { HealthTransition } from '../../../shared/domain/provider.ts';
import { fromMicroUsd, toMicroUsd } from './money.ts';
import { prepareInsert, toFlag } from './sql.ts';

export type FallbackEventRow = Omit<FallbackEvent, 'served'> & { served: number };
export type EpisodeRow = Omit<Episode, 'cost_usd'> & { cost_micro_usd: number };

export const TRANSITION_COLUMNS = ['id', 'at', 'provider', 'from_status', 'to_status', 'reason'] as const;
export const FALLBACK_COLUMNS = [
  'id',
  'at',
  'request_id',
  'from_provider',
  'to_provider',
  'reason',
  'detail',
  'served',
] as const satisfies readonly (keyof FallbackEventRow)[];
export const EPISODE_COLUMNS = [
  'id',
  'from_provider',
  'to_provider',
  'reason',
  'detail',
  'started_at',
  'ended_at',
  'requests',
  'failed_requests',
  'cost_micro_usd',
  'pricing_unknown_requests',
] as const satisfies readonly (keyof EpisodeRow)[];

interface EventInserts {
  transition: (row: HealthTransition) => void;
  fallback: (event: FallbackEvent) => void;
  /** Inserts the episode, or replaces it when its id is there. */
  episode: (episode: Episode) => void;
  alive: (from: number, to: number) => void;
}

/** Prepares the writes of what is shown on the timeline. */
export function prepareEventInserts(database: Database): EventInserts {
  const insertTransition = prepareInsert(database, 'health_transitions', TRANSITION_COLUMNS);
  const insertFallback = prepareInsert(database, 'fallback_events', FALLBACK_COLUMNS);
  const replaced = EPISODE_COLUMNS.slice(1)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ');
  const upsertEpisode = prepareInsert(
    database,
    'episodes',
    EPISODE_COLUMNS,
    `ON CONFLICT (id) DO UPDATE SET ${replaced}`,
  );
  const lastAlive = database.prepare<[number], { from_at: number; to_at: number }>(
    'SELECT from_at, to_at FROM alive_spans WHERE from_at <= ? ORDER BY from_at DESC LIMIT 1',
  );
  const extendAlive = database.prepare<[number, number]>('UPDATE alive_spans SET to_at = ? WHERE from_at = ?');
  const insertAlive = prepareInsert(database, 'alive_spans', ['from_at', 'to_at']);

  return {
    transition: (row) => void insertTransition.run(row),
    fallback: (event) => void insertFallback.run({ ...event, served: toFlag(event.served) }),
    episode(episode) {
      const { cost_usd: cost, ...same } = episode;
      upsertEpisode.run({ ...same, cost_micro_usd: toMicroUsd(cost) });
    },
    alive(from, to) {
      const last = lastAlive.get(from);
      if (last && last.to_at >= from) extendAlive.run(Math.max(last.to_at, to), last.from_at);
      else insertAlive.run({ from_at: from, to_at: to });
    },
  };
}

export function fromFallbackRow(row: FallbackEventRow): FallbackEvent {
  return { ...row, served: row.served === 1 };
}

export function fromEpisodeRow(row: EpisodeRow): Episode {
  const { cost_micro_usd: cost, ...same } = row;
  return { ...same, cost_usd: fromMicroUsd(cost) };
}
