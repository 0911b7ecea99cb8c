import type { QuotaCounter, QuotaStorage } from '../../electron/engine/quota/types.ts';

/** Keeps counters as the store does: one figure per provider and limit, there for the next manager. */
export function memoryQuotaStorage(): QuotaStorage & { counters: Map<string, QuotaCounter>; saves: number } {
  const counters = new Map<string, QuotaCounter>();
  return {
    counters,
    saves: 0,
    load: () => [...counters.values()].map((counter) => ({ ...counter })),
    save(changed) {
      this.saves += 1;
      for (const counter of changed) counters.set(`${counter.provider} ${counter.limit}`, { ...counter });
    },
  };
}
