import type { Database } from 'better-sqlite3';
import type { Drill } from '../../../shared/domain/drills.ts';
import type { Queries } from './reader-protocol.ts';
import { prepareInsert } from './sql.ts';

interface DrillRow {
  id: number;
  state: string;
  created_at: number;
  drill: string;
}

const COLUMNS = ['id', 'state', 'created_at', 'drill'] as const satisfies readonly (keyof DrillRow)[];

/** Prepares what writes a drill, new or changed. */
export function prepareDrillSave(database: Database): (drill: Drill) => void {
  const save = prepareInsert(
    database,
    'drills',
    COLUMNS,
    'ON CONFLICT (id) DO UPDATE SET state = excluded.state, drill = excluded.drill',
  );
  return (drill) => {
    save.run({ id: drill.id, state: drill.state, created_at: drill.created_at, drill: JSON.stringify(drill) });
  };
}

/** Ends what was open when the engine died: a fault never outlives the engine that injected it. */
export function endOrphanedDrills(database: Database, now: number): void {
  const orphans = database
    .prepare<[], Pick<DrillRow, 'drill'>>(`SELECT drill FROM drills WHERE state <> 'ended'`)
    .all()
    .map(({ drill }) => JSON.parse(drill) as Drill);
  const save = prepareDrillSave(database);
  for (const drill of orphans) {
    save({
      ...drill,
      state: 'ended',
      fault_ends_at: drill.state === 'scheduled' ? drill.starts_at : drill.fault_ends_at,
      ended_at: now,
      outcome: 'aborted',
      findings: ['Switchyard was restarted.'],
    });
  }
}

/** Answers the drills, newest first, and one of them. */
export function prepareDrillQueries(database: Database): Pick<Queries, 'drills' | 'drill'> {
  const list = database.prepare<[number], Pick<DrillRow, 'drill'>>('SELECT drill FROM drills ORDER BY id DESC LIMIT ?');
  const find = database.prepare<[number], Pick<DrillRow, 'drill'>>('SELECT drill FROM drills WHERE id = ?');
  const parse = ({ drill }: Pick<DrillRow, 'drill'>) => JSON.parse(drill) as Drill;
  return {
    drills: (limit) => list.all(limit).map(parse),
    drill(id) {
      const row = find.get(id);
      return row ? parse(row) : null;
    },
  };
}
