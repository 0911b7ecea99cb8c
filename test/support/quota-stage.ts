import { EventBus } from '../../electron/engine/events.ts';
import { createQuotaManager, type EngineQuotaManager } from '../../electron/engine/quota/quota-manager.ts';
import type { Reservation, ReservationResult } from '../../electron/engine/quota/types.ts';
import type { Limits, ProviderConfig, Registry } from '../../electron/engine/registry/types.ts';
import type { LimitKind, QuotaStatus } from '../../shared/domain/quota.ts';
import { providerConfig, registryOf } from './health-fixtures.ts';
import { ManualClock } from './health-manual-clock.ts';
import { memoryQuotaStorage } from './quota-fixtures.ts';

export interface StageLimits {
  providers?: Record<string, Partial<Limits>>;
  callSites?: Record<string, Partial<Limits>>;
  budgets?: Registry['policy']['budgets'];
}

/** A quota manager over a manual clock whose limits can be edited, and which can be started anew over what it stored. */
export class QuotaStage {
  readonly clock: ManualClock;
  readonly storage = memoryQuotaStorage();
  readonly told: [string, QuotaStatus][] = [];
  limits: StageLimits;
  deployment: ProviderConfig['deployment'] = 'api';
  quota: EngineQuotaManager;

  constructor(limits: StageLimits, startAt = Date.UTC(2026, 10, 3, 12)) {
    this.clock = new ManualClock(startAt);
    this.limits = limits;
    this.quota = this.#start();
  }

  /** The process dies and another one starts: only what was stored is left. */
  restart(): void {
    this.quota.stop();
    this.quota = this.#start();
  }

  reload(limits: StageLimits): void {
    this.limits = limits;
    this.quota.setRegistry();
  }

  reserve(provider: string, callSite: string | null = null, costMicroUsd = 0, tokens = 1): ReservationResult {
    return this.quota.reserve({ provider, callSite, estimatedTokens: tokens, estimatedCostMicroUsd: costMicroUsd });
  }

  /** As many as are let through of `count`. */
  admitted(count: number, provider: string, callSite: string | null = null): number {
    return Array.from({ length: count }, () => this.reserve(provider, callSite)).filter(({ ok }) => ok).length;
  }

  status(name: string, limit: LimitKind): QuotaStatus {
    const found = this.quota.status().find((one) => one.name === name && one.limit === limit);
    if (!found) throw new Error(`${name} has no ${limit}`);
    return found;
  }

  #start(): EngineQuotaManager {
    const events = new EventBus((error) => {
      throw error;
    });
    for (const name of ['quota_exhausted', 'quota_reopened', 'quota_soft_exceeded'] as const) {
      events.on(name, (status) => this.told.push([name, status]));
    }
    return createQuotaManager({ registry: () => this.#registry(), clock: this.clock, storage: this.storage, events });
  }

  #registry(): Registry {
    const { providers = { claude: {} }, callSites = {}, budgets = { resetHour: 0, timeZone: 'UTC' } } = this.limits;
    const whole = (limits: Partial<Limits>): Limits => ({ queueTimeoutMs: 0, ...limits });
    const registry = registryOf(
      ...Object.entries(providers).map(([name, limits]) =>
        providerConfig(name, { limits: whole(limits), deployment: this.deployment }),
      ),
    );
    const sites = Object.entries(callSites).map(([name, limits]) => ({
      name,
      env: null,
      model: null,
      objective: 'latency' as const,
      streamFailover: null,
      limits: whole(limits),
    }));
    return { ...registry, policy: { ...registry.policy, budgets, callSites: sites } };
  }
}

/** The reservation of a request that was let through. */
export function taken(result: ReservationResult): Reservation {
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
  return result.reservation;
}
