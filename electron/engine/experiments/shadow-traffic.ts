import { SHADOW_CALL_SITE } from '../../../shared/domain/experiments.ts';
import type {
  Experiments,
  ExperimentState,
  ShadowDrop,
  ShadowOutcome,
  ShadowPair,
  ShadowPause,
} from '../../../shared/domain/experiments.ts';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { AnsweredChat, Shadowing } from '../attempt/answered-chat.ts';
import type { AttemptTools } from '../attempt/attempt-run.ts';
import type { Clock, Random } from '../clock.ts';
import { outputTokensOf } from '../attempt/output-reserve.ts';
import { lackOf } from '../router/eligibility.ts';
import { estimateCost } from '../cost/compute-cost.ts';
import type { EventBus } from '../events.ts';
import type { Standing } from '../health/types.ts';
import type { Provider } from '../providers/types.ts';
import type { QuotaManager } from '../quota/types.ts';
import type { ProviderConfig, Registry, ShadowConfig } from '../registry/types.ts';
import type { ShadowState } from '../store/types.ts';
import { isShadowBudget, leavesRoom, obstacleToShadow, restAfter, unfitForShadow } from './shadow-conditions.ts';
import { ShadowCounters } from './shadow-counters.ts';
import { runCopy, type AdmittedCopy } from './shadow-run.ts';

/** Requests that wait for their copy to be sent; with the largest of each, 8 MiB. */
const MAXIMUM_WAITING = 32;
/** A provider that a request fell back to within this time is left to callers. */
const FALLBACK_REST_MS = 60_000;

export interface ShadowParts {
  registry: () => Registry;
  provider: (name: string) => Provider;
  standing: (name: string) => Standing;
  quota: QuotaManager;
  attempt: AttemptTools;
  /** Resolves once the row is durable. */
  record: (request: RequestDetail) => Promise<void>;
  storage: { addShadowPair(pair: Omit<ShadowPair, 'id'>): ShadowPair; saveShadowState(state: ShadowState): void };
  restored: ShadowState | null;
  /** Whether a provider answers ordinary requests in the place of the primary. */
  standsIn: (provider: string) => boolean;
  drilled: (provider: string) => boolean;
  events: EventBus;
  clock: Clock;
  random: Random;
  newRequestId: () => string;
  onError: (error: unknown) => void;
}

/**
 * Shadow traffic: a share of the requests that callers have their answers to is sent to another provider as well, off
 * their path, and the two answers are compared. Callers come first everywhere: nothing here is awaited by them, and no copy
 * is sent to a provider that they may need.
 */
export class ShadowTraffic implements Shadowing {
  readonly #parts: ShadowParts;
  #state: ShadowState | null;
  #waiting: AnsweredChat[] = [];
  readonly #running = new Map<AbortController, { provider: string; ended: Promise<void> }>();
  #stopped = false;
  readonly #lastFallbackTo = new Map<string, number>();
  readonly #restsUntil = new Map<string, number>();
  readonly #counters: ShadowCounters;
  #pairs = 0;
  readonly #stopListening: (() => void)[];

