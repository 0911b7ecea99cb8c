import type { Database } from 'better-sqlite3';
import type { AuditEntry, Override } from '../../../shared/domain/operations.ts';
import type { Isolation } from '../../../shared/domain/provider.ts';
import type { QuotaCounter } from '../quota/types.ts';
import type { LimitRaise } from '../../../shared/domain/quota.ts';
import { prepareInsert } from './sql.ts';

export const OVERRIDE_COLUMNS = [
  'id',
  'provider',
  'scope',
  'reason',
  'operator',
  'created_at',
  'expires_at',
] as const satisfies readonly (keyof Override)[];

const RAISE_COLUMNS = [
  'id',
  'scope',
  'name',
  'quota_limit',
  'limit_value',
  'operator',
  'reason',
  'created_at',
  'until',
] as const;

export interface AuditRow {
  id: number;
  at: number;
  operator: string;
  action: string;
  target: string;
  reason: string;
  before_value: string | null;
  after_value: string | null;
}

export const AUDIT_COLUMNS = [
  'id',
  'at',
  'operator',
  'action',
  'target',
  'reason',
  'before_value',
  'after_value',
] as const satisfies readonly (keyof AuditRow)[];

interface OperationInserts {
  counters: (counters: readonly QuotaCounter[]) => void;
  override: (override: Override) => void;
  endOverride: (id: number, endedAt: number, how: 'released' | 'expired') => void;
  isolation: (provider: string, isolation: Isolation | null) => void;
  raise: (raise: LimitRaise) => void;
  endRaise: (id: number, endedAt: number, how: 'ended' | 'replaced' | 'expired') => void;
}

/** Prepares the writes of what operators and quotas leave behind. */
export function prepareOperationInserts(database: Database): OperationInserts {
  const upsertCounter = prepareInsert(
    database,
    'quota_counters',
    ['scope', 'name', 'quota_limit', 'window_start', 'used', 'unpriced', 'soft_told'],
    `ON CONFLICT DO UPDATE SET window_start = excluded.window_start, used = excluded.used,
       unpriced = excluded.unpriced, soft_told = excluded.soft_told`,
  );
  const insertOverride = prepareInsert(database, 'overrides', OVERRIDE_COLUMNS);
  const endOverride = database.prepare<[number, string, number]>(
    'UPDATE overrides SET ended_at = ?, ended_how = ? WHERE id = ? AND ended_at IS NULL',
  );
  const upsertIsolation = prepareInsert(
    database,
    'isolations',
    ['provider', 'operator', 'reason', 'since'],
    'ON CONFLICT DO UPDATE SET operator = excluded.operator, reason = excluded.reason, since = excluded.since',
  );
  const deleteIsolation = database.prepare<[string]>('DELETE FROM isolations WHERE provider = ?');
  const insertRaise = prepareInsert(database, 'limit_raises', RAISE_COLUMNS);
  const endRaise = database.prepare<[number, string, number]>(
    'UPDATE limit_raises SET ended_at = ?, ended_how = ? WHERE id = ? AND ended_at IS NULL',
  );

  return {
    counters(counters) {
      for (const { limit, windowStart, softTold, ...same } of counters) {
        upsertCounter.run({ ...same, quota_limit: limit, window_start: windowStart, soft_told: softTold });
      }
    },
    override: (override) => void insertOverride.run(override),
    endOverride: (id, endedAt, how) => void endOverride.run(endedAt, how, id),
    isolation(provider, isolation) {
      if (isolation) upsertIsolation.run({ provider, ...isolation });
      else deleteIsolation.run(provider);
    },
    raise({ limit, ...same }) {
      insertRaise.run({ ...same, quota_limit: limit });
    },
    endRaise: (id, endedAt, how) => void endRaise.run(endedAt, how, id),
  };
}

/** The newest figure of every counter. */
export function loadCounters(database: Database): QuotaCounter[] {
  return database
    .prepare<[], QuotaCounter>(
      `SELECT scope, name, quota_limit AS "limit", window_start AS windowStart, used, unpriced, soft_told AS softTold
       FROM quota_counters ORDER BY scope, name, quota_limit`,
    )
    .all();
}

/** The raised limits that nobody has ended. */
export function loadRaises(database: Database): LimitRaise[] {
  return database
    .prepare<[], LimitRaise>(
      `SELECT id, scope, name, quota_limit AS "limit", limit_value, operator, reason, created_at, until
       FROM limit_raises WHERE ended_at IS NULL ORDER BY id`,
    )
    .all();
}

export function fromAuditRow(row: AuditRow): AuditEntry {
  const { before_value: before, after_value: after, ...same } = row;
  return { ...same, before: parse(before), after: parse(after) };
}

function parse(value: string | null): AuditEntry['before'] {
  return value === null ? null : (JSON.parse(value) as AuditEntry['before']);
}
