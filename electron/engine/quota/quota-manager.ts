import type { LimitRaise, QuotaStatus } from '../../../shared/domain/quota.ts';
import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { Limits, Registry } from '../registry/types.ts';
import { announce } from './announcements.ts';
import { dayWindow, type DayRule, type DayWindow } from './day-window.ts';
import { limitKey, type LimitOwner } from './limit-owner.ts';
import { limitedCallSites } from './limited-call-sites.ts';
import { LimitSet, type Instant, type LimitTerms } from './limit-set.ts';
import { RaiseBook } from './raise-book.ts';
import type {
  Headroom,
  LimitRaises,
  LimitTarget,
  QuotaCounter,
  QuotaManager,
  QuotaStorage,
  RaiseStorage,
  Refusal,
  Reservation,
  ReservationRequest,
  ReservationResult,
} from './types.ts';
import { isWorthWaitingFor, WaitingLine, type Demand } from './waiting-line.ts';
import { queueReason } from './words.ts';

export interface QuotaManagerDeps {
  /** Its `policy.budgets` says when a day of counting begins. */
  registry: () => Registry;
  clock: Clock;
  storage: QuotaStorage & RaiseStorage;
  events: EventBus;
  /** Told when counters could not be stored. Counting goes on in memory, and the next save writes the whole figure. */
  onStorageError?: (error: unknown) => void;
}

export interface EngineQuotaManager extends QuotaManager, LimitRaises {
  /** Takes the reloaded registry's limits; what was used stays used. */
  setRegistry(): void;
  /** Cancels the timers that announce reopened budgets and end raised limits. */
  stop(): void;
}

/** Builds the quota manager with the counters and raised limits of the run before. */
export function createQuotaManager(deps: QuotaManagerDeps): EngineQuotaManager {
  return new RegistryQuotaManager(deps);
}

interface ProviderEntry {
  set: LimitSet;
  line: WaitingLine;
}

class RegistryQuotaManager implements EngineQuotaManager {
  readonly #deps: QuotaManagerDeps;
  readonly #providers = new Map<string, ProviderEntry>();
  readonly #callSites = new Map<string, LimitSet>();
  readonly #raises: RaiseBook;
  /** The newest figure of every counter, those of limits that a reload took away included. */
  readonly #stored: Map<string, QuotaCounter>;
  #rule: DayRule;
  #window: DayWindow;
  #cancelRoll = (): void => undefined;

  constructor(deps: QuotaManagerDeps) {
    this.#deps = deps;
    this.#rule = deps.registry().policy.budgets;
    this.#window = dayWindow(deps.clock.now(), this.#rule);
    this.#stored = new Map(deps.storage.load().map((counter) => [limitKey(counter), counter]));
    this.#raises = new RaiseBook(deps.clock, deps.storage, () => this.#keepTime());
    this.setRegistry();
  }

  stop(): void {
    this.#cancelRoll();
    this.#raises.close();
  }