  constructor(parts: ShadowParts) {
    this.#parts = parts;
    this.#counters = new ShadowCounters(parts.clock.now());
    this.#state = parts.restored;
    this.#follow();
    this.#stopListening = [
      parts.events.on('config_loaded', () => this.#follow()),
      parts.events.on('stood_in', ({ provider }) => this.#giveWay(provider)),
    ];
  }

  samples(callSite: string | null): boolean {
    const shadow = this.#config;
    if (!shadow || this.#experimentState() !== 'running' || !(shadow.callSites?.includes(callSite ?? '') ?? true))
      return false;
    return this.#parts.random() < shadow.share;
  }

  offer(answered: AnsweredChat): void {
    this.#counters.sampled();
    const shadow = this.#config;
    const drop = shadow ? unfitForShadow(answered, shadow) : 'switched_off';
    if (drop !== null) this.#count(drop);
    else if (this.#waiting.length >= MAXIMUM_WAITING) this.#count('queue_full');
    else {
      this.#waiting.push(answered);
      // The caller's answer leaves first.
      this.#parts.clock.after(0, () => this.#advance());
    }
  }

  /** Stops sending; what is on its way ends by itself. Answers what stands now. Throws where there is no experiment. */
  pause(pause: ShadowPause): ShadowState {
    for (const _ of this.#waiting.splice(0)) this.#count('paused');
    return this.#setPaused(pause);
  }

  resume(): ShadowState {
    return this.#setPaused(null);
  }

  /** Null where there never was an experiment. */
  get state(): ShadowState | null {
    return this.#state;
  }

  /** Pairs that were written down since the engine started. */
  get pairsSinceStart(): number {
    return this.#pairs;
  }

  /** Where it stands, but for what is stored. */
  snapshot(): Omit<Experiments, 'summary'> {
    const shadow = this.#config;
    const state = this.#experimentState();
    return {
      at: this.#parts.clock.now(),
      state,
      held_back: shadow && state === 'running' ? this.#heldBack(shadow) : null,
      since: state === 'off' ? null : (this.#state?.since ?? null),
      paused: state === 'off' ? null : (this.#state?.paused ?? null),
      config: shadow && {
        provider: shadow.provider,
        model: shadow.model,
        share: shadow.share,
        call_sites: shadow.callSites,
        usd_per_day: shadow.usdPerDay,
        requests_per_day: shadow.requestsPerDay,
        max_concurrent: shadow.maxConcurrent,
        until: shadow.until,
      },
      counters: this.#counters.figures(this.#waiting.length, this.#running.size),
      quotas: this.#parts.quota.status().filter(isShadowBudget),
    };
  }

  /** Cancels what is on its way and waits until it is written down. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stopListening of this.#stopListening.splice(0)) stopListening();
    for (const _ of this.#waiting.splice(0)) this.#count('switched_off');
    const running = [...this.#running];
    for (const [controller] of running) controller.abort();
    await Promise.all(running.map(([, { ended }]) => ended));
  }

  /** The experiment that is switched on; null where there is none, and once the engine stops. */
  get #config(): ShadowConfig | null {
    const { shadow } = this.#parts.registry().experiments;
    return shadow?.enabled && !this.#stopped ? shadow : null;
  }

  #experimentState(): ExperimentState {
    const shadow = this.#config;
    if (!shadow) return 'off';
    if (shadow.until !== null && this.#parts.clock.now() >= shadow.until) return 'ended';
    return this.#state?.paused ? 'paused' : 'running';
  }

  /** Another provider or model is another experiment; a pause is an operator's word and outlives an edit. */
  #follow(): void {
    const shadow = this.#config;
    if (!shadow) return;
    const { provider, model } = shadow;
    if (this.#state?.provider === provider && this.#state.model === model) return;
    this.#save({ provider, model, since: this.#parts.clock.now(), paused: this.#state?.paused ?? null });
  }

  #setPaused(paused: ShadowPause | null): ShadowState {
    if (!this.#state) throw new Error('There is no experiment to pause or resume.');
    return this.#save({ ...this.#state, paused });
  }

  #save(state: ShadowState): ShadowState {
    this.#state = state;
    this.#parts.storage.saveShadowState(state);
    return state;
  }

  /** A request has fallen back to a provider: what is on its way there makes room at once. */
  #giveWay(provider: string): void {
    this.#lastFallbackTo.set(provider, this.#parts.clock.now());
    for (const [controller, copy] of this.#running) if (copy.provider === provider) controller.abort();
  }

  #advance(): void {
    while (this.#running.size < (this.#config?.maxConcurrent ?? 1)) {
      const answered = this.#waiting.shift();
      if (!answered) return;
      const controller = new AbortController();
      const copy = this.#tryToAdmit(answered, controller.signal);
      if (typeof copy === 'string') this.#count(copy);
      else {
        this.#counters.sent();
        const ended = this.#send(copy).finally(() => {
          this.#running.delete(controller);
          this.#advance();
        });
        this.#running.set(controller, { provider: copy.config.name, ended });
      }
    }
  }

  /** A fault of ours is told of, and is nobody else's. */
  #tryToAdmit(answered: AnsweredChat, signal: AbortSignal): AdmittedCopy | ShadowDrop {
    try {
      return this.#admit(answered, signal);
    } catch (error) {
      this.#parts.onError(error);
      return 'unavailable';
    }
  }

