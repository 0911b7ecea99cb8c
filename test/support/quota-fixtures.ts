import { limitKey } from '../../electron/engine/quota/limit-owner.ts';
import type { QuotaCounter, QuotaStorage, RaiseStorage } from '../../electron/engine/quota/types.ts';
import type { LimitRaise } from '../../shared/domain/quota.ts';

export interface MemoryQuotaStorage extends QuotaStorage, RaiseStorage {
  counters: Map<string, QuotaCounter>;
  /** Every raise there was, with how it ended. */
  raises: (LimitRaise & { ended?: { at: number; how: string } })[];
  saves: number;
}

/** Keeps counters and raised limits as the store does, there for the next manager. */
export function memoryQuotaStorage(): MemoryQuotaStorage {
  const counters = new Map<string, QuotaCounter>();
  const raises: MemoryQuotaStorage['raises'] = [];
  return {
    counters,
    raises,
    saves: 0,
    load: () => [...counters.values()].map((counter) => ({ ...counter })),
    save(changed) {
      this.saves += 1;
      for (const counter of changed) counters.set(limitKey(counter), { ...counter });
    },
    loadRaises: () => raises.filter(({ ended }) => !ended).map(({ ended: _ended, ...raise }) => raise),
    saveRaise(raise) {
      const saved = { ...raise, id: raises.length + 1 };
      raises.push({ ...saved });
      return saved;
    },
    endRaise(id, at, how) {
      const raise = raises.find((one) => one.id === id);
      if (raise) raise.ended = { at, how };
    },
  };
}