  setRegistry(): void {
    const registry = this.#deps.registry();
    this.#setRule(registry.policy.budgets);
    for (const { name, limits } of registry.providers) this.#provide({ scope: 'provider', name }, limits);
    for (const { name, limits } of limitedCallSites(registry)) this.#provide({ scope: 'call_site', name }, limits);
    for (const set of this.#sets()) this.#announce(set);
    this.#advanceAll();
  }

  raise(raise: Omit<LimitRaise, 'id' | 'created_at'>): LimitRaise {
    const saved = this.#raises.set(raise);
    this.setRegistry();
    return saved;
  }

  endRaise(target: LimitTarget): LimitRaise | null {
    this.#keepTime();
    const ended = this.#raises.end(target);
    if (ended) this.setRegistry();
    return ended;
  }

  headroom(provider: string, callSite: string | null = null, counted = false, pricingUnknown = false): Headroom {
    // The least that any request takes; a budget with no room for it is closed.
    const least = { estimatedTokens: 1, estimatedCostMicroUsd: 0 };
    const demand = this.#demand({ provider, callSite, counted, pricingUnknown, ...least });
    const refusal = this.#newcomer(demand);
    if (refusal === null) return { open: true };
    const { ok: _ok, limit, ...why } = refusal;
    // A queue is left to itself even where nobody may wait in it: whether a full provider spills over is not its affair.
    const waits =
      limit === 'max_concurrent' || (limit === 'requests_per_second' && fits(refusal, queueOf(demand, refusal)));
    return { open: false, ...why, waits };
  }

  limitsSpending(provider: string, callSite: string | null): boolean {
    const sets = [this.#providers.get(provider)?.set, this.#siteOf(callSite)];
    return sets.some((set) => set?.limitsSpending === true);
  }

  reserve(request: ReservationRequest): ReservationResult {
    const demand = this.#demand(request);
    return this.#newcomer(demand) ?? this.#take(demand);
  }

  async reserveOrWait(
    request: ReservationRequest,
    signal: AbortSignal,
  ): Promise<ReservationResult & { queuedMs: number }> {
    signal.throwIfAborted();
    const first = this.reserve(request);
    if (first.ok || !isWorthWaitingFor(first)) return { ...first, queuedMs: 0 };
    const demand = this.#demand(request);
    const timeoutMs = queueOf(demand, first);
    if (!demand.entry || timeoutMs === 0) return { ...first, queuedMs: 0 };
    return demand.entry.line.join(demand, first, timeoutMs, queueReason, signal);
  }

  status(provider?: string): QuotaStatus[] {
    this.#keepTime();
    const at = this.#at();
    const registry = this.#deps.registry();
    const ofProviders = registry.providers
      .filter(({ name }) => provider === undefined || name === provider)
      .flatMap(({ name }) => this.#providers.get(name)?.set.status(at) ?? []);
    if (provider !== undefined) return ofProviders;
    return [
      ...ofProviders,
      ...limitedCallSites(registry).flatMap(({ name }) => this.#callSites.get(name)?.status(at) ?? []),
    ];
  }

  inFlight(provider: string): { inFlight: number; queued: number } {
    const entry = this.#providers.get(provider);
    return { inFlight: entry?.set.inFlight ?? 0, queued: entry?.line.length ?? 0 };
  }

  /** Gives an owner its limits; a limit that is new to it gets its stored count back: at the start, or after a reload. */
  #provide(owner: LimitOwner, limits: Limits = NO_LIMITS): void {
    const refusesUnpriced = this.#deps.registry().policy.budgets.unknownPrice === 'refuse';
    const raises = this.#raises.of(owner);
    const terms = { limits, raises, rule: this.#rule, window: this.#window, refusesUnpriced };
    const known = this.#setOf(owner);
    known?.change(terms, this.#at());
    const set = known ?? this.#add(owner, terms);
    const previousStart = dayWindow(this.#window.start - 1, this.#rule).start;
    for (const counter of set.daily()) {
      const stored = this.#stored.get(limitKey(counter.toStored()));
      if (stored) counter.restore(stored, previousStart);
    }
  }

  #setOf({ scope, name }: LimitOwner): LimitSet | undefined {
    return scope === 'provider' ? this.#providers.get(name)?.set : this.#callSites.get(name);
  }

  #add(owner: LimitOwner, terms: LimitTerms): LimitSet {
    const set = new LimitSet(owner, terms, this.#at());
    if (owner.scope === 'call_site') this.#callSites.set(owner.name, set);
    else {
      const ask = (waiting: Demand): ReservationResult => {
        const demand = { ...waiting, entry, site: this.#siteOf(waiting.callSite) };
        return this.#refusal(demand) ?? this.#take(demand);
      };
      const entry: ProviderEntry = { set, line: new WaitingLine(this.#deps.clock, ask) };
      this.#providers.set(owner.name, entry);
    }
    return set;
  }

  #siteOf(callSite: string | null): LimitSet | undefined {
    return callSite === null ? undefined : this.#callSites.get(callSite);
  }

  #demand(request: ReservationRequest): PlacedDemand {
    const { provider, callSite = null, counted = false, pricingUnknown = false } = request;
    const { estimatedTokens: tokens, estimatedCostMicroUsd: costMicroUsd } = request;
    const config = this.#deps.registry().providers.find(({ name }) => name === provider);
    const free = config?.deployment === 'self-hosted' && costMicroUsd === 0;
    return {
      amounts: { tokens, costMicroUsd, free, counted, pricingUnknown },
      callSite,
      entry: this.#providers.get(provider),
      site: this.#siteOf(callSite),
    };
  }

  /** Why a newcomer gets no place now; null when there is one. Nobody overtakes those who wait for the same. */
  #newcomer(demand: PlacedDemand): Refusal | null {
    const refusal = this.#refusal(demand);
    if (refusal !== null) return refusal;
    const ahead = demand.entry?.line.ahead(demand.callSite) ?? 0;
    if (ahead === 0) return null;
    const reason = `${ahead} requests wait before this one`;
    return { ok: false, limit: 'max_concurrent', code: 'busy', reason, retryAfterMs: null };
  }

  /** Of two refusals the one that waiting does not mend counts, else the call site's. */
  #refusal(demand: PlacedDemand): Refusal | null {
    this.#keepTime();
    const at = this.#at();
    const refusals = setsOf(demand).flatMap((set) => {
      const refusal = set.refusal(demand.amounts, at);
      if (refusal?.code === 'budget_exhausted') this.#announce(set);
      return refusal ?? [];
    });
    return refusals.find((one) => !isWorthWaitingFor(one)) ?? refusals[0] ?? null;
  }

  #take(demand: PlacedDemand): Extract<ReservationResult, { ok: true }> {
    const sets = setsOf(demand);
    const at = this.#at();
    const parts = sets.map((set) => ({ set, taken: set.take(demand.amounts, at) }));
    this.#save(sets);
    for (const set of sets) this.#announce(set);
    let ended = false;
    const end = (correct: (part: (typeof parts)[number], at: Instant) => void): void => {
      if (ended) return;
      ended = true;
      this.#keepTime();
      for (const part of parts) correct(part, this.#at());
      this.#save(sets);
      for (const set of sets) this.#announce(set);
      if (demand.site) this.#advanceAll();
      else demand.entry?.line.advance();
    };
    const reservation: Reservation = {
      settle: (actual) => end(({ set, taken }, now) => set.settle(taken, actual, now)),
      release: () => end(({ set, taken }, now) => set.release(taken, now)),
    };
    return { ok: true, reservation };
  }

  #save(sets: readonly LimitSet[]): void {
    const counters = sets.flatMap((set) => set.daily().map((counter) => counter.toStored()));
    if (counters.length === 0) return;
    for (const counter of counters) this.#stored.set(limitKey(counter), counter);
    try {
      this.#deps.storage.save(counters);
    } catch (error) {
      this.#deps.onStorageError?.(error);
    }
  }

  /** Ends raised limits and starts a new day where it is time. Cheap: two comparisons, but for the moments themselves. */
  #keepTime(): void {
    const now = this.#deps.clock.now();
    if (this.#raises.expire(now)) this.setRegistry();
    if (now >= this.#window.start && now < this.#window.end) return;
    this.#window = dayWindow(now, this.#rule);
    for (const set of this.#sets()) {
      for (const counter of set.daily()) {
        if (counter.roll(this.#window)) this.#stored.set(limitKey(counter.toStored()), counter.toStored());
      }
      this.#announce(set);
    }
  }

  #setRule(rule: DayRule): void {
    if (rule.resetHour === this.#rule.resetHour && rule.timeZone === this.#rule.timeZone) return;
    this.#rule = rule;
    this.#window = dayWindow(this.#deps.clock.now(), rule);
    for (const set of this.#sets()) for (const counter of set.daily()) counter.rebase(this.#window);
    this.#save(this.#sets());
    if (this.#anyAnnounced()) this.#planRoll();
  }

  #sets(): LimitSet[] {
    return [...[...this.#providers.values()].map(({ set }) => set), ...this.#callSites.values()];
  }

  /** Whoever has waited longest is asked first. */
  #advanceAll(): void {
    const lines = [...this.#providers.values()].map(({ line }) => line).filter(({ length }) => length > 0);
    for (const line of lines.toSorted((a, b) => a.since - b.since)) line.advance();
  }

  #announce(set: LimitSet): void {
    const told = announce(set, this.#deps.events, this.#at());
    // Kept at once: what was told today is not told again by the next start.
    if (told.softExceeded) this.#save([set]);
    if (told.exhausted) this.#planRoll();
  }

  #planRoll(): void {
    this.#cancelRoll();
    const wait = Math.max(0, this.#window.end - this.#deps.clock.now());
    this.#cancelRoll = this.#deps.clock.after(wait, () => {
      this.#keepTime();
      // The wall clock was set back meanwhile: the day has not ended yet.
      if (this.#window.end > this.#deps.clock.now() && this.#anyAnnounced()) this.#planRoll();
    });
  }

  #anyAnnounced(): boolean {
    return this.#sets().some((set) => set.daily().some((one) => one.announcedFor !== null));
  }

  #at(): Instant {
    return { wall: this.#deps.clock.now(), monotonic: this.#deps.clock.monotonic() };
  }
}

/** A demand with whose limits it takes from; what the registry does not know has none. */
interface PlacedDemand extends Demand {
  entry: ProviderEntry | undefined;
  site: LimitSet | undefined;
}

/** A call site without limits of its own. */
const NO_LIMITS: Limits = { queueTimeoutMs: 0 };

function setsOf({ entry, site }: PlacedDemand): LimitSet[] {
  return [site, entry?.set].filter((set) => set !== undefined);
}

/** How long a request may wait in the queue of whoever refused it, in milliseconds. */
function queueOf({ entry, site }: PlacedDemand, { callSite }: Refusal): number {
  return (callSite === undefined ? entry?.set : site)?.queueTimeoutMs ?? 0;
}

function fits({ retryAfterMs }: Refusal, timeoutMs: number): boolean {
  return retryAfterMs !== null && retryAfterMs <= timeoutMs;
}
