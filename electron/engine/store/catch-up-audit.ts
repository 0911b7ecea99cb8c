import type { Database } from 'better-sqlite3';
import type { AuditEntry, Override } from '../../../shared/domain/operations.ts';
import { expiryEntry } from '../../../shared/domain/operations.ts';
import { lastAuditId, prepareAuditAppend } from './audit-rows.ts';
import { takeExpiredSilences } from './alert-rows.ts';
import { OVERRIDE_COLUMNS } from './operation-rows.ts';
import { takeInterruptedRuns } from './price-runs.ts';

/**
 * Writes down what happened while no engine ran to write it: rates whose application was cut off, and overrides and
 * silences whose time ran out, which are ended at that time.
 *
 * @param now epoch milliseconds.
 */
export function catchUpAudit(database: Database, now: number): void {
  const append = prepareAuditAppend(database);
  database
    .transaction(() => {
      let id = lastAuditId(database);
      const add = (entry: Omit<AuditEntry, 'id'>) => append({ ...entry, id: (id += 1) });
      for (const entry of takeInterruptedRuns(database)) add(entry);
      for (const override of takeExpired(database, now)) {
        add({ at: now, ...expiryEntry('override.expire', override.provider, override) });
      }
      for (const silence of takeExpiredSilences(database, now)) {
        add({ at: now, ...expiryEntry('silence.expire', `silence ${silence.id}`, silence) });
      }
    })
    .immediate();
}

function takeExpired(database: Database, now: number): Override[] {
  const expired = database
    .prepare<[number], Override>(
      `SELECT ${OVERRIDE_COLUMNS.join(', ')} FROM overrides WHERE ended_at IS NULL AND expires_at <= ? ORDER BY id`,
    )
    .all(now);
  database
    .prepare<[number]>(
      `UPDATE overrides SET ended_at = expires_at, ended_how = 'expired' WHERE ended_at IS NULL AND expires_at <= ?`,
    )
    .run(now);
  return expired;
}
