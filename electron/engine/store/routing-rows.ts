import type { Database } from 'better-sqlite3';
import type { RoutingDifference, RoutingDocument, RoutingVersion } from '../../../shared/domain/routing.ts';
import type { Queries } from './reader-protocol.ts';
import { prepareInsert } from './sql.ts';
import type { StoredRoutingVersion } from './types.ts';

interface RoutingVersionRow {
  version: number;
  at: number;
  operator: string;
  reason: string;
  restores: number | null;
  stored: string;
  diff: string;
}

const COLUMNS = ['version', 'at', 'operator', 'reason', 'restores', 'stored', 'diff'] as const;

/** Prepares the insert of a version of the stored routing configuration. */
export function prepareRoutingInsert(database: Database): (version: StoredRoutingVersion) => void {
  const insert = prepareInsert<keyof RoutingVersionRow>(database, 'routing_versions', COLUMNS);
  return ({ stored, diff, ...same }) => {
    insert.run({ ...same, stored: JSON.stringify(stored), diff: JSON.stringify(diff) });
  };
}

/** The version that holds: the newest one; null when nothing was ever stored. */
export function readNewestRouting(database: Database): { version: number; document: RoutingDocument } | null {
  const row = database
    .prepare<[], Pick<RoutingVersionRow, 'version' | 'stored'>>(
      'SELECT version, stored FROM routing_versions ORDER BY version DESC LIMIT 1',
    )
    .get();
  return row ? { version: row.version, document: JSON.parse(row.stored) as RoutingDocument } : null;
}

/** Answers the history, newest first, and one version with all that it stored. */
export function prepareRoutingQueries(database: Database): Pick<Queries, 'routingVersions' | 'routingVersion'> {
  const list = database.prepare<[number, number], Omit<RoutingVersionRow, 'stored'>>(
    `SELECT version, at, operator, reason, restores, diff FROM routing_versions
     WHERE version < ? ORDER BY version DESC LIMIT ?`,
  );
  const find = database.prepare<[number], RoutingVersionRow>(
    `SELECT ${COLUMNS.join(', ')} FROM routing_versions WHERE version = ?`,
  );
  return {
    routingVersions: (limit, before) => list.all(before ?? Number.MAX_SAFE_INTEGER, limit).map(fromRow),
    routingVersion(version) {
      const row = find.get(version);
      if (!row) return null;
      const { stored, ...rest } = row;
      return { ...fromRow(rest), stored: JSON.parse(stored) as RoutingDocument };
    },
  };
}

function fromRow({ diff, ...same }: Omit<RoutingVersionRow, 'stored'>): RoutingVersion {
  return { ...same, diff: JSON.parse(diff) as RoutingDifference[] };
}
