import type { Silence } from '../../../shared/domain/alerts.ts';
import type { Override } from '../../../shared/domain/operations.ts';
import { expiryEntry } from '../../../shared/domain/operations.ts';
import type { LimitRaise } from '../../../shared/domain/quota.ts';
import type { AlertStorage } from '../alerts/alert-book.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock } from '../clock.ts';
import { limitName } from './limit-raises.ts';
import type { QuotaStorage, RaiseStorage } from '../quota/types.ts';
import type { OverrideStorage } from '../router/overrides.ts';
import type { StoreWriter } from '../store/types.ts';

/**
 * The storage of what operators set until a time, leaving an audit row when that time is over: nobody calls then, so no
 * operation could note it.
 *
 * @param active the override that held when the engine stopped.
 */
export function auditEndings(
  writer: StoreWriter,
  trail: AuditTrail,
  clock: Clock,
  active: Override | null,
): OverrideStorage & QuotaStorage & RaiseStorage & AlertStorage {
  const overrides = new Map(active ? [[active.id, active]] : []);
  const raises = new Map<number, LimitRaise>();
  return {
    ...writer,
    saveOverride(override) {
      const saved = writer.saveOverride(override);
      overrides.set(saved.id, saved);
      return saved;
    },
    endOverride(id, endedAt, how) {
      writer.endOverride(id, endedAt, how);
      const ended = overrides.get(id);
      overrides.delete(id);
      if (how === 'expired' && ended) {
        trail.add({ at: clock.now(), ...expiryEntry('override.expire', ended.provider, ended) });
      }
    },
    expireSilence(ended: Silence) {
      const before = { ...ended, ended_at: null };
      trail.add({ at: clock.now(), ...expiryEntry('silence.expire', `silence ${ended.id}`, before) }, (entry) =>
        writer.expireSilence(ended, entry),
      );
    },
    loadRaises() {
      const loaded = writer.loadRaises();
      for (const raise of loaded) raises.set(raise.id, raise);
      return loaded;
    },
    saveRaise(raise) {
      const saved = writer.saveRaise(raise);
      raises.set(saved.id, saved);
      return saved;
    },
    endRaise(id, endedAt, how) {
      writer.endRaise(id, endedAt, how);
      const ended = raises.get(id);
      raises.delete(id);
      if (how === 'expired' && ended) {
        trail.add({ at: clock.now(), ...expiryEntry('limit.expire', limitName(ended), ended) });
      }
    },
  };
}
