import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reservation } from '../../../electron/engine/quota/types.ts';
import { QuotaStage, type StageLimits } from '../../support/quota-stage.ts';

const PROVIDERS = ['kimi', 'claude'];
const SITES = ['chat', 'batch', null];

const limits = {
  providers: {
    kimi: { requests_per_day: 15, max_concurrent: 4, soft: { requests_per_day: 3 } },
    claude: { requests_per_day: 12, usd_per_day: 2, tokens_per_minute: 900 },
  },
  callSites: {
    chat: { requests_per_day: 10, usd_per_day: 1, requests_per_second: 3 },
    batch: { requests_per_day: 8, max_concurrent: 3, soft: { requests_per_day: 2, usd_per_day: 0.1 } },
  },
} satisfies StageLimits;

const action = fc.oneof(
  fc.record({
    kind: fc.constant('reserve' as const),
    provider: fc.constantFrom(...PROVIDERS),
    site: fc.constantFrom(...SITES),
    cost: fc.nat(400_000),
    tokens: fc.nat(400),
  }),
  fc.record({ kind: fc.constant('settle' as const), index: fc.nat(20), share: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ kind: fc.constant('release' as const), index: fc.nat(20) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20_000) }),
  fc.record({ kind: fc.constant('restart' as const) }),
);

// Thousands of steps a property: the time limit is for a busy machine.
describe('a provider and a call site together', { timeout: 60_000 }, () => {
  it('never overshoot a limit of either while estimates hold, and every taking is in both or in none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 80 }), async (actions) => {
        const stage = new QuotaStage(limits);
        let open: { reservation: Reservation; cost: number; tokens: number }[] = [];
        const requests = new Map<string, number>();
        const count = (name: string, by: number) => requests.set(name, (requests.get(name) ?? 0) + by);
        const owners = new Map<Reservation, string[]>();
        for (const one of actions) {
          switch (one.kind) {
            case 'reserve': {
              const result = stage.reserve(one.provider, one.site, one.cost, one.tokens);
              if (!result.ok) break;
              open.push({ reservation: result.reservation, cost: one.cost, tokens: one.tokens });
              owners.set(result.reservation, one.site === null ? [one.provider] : [one.provider, one.site]);
              for (const owner of owners.get(result.reservation) ?? []) count(owner, 1);
              break;
            }
            case 'settle': {
              const taken = open.splice(one.index, 1)[0];
              taken?.reservation.settle({
                tokens: Math.floor((taken.tokens * one.share) / 100),
                costMicroUsd: Math.floor((taken.cost * one.share) / 100),
              });
              break;
            }
            case 'release': {
              const taken = open.splice(one.index, 1)[0];
              if (!taken) break;
              taken.reservation.release();
              for (const owner of owners.get(taken.reservation) ?? []) count(owner, -1);
              break;
            }
            case 'wait':
              await stage.clock.advance(one.ms);
              break;
            case 'restart':
              stage.restart();
              open = [];
              break;
          }
          for (const status of stage.quota.status()) {
            if (status.enforced) expect(status.used, status.limit).toBeLessThanOrEqual(status.limit_value);
            if (status.limit === 'requests_per_day') expect(status.used).toBe(requests.get(status.name) ?? 0);
          }
        }
      }),
    );
  });

  it('give exactly the smaller limit to 200 parallel callers, under any interleaving and across a restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 0, max: 200 }), async (scheduler, restartAt) => {
        const stage = new QuotaStage({
          providers: { kimi: { max_concurrent: 9, queueTimeoutMs: 3_600_000 }, claude: { requests_per_day: 60 } },
          callSites: { chat: { requests_per_day: 100, max_concurrent: 7, queueTimeoutMs: 3_600_000 } },
        });
        let life = new AbortController();
        const admitted = { kimi: 0, claude: 0 };
        const call = async (index: number): Promise<void> => {
          await scheduler.schedule(Promise.resolve(), `arrive ${index}`);
          if (index === restartAt) {
            life.abort(new Error('the process ended'));
            life = new AbortController();
            stage.restart();
          }
          const { signal } = life;
          const provider = index % 2 === 0 ? 'kimi' : 'claude';
          const request = { provider, callSite: 'chat', estimatedTokens: 1, estimatedCostMicroUsd: 0 };
          const result = await stage.quota.reserveOrWait(request, signal).catch(() => null);
          if (result === null) return call(index);
          if (!result.ok) return undefined;
          admitted[provider] += 1;
          await scheduler.schedule(Promise.resolve(), `end ${index}`);
          if (!signal.aborted) result.reservation.settle({ tokens: 1, costMicroUsd: 0 });
          return undefined;
        };
        const calls = Promise.all(Array.from({ length: 200 }, (_, index) => call(index)));
        await scheduler.waitFor(calls);
        expect(admitted.kimi + admitted.claude).toBe(100);
        expect(admitted.claude).toBeLessThanOrEqual(60);
      }),
      { numRuns: 20 },
    );
  });

  it('refuse nothing for a soft limit: the same requests pass with and without', async () => {
    const kinds = fc.array(action, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(kinds, fc.nat(10), fc.nat(10), async (actions, softRequests, softCents) => {
        const soft = { requests_per_day: softRequests, usd_per_day: softCents / 100 };
        const hard = { requests_per_day: 12, usd_per_day: 1 };
        const without = new QuotaStage({ providers: { kimi: hard, claude: {} }, callSites: { chat: hard } });
        const withSoft = new QuotaStage({
          providers: { kimi: { ...hard, soft }, claude: { soft } },
          callSites: { chat: { ...hard, soft } },
        });
        for (const one of actions) {
          if (one.kind !== 'reserve') continue;
          const expected = without.reserve(one.provider, one.site, one.cost, one.tokens);
          const found = withSoft.reserve(one.provider, one.site, one.cost, one.tokens);
          expect(found.ok).toBe(expected.ok);
        }
      }),
    );
  });
});

describe('spending', { timeout: 60_000 }, () => {
  it('never ends above the limit by more than what was in flight cost beyond its estimate', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('reserve' as const), estimate: fc.nat(300_000), factor: fc.nat(300) }),
      fc.record({ kind: fc.constant('settle' as const), index: fc.nat(8) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const stage = new QuotaStage({ callSites: { chat: { usd_per_day: 1 } } });
        const open: { reservation: Reservation; estimate: number; actual: number }[] = [];
        let spent = 0;
        let beyond = 0;
        const end = (index: number): void => {
          const taken = open.splice(index, 1)[0];
          taken?.reservation.settle({ tokens: 1, costMicroUsd: taken.actual });
          spent += taken?.actual ?? 0;
        };
        for (const one of steps) {
          if (one.kind === 'settle') end(one.index);
          else {
            const result = stage.reserve('claude', 'chat', one.estimate);
            if (!result.ok) continue;
            const actual = Math.floor((one.estimate * one.factor) / 100);
            open.push({ reservation: result.reservation, estimate: one.estimate, actual });
            // What is in flight when the last one is let in is all that can still go over.
            beyond = open.reduce((sum, taken) => sum + Math.max(0, taken.actual - taken.estimate), 0);
          }
        }
        while (open.length > 0) end(0);
        expect(stage.status('chat', 'usd_per_day').used).toBeCloseTo(spent / 1e6, 6);
        expect(spent).toBeLessThanOrEqual(1_000_000 + beyond);
      }),
    );
  });
});
