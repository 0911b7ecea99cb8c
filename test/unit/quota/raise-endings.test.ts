import { expect, it } from 'vitest';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { auditEndings } from '../../../electron/engine/operations/audited-endings.ts';
import { AuditTrail } from '../../../electron/engine/audit-trail.ts';
import { EventBus } from '../../../electron/engine/events.ts';
import { createQuotaManager } from '../../../electron/engine/quota/quota-manager.ts';
import type { StoreWriter } from '../../../electron/engine/store/types.ts';
import { providerConfig, registryOf } from '../../support/health-fixtures.ts';
import { ManualClock } from '../../support/health-manual-clock.ts';
import { memoryQuotaStorage } from '../../support/quota-fixtures.ts';

const RAISE = {
  scope: 'provider' as const,
  name: 'claude',
  limit: 'requests_per_day' as const,
  limit_value: 9,
  operator: 'ada',
  reason: 'launch day',
};

it('the end of a raised limit leaves one row in the audit, also when it came while nothing ran', async () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 3, 12));
  const storage = memoryQuotaStorage();
  const events = new EventBus((error) => {
    throw error;
  });
  const rows: AuditEntry[] = [];
  const addAudit = (entry: Omit<AuditEntry, 'id'>): AuditEntry => {
    rows.push({ ...entry, id: rows.length + 1 });
    return { ...entry, id: rows.length };
  };
  const trail = new AuditTrail({ writer: { addAudit }, clock, events });
  const limits = { requests_per_day: 1, queueTimeoutMs: 0 };
  const registry = registryOf(providerConfig('claude', { limits }));
  const start = () => {
    // Of the store only what quotas and overrides write is asked for here.
    const writer = storage as unknown as StoreWriter;
    return createQuotaManager({
      registry: () => registry,
      clock,
      events,
      storage: auditEndings(writer, trail, clock, null),
    });
  };
  const expired = {
    action: 'limit.expire',
    target: 'claude requests_per_day',
    before: { operator: 'ada', limit_value: 9 },
  };

  const first = start();
  first.raise({ ...RAISE, until: clock.now() + 60_000 });
  await clock.advance(61_000);
  expect(first.status()[0]).toMatchObject({ limit_value: 1, raise: null });
  expect(rows).toMatchObject([expired]);

  first.raise({ ...RAISE, until: clock.now() + 60_000 });
  first.stop();
  await clock.advance(61_000);
  start();
  start();
  expect(rows).toMatchObject([expired, expired]);
});
