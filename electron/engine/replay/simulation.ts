import type { Decision } from '../../../shared/domain/decision.ts';
import type { HealthTransition } from '../../../shared/domain/provider.ts';
import { priceKnown } from '../cost/compute-cost.ts';
import { EventBus } from '../events.ts';
import { resolveIntent } from '../policy/resolve-intent.ts';
import type { Intent } from '../policy/types.ts';
import { configuredFacts, toCapabilities } from '../providers/capabilities.ts';
import type { Availability, Capabilities } from '../providers/types.ts';
import { createQuotaManager } from '../quota/quota-manager.ts';
import type { EngineQuotaManager, QuotaManagerDeps } from '../quota/quota-manager.ts';
import type { Headroom, Reservation, ReservationResult } from '../quota/types.ts';
import type { Environment, ProviderConfig, Registry } from '../registry/types.ts';
import { decide } from '../router/decide.ts';
import { tradesCostForLatency } from '../router/high-load.ts';
import type { RecordedRequest } from '../store/types.ts';
import { EndHeap } from './end-heap.ts';
import { RecordedHealth } from './recorded-health.ts';
import { needsOf, questionOf } from './recorded-question.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** What a configuration is tried in. */
export interface SimulationSetup {
  registry: Registry;
  environment: Environment;
  /** Stored transitions by provider, oldest first, those before the first request included. */
  health: ReadonlyMap<string, readonly HealthTransition[]>;
  /** Providers that are known to have answered, and so had what they need. */
  answered: (provider: string) => boolean;
  /** The model that a server of one's own was asked with. */
  modelOf: (provider: string) => string | null;
  /** Epoch milliseconds of the first moment. */
  startAt: number;
}

/** Nothing is kept: budgets begin unused, and nobody raises a limit. */
const NO_STORAGE: QuotaManagerDeps['storage'] = {
  load: () => [],
  save: () => {},
  loadRaises: () => [],
  saveRaise: (raise) => ({ ...raise, id: 0 }),
  endRaise: () => {},
};

type Refusal = Extract<ReservationResult, { ok: false }>;

/** A place taken at a provider until it ends. */
interface Place {
  endsAt: number;
  settle: () => void;
}

/** Who would serve a request, or why nobody would. */
export type Route =
  | {
      served: true;
      provider: string;
      model: string | null;
      intent: Intent;
      reason: string;
      place: (endsAt: number) => void;
      waitMs: number;
    }
  | { served: false; byBudget: boolean; intent: Intent | null; reason: string };

/** What a request takes of a budget, once it is known who would serve it. */
export type Demanded = (config: ProviderConfig, model: string | null) => Demand;

interface Demand {
  tokens: number;
  costMicroUsd: number;
  pricingUnknown: boolean;
}

/** The engine's own policy, router and budgets over simulated time. Requests come in the order of their arrival. */
export class Simulation {
  readonly #setup: SimulationSetup;
  readonly #clock: SimulatedClock;
  readonly #quota: EngineQuotaManager;
  readonly #health: RecordedHealth;
  readonly #running = new Map<string, EndHeap<Place>>();
  readonly #configs: ReadonlyMap<string, ProviderConfig>;
  readonly #capabilities = new Map<string, Capabilities>();
  #turn = 0;

