import type { Database } from 'better-sqlite3';
import { migration as requests } from './migrations/0001-requests.ts';
import { migration as rollups } from './migrations/0002-rollups.ts';
import { migration as health } from './migrations/0003-health.ts';
import { migration as operations } from './migrations/0004-operations.ts';
import { migration as views } from './migrations/0005-views.ts';
import { migration as agentsAndSavings } from './migrations/0006-agents-and-savings.ts';
import { migration as routingVersions } from './migrations/0007-routing-versions.ts';
import { migration as limits } from './migrations/0008-limits.ts';
import { migration as alerts } from './migrations/0009-alerts.ts';
import { migration as deliveries } from './migrations/0010-deliveries.ts';
import { migration as auditChain } from './migrations/0011-audit-chain.ts';
import { migration as annotations } from './migrations/0012-annotations.ts';
import { migration as drills } from './migrations/0013-drills.ts';
import { migration as listSavings } from './migrations/0014-list-savings.ts';
import { migration as counterMarks } from './migrations/0015-counter-marks.ts';
import { migration as shadowPairs } from './migrations/0016-shadow-pairs.ts';
import { migration as knownKeys } from './migrations/0017-known-keys.ts';
import { migration as probes } from './migrations/0018-probes.ts';
import type { Migration } from './migrations/migration.ts';

export const MIGRATIONS: readonly Migration[] = [
  requests,
  rollups,
  health,
  operations,
  views,
  agentsAndSavings,
  routingVersions,
  limits,
  alerts,
  deliveries,
  auditChain,
  annotations,
  drills,
  listSavings,
  counterMarks,
  shadowPairs,
  knownKeys,
  probes,
];

/** Marks a SQLite file as ours: the letters SWYD. */
const APPLICATION_ID = 0x53_57_59_44;

const WHY = {
  newer: (found: number, known: number) => `schema ${found} is newer than ${known}`,
  older: (found: number, known: number) => `schema ${found} is older than ${known}`,
  foreign: () => 'the file belongs to another application',
};

/** Thrown when a file must not be touched, or not be read as it is; `kind` says why. */
export class SchemaError extends Error {
  readonly kind: keyof typeof WHY;
  readonly found: number;
  readonly known: number;

  constructor(kind: keyof typeof WHY, found: number, known: number) {
    super(WHY[kind](found, known));
    this.name = 'SchemaError';
    this.kind = kind;
    this.found = found;
    this.known = known;
  }
}

/**
 * Brings the schema up to date. Each migration runs in a transaction of its own together with its version number, so an
 * interrupted run goes on where it stopped. Answers the numbers that were applied.
 * Throws `SchemaError` for a file of a newer version or of another application, leaving it as it is.
 */
export function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): number[] {
  const { found } = examine(database, migrations);
  const applied: number[] = [];
  for (const migration of migrations.filter(({ version }) => version > found)) {
    database
      .transaction(() => {
        database.exec(migration.sql);
        migration.finish?.(database);
        database.pragma(`user_version = ${migration.version}`);
        database.pragma(`application_id = ${APPLICATION_ID}`);
      })
      .immediate();
    applied.push(migration.version);
  }
  return applied;
}

/** Throws `SchemaError` unless the schema is the one that queries are written for. Changes nothing. */
export function requireCurrentSchema(database: Database): void {
  const { found, known } = examine(database, MIGRATIONS);
  if (found < known) throw new SchemaError('older', found, known);
}

function examine(database: Database, migrations: readonly Migration[]): { found: number; known: number } {
  const found = readNumber(database, 'user_version');
  const known = migrations.at(-1)?.version ?? 0;
  if (isForeign(database, found)) throw new SchemaError('foreign', found, known);
  if (found > known) throw new SchemaError('newer', found, known);
  return { found, known };
}

function isForeign(database: Database, version: number): boolean {
  if (readNumber(database, 'application_id') === APPLICATION_ID) return false;
  return version > 0 || database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
}

function readNumber(database: Database, name: 'user_version' | 'application_id'): number {
  return Number(database.pragma(name, { simple: true }));
}