  /** Takes the copy's place in every budget; why it is not sent where there is none, or the provider may not be asked. */
  #admit(answered: AnsweredChat, signal: AbortSignal): AdmittedCopy | ShadowDrop {
    const { clock, quota } = this.#parts;
    const state = this.#experimentState();
    const shadow = this.#config;
    if (!shadow || state !== 'running') return state === 'paused' ? 'paused' : 'switched_off';
    const config = this.#providerConfig(shadow.provider);
    const obstacle = this.#obstacle(shadow);
    if (obstacle || !config) return obstacle?.drop ?? 'unavailable';
    const unfit = unfitForShadow(answered, shadow);
    if (unfit !== null) return unfit;
    const provider = this.#parts.provider(config.name);
    const model = shadow.model ?? config.model ?? provider.discoveredModel() ?? config.name;
    if (lackOf(answered.needs, provider.capabilities(model)) !== null) return 'unsuitable';
    const outputTokens = outputTokensOf(answered.request, answered.effort, provider, model);
    const { adapter, deployment, pricing } = config;
    const estimate = estimateCost(model, answered.inputTokens, outputTokens, {
      adapter,
      deployment,
      pricing,
      at: clock.now(),
    });
    // A budget cannot hold what nobody knows the price of.
    if (estimate.pricingUnknown) return 'price_unknown';
    const tokens = answered.inputTokens + outputTokens;
    if (!leavesRoom(quota.status(config.name), { tokens, costUsd: estimate.costUsd })) return 'provider_limit';
    const reserved = quota.reserve({
      provider: config.name,
      callSite: SHADOW_CALL_SITE,
      estimatedTokens: tokens,
      estimatedCostMicroUsd: estimate.costMicroUsd,
    });
    if (!reserved.ok) return reserved.callSite === undefined ? 'provider_limit' : 'experiment_budget';
    const id = this.#parts.newRequestId();
    return { id, answered, config, provider, model, reservation: reserved.reservation, signal };
  }

  async #send(copy: AdmittedCopy): Promise<void> {
    const { attempt, record, storage, events, onError } = this.#parts;
    try {
      const ended = await runCopy(copy, attempt);
      await record(ended.record);
      storage.addShadowPair(ended.pair);
      this.#pairs += 1;
      events.emit('request_finished', ended.record);
      const { outcome, failure_class: failure } = ended.pair.shadow;
      const restsUntil = restAfter(failure, this.#parts.clock.now());
      if (restsUntil !== null) this.#restsUntil.set(copy.config.name, restsUntil);
      this.#count(outcome === 'success' ? 'succeeded' : outcome === 'failure' ? 'failed' : 'cancelled');
    } catch (error) {
      copy.reservation.release();
      this.#count('failed');
      onError(error);
    }
  }

  #obstacle({ provider }: ShadowConfig) {
    const { clock, standing, drilled } = this.#parts;
    const config = this.#providerConfig(provider);
    if (!config) return { drop: 'unavailable' as const, reason: `${provider} is not in the registry, or has no key` };
    return obstacleToShadow(provider, {
      config,
      availability: this.#parts.provider(provider).availability(),
      standing: standing(provider),
      carriesFallback: this.#carriesFallback(provider),
      drilled: drilled(provider),
      restsUntil: this.#restsUntil.get(provider) ?? null,
      now: clock.now(),
    });
  }

  #carriesFallback(provider: string): boolean {
    const last = this.#lastFallbackTo.get(provider) ?? -Infinity;
    return this.#parts.standsIn(provider) || this.#parts.clock.now() - last < FALLBACK_REST_MS;
  }

  #heldBack(shadow: ShadowConfig): string | null {
    const obstacle = this.#obstacle(shadow);
    if (obstacle) return obstacle.reason;
    const headroom = this.#parts.quota.headroom(shadow.provider, SHADOW_CALL_SITE);
    return headroom.open ? null : headroom.reason;
  }

  #providerConfig(name: string): ProviderConfig | null {
    return this.#parts.registry().providers.find((config) => config.name === name) ?? null;
  }

  #count(outcome: ShadowOutcome): void {
    this.#counters.ended(outcome);
    this.#parts.events.emit('shadow_ended', { outcome });
  }
}