  constructor(setup: SimulationSetup) {
    const { registry } = setup;
    this.#setup = setup;
    this.#clock = new SimulatedClock(setup.startAt);
    this.#configs = new Map(registry.providers.map((config) => [config.name, config]));
    this.#health = new RecordedHealth(setup.health, registry.routing.highLoad.mode === 'latency');
    this.#quota = createQuotaManager({
      registry: () => registry,
      clock: this.#clock,
      storage: NO_STORAGE,
      events: new EventBus(() => {}),
    });
  }

  /** A request took so long at a provider. */
  observe(provider: string, durationMs: number): void {
    this.#health.observe(provider, durationMs);
  }

  /** Decides on a request as the gateway would, takes its place in the budgets, and goes on where it is refused. */
  route(request: RecordedRequest, demanded: Demanded): Route {
    this.#moveTo(request.at);
    const intent = resolveIntent(
      questionOf(request),
      this.#setup.registry,
      this.#setup.environment,
      (name) => this.#availability(name),
      (name) => this.#setup.modelOf(name),
    );
    if (!intent.ok) return { served: false, byBudget: false, intent: null, reason: intent.message };
    const failed = new Map<string, string>();
    for (;;) {
      this.#turn += 1;
      const decision = this.#decide(request, intent.intent, failed);
      const step = this.#tryCandidates(request, intent.intent, decision, failed, demanded);
      if (step !== null) return step;
    }
  }

  /** Null when somebody has failed, so that the decision has to be made again. */
  #tryCandidates(
    request: RecordedRequest,
    intent: Intent,
    decision: Decision,
    failed: Map<string, string>,
    demanded: Demanded,
  ): Route | null {
    const refusals: string[] = [];
    let byBudget = decision.candidates.some(({ code }) => code === 'budget_exhausted' || code === 'rate_limited');
    for (const { provider, model, eligible } of decision.candidates) {
      const config = this.#configs.get(provider);
      if (!eligible || !config || failed.has(provider)) continue;
      if (request.failedProviders.includes(provider)) {
        failed.set(provider, 'it failed for this request then');
        return null;
      }
      const asked = model ?? this.#setup.modelOf(provider);
      const taken = this.#take(config, intent.callSite, failed.size > 0, demanded(config, asked));
      if (taken.ok) {
        const reason = refusals.length === 0 ? decision.reason : `${provider} stands in: ${refusals.join(', ')}.`;
        const { reservation, waitMs } = taken;
        const place = (endsAt: number) =>
          this.#placesOf(provider).push({ endsAt, settle: () => this.#settle(reservation, demanded(config, asked)) });
        return { served: true, provider, model: asked, intent, reason, place, waitMs };
      }
      byBudget ||= taken.code !== 'busy';
      refusals.push(`${provider} is passed over (${taken.reason})`);
      if (this.#endsRequest(taken, intent.callSite)) break;
    }
    const reason = refusals.length === 0 ? decision.reason : `Nobody can serve: ${refusals.join(', ')}.`;
    return { served: false, byBudget, intent, reason };
  }

  /** As in the gateway: the call site's own limit holds whoever is asked, and a full queue spills over only for latency's sake. */
  #endsRequest({ code, limit, callSite }: Refusal, askedFrom: string | null): boolean {
    if (callSite !== undefined && limit !== 'usd_per_day') return true;
    return code === 'busy' && !tradesCostForLatency(this.#setup.registry, askedFrom);
  }

  #settle(reservation: Reservation | null, actual: { tokens: number; costMicroUsd: number }): void {
    reservation?.settle(actual);
  }

  /**
   * Takes a place in every limit. Where all places are taken the request waits, as in the gateway, for the one that is free
   * first, if that is soon enough; a rate's next turn is waited for in the same way.
   */
  #take(
    config: ProviderConfig,
    callSite: string | null,
    counted: boolean,
    { tokens, costMicroUsd, pricingUnknown }: Demand,
  ): { ok: true; reservation: Reservation | null; waitMs: number } | Refusal {
    const demand = {
      provider: config.name,
      callSite,
      counted,
      pricingUnknown,
      estimatedTokens: tokens,
      estimatedCostMicroUsd: costMicroUsd,
    };
    const first = this.#quota.reserve(demand);
    if (first.ok) return { ok: true, reservation: first.reservation, waitMs: 0 };
    const { queueTimeoutMs } = config.limits;
    if (first.limit === 'requests_per_second' && first.callSite === undefined) {
      const waitMs = first.retryAfterMs ?? Infinity;
      return waitMs <= queueTimeoutMs ? { ok: true, reservation: null, waitMs } : first;
    }
    const places = this.#placesOf(config.name);
    const next = places.first;
    // A place at the provider does not help a call site that is full.
    if (first.code !== 'busy' || first.callSite !== undefined || next === null) return first;
    const waitMs = next.endsAt - this.#clock.now();
    if (waitMs > queueTimeoutMs) return first;
    places.pop();
    next.settle();
    const second = this.#quota.reserve(demand);
    return second.ok ? { ok: true, reservation: second.reservation, waitMs } : second;
  }

  #decide(request: RecordedRequest, intent: Intent, failed: ReadonlyMap<string, string>): Decision {
    const now = this.#clock.now();
    return decide({
      registry: this.#setup.registry,
      intent,
      needs: needsOf(request),
      forcedProvider: request.demand?.forced_provider ?? null,
      noFallback: request.demand?.no_fallback ?? false,
      failed,
      benchmarking: false,
      override: null,
      standing: (name) => {
        const standing = this.#health.standing(name, now);
        const failure = failed.get(name);
        if (failure === undefined) return standing;
        return { ...standing, health: { ...standing.health, status: 'unhealthy', reason: failure, since: now } };
      },
      headroom: (name, model) =>
        waitingIsOpen(
          this.#quota.headroom(name, intent.callSite, failed.size > 0, this.#isUnpriced(name, model, intent.callSite)),
        ),
      availability: (name) => this.#availability(name),
      capabilities: (name, model) => this.#capabilitiesOf(name, model),
      inFlight: (name) => this.#running.get(name)?.size ?? 0,
      turn: this.#turn,
      now,
    });
  }

  /** A spending limit stands over the request, and nobody knows its price. */
  #isUnpriced(provider: string, model: string | null, callSite: string | null): boolean {
    if (!this.#quota.limitsSpending(provider, callSite)) return false;
    const config = this.#configs.get(provider);
    const asked = model ?? this.#setup.modelOf(provider) ?? provider;
    return config !== undefined && !priceKnown(config, asked, this.#clock.now());
  }

  #moveTo(at: number): void {
    for (const places of this.#running.values()) {
      for (let next = places.first; next !== null && next.endsAt <= at; next = places.first) {
        places.pop();
        this.#clock.moveTo(next.endsAt);
        next.settle();
      }
    }
    this.#clock.moveTo(at);
  }

  #placesOf(provider: string): EndHeap<Place> {
    const known = this.#running.get(provider);
    if (known) return known;
    const places = new EndHeap<Place>();
    this.#running.set(provider, places);
    return places;
  }

  #availability(provider: string): Availability {
    const keyEnv = this.#configs.get(provider)?.apiKeyEnv ?? null;
    if (keyEnv === null || this.#setup.environment[keyEnv] || this.#setup.answered(provider))
      return { available: true };
    return { available: false, keyEnv, reason: `${keyEnv} is not set` };
  }

  #capabilitiesOf(provider: string, model: string | null): Capabilities {
    const key = `${provider} ${model ?? ''}`;
    const known = this.#capabilities.get(key);
    if (known) return known;
    const config = this.#configs.get(provider);
    if (!config) throw new Error(`The registry has no provider "${provider}".`);
    const capabilities = toCapabilities(
      configuredFacts(config, model ?? config.model ?? this.#setup.modelOf(provider)),
    );
    this.#capabilities.set(key, capabilities);
    return capabilities;
  }
}

/** Whoever has a place for those who wait is still the right one. */
function waitingIsOpen(headroom: Headroom): Headroom {
  return !headroom.open && headroom.waits ? { open: true } : headroom;
}
