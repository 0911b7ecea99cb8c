import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../electron/engine/events.ts';
import { createQuotaManager, type EngineQuotaManager } from '../../../electron/engine/quota/quota-manager.ts';
import type { QuotaStorage, RaiseStorage, Reservation } from '../../../electron/engine/quota/types.ts';
import type { ProviderConfig } from '../../../electron/engine/registry/types.ts';
import { providerConfig, registryOf } from '../../support/health-fixtures.ts';
import { ManualClock } from '../../support/health-manual-clock.ts';
import { memoryQuotaStorage } from '../../support/quota-fixtures.ts';

function manager(
  limits: ProviderConfig['limits'],
  clock: ManualClock,
  storage: QuotaStorage & RaiseStorage,
): EngineQuotaManager {
  return createQuotaManager({
    registry: () => registryOf(providerConfig('claude', { limits })),
    clock,
    storage,
    events: new EventBus((error) => {
      throw error;
    }),
  });
}

// Thousands of steps a property: the time limit is for a busy machine.
describe('budgets', { timeout: 60_000 }, () => {
  it('admit exactly 100 of 200 parallel callers, under any interleaving and across a restart in the middle', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 0, max: 200 }), async (scheduler, restartAt) => {
        const clock = new ManualClock();
        const storage = memoryQuotaStorage();
        const limits = { requests_per_day: 100, max_concurrent: 7, queueTimeoutMs: 3_600_000 };
        let life = new AbortController();
        let quota = manager(limits, clock, storage);
        let admitted = 0;
        // The old process is gone with its line and its running requests; only the stored counters are left.
        const restart = (): void => {
          life.abort(new Error('the process ended'));
          life = new AbortController();
          quota = manager(limits, clock, storage);
        };
        const call = async (index: number): Promise<void> => {
          await scheduler.schedule(Promise.resolve(), `arrive ${index}`);
          if (index === restartAt) restart();
          const { signal } = life;
          const request = { provider: 'claude', estimatedTokens: 1, estimatedCostMicroUsd: 0 };
          const result = await quota.reserveOrWait(request, signal).catch(() => null);
          if (result === null) return call(index);
          if (!result.ok) return undefined;
          admitted += 1;
          await scheduler.schedule(Promise.resolve(), `end ${index}`);
          if (!signal.aborted) result.reservation.settle({ tokens: 1, costMicroUsd: 0 });
          return undefined;
        };
        const calls = Promise.all(Array.from({ length: 200 }, (_, index) => call(index)));
        await scheduler.waitFor(calls);
        expect(admitted).toBe(100);
      }),
      { numRuns: 20 },
    );
  });

  const action = fc.oneof(
    fc.record({ kind: fc.constant('reserve' as const), tokens: fc.nat(400), cost: fc.nat(400_000) }),
    fc.record({
      kind: fc.constant('settle' as const),
      index: fc.nat(20),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ kind: fc.constant('release' as const), index: fc.nat(20) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20_000) }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );

  it('never overshoot any limit while estimates hold, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 80 }), async (actions) => {
        const clock = new ManualClock();
        const storage = memoryQuotaStorage();
        const limits = {
          requests_per_day: 20,
          usd_per_day: 2,
          tokens_per_minute: 1_000,
          requests_per_second: 3,
          max_concurrent: 4,
          queueTimeoutMs: 0,
        };
        let quota = manager(limits, clock, storage);
        let open: { reservation: Reservation; tokens: number; cost: number }[] = [];
        for (const one of actions) {
          switch (one.kind) {
            case 'reserve': {
              const result = quota.reserve({
                provider: 'claude',
                estimatedTokens: one.tokens,
                estimatedCostMicroUsd: one.cost,
              });
              if (result.ok) open.push({ reservation: result.reservation, tokens: one.tokens, cost: one.cost });
              break;
            }
            case 'settle': {
              const taken = open.splice(one.index, 1)[0];
              taken?.reservation.settle({
                tokens: Math.floor(taken.tokens * one.share),
                costMicroUsd: Math.floor(taken.cost * one.share),
              });
              break;
            }
            case 'release':
              open.splice(one.index, 1)[0]?.reservation.release();
              break;
            case 'wait':
              await clock.advance(one.ms);
              break;
            case 'restart':
              quota = manager(limits, clock, storage);
              open = [];
              break;
          }
          for (const status of quota.status()) {
            expect(status.used, status.limit).toBeLessThanOrEqual(status.limit_value);
            expect(status.used, status.limit).toBeGreaterThanOrEqual(0);
            expect(status.remaining).toBeCloseTo(status.limit_value - status.used, 6);
          }
          expect(quota.inFlight('claude').inFlight).toBe(open.length);
        }
      }),
    );
  });

  it('never let more than one burst plus the rate through in any stretch of time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400), { maxLength: 100 }), async (gaps) => {
        const clock = new ManualClock();
        const quota = manager({ requests_per_second: 5, queueTimeoutMs: 0 }, clock, memoryQuotaStorage());
        const passed: number[] = [];
        for (const gap of gaps) {
          await clock.advance(gap);
          const result = quota.reserve({ provider: 'claude', estimatedTokens: 1, estimatedCostMicroUsd: 0 });
          if (result.ok) passed.push(clock.monotonic());
        }
        for (const [index, from] of passed.entries()) {
          for (const [other, to] of passed.entries()) {
            if (other < index) continue;
            expect(other - index + 1).toBeLessThanOrEqual(5 + ((to - from) / 1_000) * 5 + 1e-6);
          }
        }
      }),
    );
  });
});
