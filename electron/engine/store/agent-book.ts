import type { Database } from 'better-sqlite3';
import { OTHER_AGENTS } from '../../../shared/domain/history.ts';
import { DAY_MS, GRAINS, GRAIN_MS, HOUR_MS, floorTo } from './grains.ts';
import { FIGURE_NAMES } from './rollup.ts';

/** How many agents of a day keep figures of their own once the day is over: the most used ones. */
export const NAMED_AGENTS = 1000;
/** How many a running day holds, so that the most used are known at its end and rollups still cannot explode. */
const RUNNING_AGENTS = 4000;
/** A day is over for good when requests that began in it can no longer end. */
const GRACE_MS = HOUR_MS;
/** Agents folded in one step. */
const STEP_AGENTS = 5;
/** Days held in memory between two transactions. */
const HELD_DAYS = 4;

/**
 * Says under which name an agent's requests are counted. Within one day an agent is either named or among the others,
 * never both, so that figures can be corrected later where they were counted.
 */
export interface AgentBook {
  /** The name for a new request of that day; takes a place for an agent that is new while there is one. */
  nameFor(agent: string, at: number): string;
  /** The name under which an earlier request of that day was counted. */
  knownName(agent: string, at: number): string;
  /** Forgets what can be read again; to be called between transactions. */
  rest(): void;
  /**
   * Moves some agents of days that are over, beyond the most used ones, under the others; answers how many rows went.
   * Runs in a transaction of its own.
   */
  foldStep(now: number): number;
}

/** The book over the rollups of one database, for its one writer. */
export function prepareAgentBook(database: Database): AgentBook {
  const agentsOfDay = database
    .prepare<[number], string>('SELECT agent_id FROM agent_rollup_day WHERE bucket = ?')
    .pluck();
  const readFolded = database.prepare<[], number>('SELECT folded_until FROM agent_folding').pluck();
  const fold = prepareFold(database);
  const days = new Map<number, Set<string>>();
  let foldedUntil = readFolded.get() ?? 0;

  const namesOf = (day: number): Set<string> => {
    const names = days.get(day) ?? new Set(agentsOfDay.all(day));
    days.set(day, names);
    return names;
  };
  return {
    nameFor(agent, at) {
      const day = floorTo(at, DAY_MS);
      const names = namesOf(day);
      if (agent === '' || names.has(agent)) {
        names.add(agent);
        return agent;
      }
      const places = day < foldedUntil ? NAMED_AGENTS : RUNNING_AGENTS;
      const taken = names.size - (names.has('') ? 1 : 0) - (names.has(OTHER_AGENTS) ? 1 : 0);
      const name = taken < places ? agent : OTHER_AGENTS;
      names.add(name);
      return name;
    },
    knownName: (agent, at) => (namesOf(floorTo(at, DAY_MS)).has(agent) ? agent : OTHER_AGENTS),
    rest() {
      if (days.size > HELD_DAYS) days.clear();
    },
    foldStep(now) {
      const done = fold(foldedUntil, floorTo(now - GRACE_MS, DAY_MS));
      foldedUntil = done.foldedUntil;
      days.clear();
      return done.rows;
    },
  };
}

interface FoldResult {
  rows: number;
  foldedUntil: number;
}

/** One step over the first day at or after `from` that holds too many agents and ended before `before`. */
function prepareFold(database: Database): (from: number, before: number) => FoldResult {
  const nextDay = database
    .prepare<[number, number], number | null>(
      'SELECT min(bucket) FROM agent_rollup_day WHERE bucket >= ? AND bucket < ?',
    )
    .pluck();
  const leastUsed = database
    .prepare<[number, string, number, number], string>(
      `SELECT agent_id FROM agent_rollup_day WHERE bucket = ? AND agent_id NOT IN ('', ?)
       ORDER BY requests DESC, agent_id LIMIT ? OFFSET ?`,
    )
    .pluck();
  const advance = database.prepare<[number]>('UPDATE agent_folding SET folded_until = ?');
  const moves = prepareMoves(database);

  const step = database.transaction((from: number, before: number): FoldResult => {
    let foldedUntil = from;
    let rows = 0;
    while (rows === 0) {
      const day = nextDay.get(foldedUntil, before) ?? null;
      if (day === null) break;
      const agents = leastUsed.all(day, OTHER_AGENTS, STEP_AGENTS, NAMED_AGENTS);
      for (const agent of agents) for (const move of moves) rows += move(agent, day);
      foldedUntil = agents.length < STEP_AGENTS ? day + DAY_MS : day;
    }
    if (foldedUntil !== from) advance.run(foldedUntil);
    return { rows, foldedUntil };
  });
  return (from, before) => step.immediate(from, before);
}

/** Every bucket of the day is looked up by its key: the buckets of one agent lie far apart among those of the others. */
function prepareMoves(database: Database): ((agent: string, day: number) => number)[] {
  const figures = FIGURE_NAMES.join(', ');
  const added = FIGURE_NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ');
  return GRAINS.map((grain) => {
    const own = `agent_id = @agent AND bucket IN (
      WITH RECURSIVE buckets (at) AS (SELECT @day UNION ALL SELECT at + ${GRAIN_MS[grain]} FROM buckets
        WHERE at + ${GRAIN_MS[grain]} < @day + ${DAY_MS}) SELECT at FROM buckets)`;
    const add = database.prepare<[{ agent: string; day: number; other: string }]>(
      `INSERT INTO agent_rollup_${grain} (bucket, agent_id, ${figures})
       SELECT bucket, @other, ${figures} FROM agent_rollup_${grain} WHERE ${own}
       ON CONFLICT DO UPDATE SET ${added}`,
    );
    const remove = database.prepare<[{ agent: string; day: number }]>(`DELETE FROM agent_rollup_${grain} WHERE ${own}`);
    return (agent, day) => {
      add.run({ agent, day, other: OTHER_AGENTS });
      return remove.run({ agent, day }).changes;
    };
  });
}
