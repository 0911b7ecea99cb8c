import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { Registry } from '../registry/types.ts';
import type { DailyCounter } from './daily-counter.ts';
import { dayWindow, type DayRule, type DayWindow } from './day-window.ts';
import { ProviderQuota, type Amounts, type Instant, type Refusal, type Taken } from './provider-quota.ts';
import type {
  Headroom,
  QuotaCounter,
  QuotaManager,
  QuotaStorage,
  Reservation,
  ReservationRequest,
  ReservationResult,
} from './types.ts';
import { isWorthWaitingFor, WaitingLine, type Attempt } from './waiting-line.ts';
import { queueReason } from './words.ts';

export interface QuotaManagerDeps {
  registry: () => Registry;
  clock: Clock;
  storage: QuotaStorage;
  events: EventBus;
  /** Hour at which daily budgets start anew, 0 to 23; 0 when left out. */
  resetHour?: number;
  /** IANA zone of the reset hour; UTC when left out. */
  timeZone?: string;
  /** Told when counters could not be stored. Counting goes on in memory, and the next save writes the whole figure. */
  onStorageError?: (error: unknown) => void;
}

export interface EngineQuotaManager extends QuotaManager {
  /** Takes the reloaded registry's limits; what was used stays used. */
  setRegistry(): void;
  /** Cancels the timer that announces reopened budgets. */
  stop(): void;
}

/** Builds the quota manager with the counters of the run before. */
export function createQuotaManager(deps: QuotaManagerDeps): EngineQuotaManager {
  return new RegistryQuotaManager(deps);
}

interface Entry {
  quota: ProviderQuota;
  line: WaitingLine;
}

/** The least that any request takes; a budget with no room for it is closed. */
const SMALLEST: Amounts = { tokens: 1, costMicroUsd: 0 };

class RegistryQuotaManager implements EngineQuotaManager {
  readonly #deps: QuotaManagerDeps;
  readonly #rule: DayRule;
  readonly #entries = new Map<string, Entry>();
  /** The newest figure of every counter, those of limits that a reload took away included. */
  readonly #stored: Map<string, QuotaCounter>;
  #window: DayWindow;
  #cancelRoll = (): void => undefined;

  constructor(deps: QuotaManagerDeps) {
    this.#deps = deps;
    this.#rule = { resetHour: deps.resetHour ?? 0, timeZone: deps.timeZone ?? 'UTC' };
    this.#window = dayWindow(deps.clock.now(), this.#rule);
    this.#stored = new Map(deps.storage.load().map((counter) => [keyOf(counter), counter]));
    this.setRegistry();
  }

  stop(): void {
    this.#cancelRoll();
  }

  setRegistry(): void {
    const at = this.#at();
    for (const config of this.#deps.registry().providers) {
      const known = this.#entries.get(config.name);
      if (known) known.quota.change(config, this.#window, at);
      else this.#add(new ProviderQuota(config, this.#rule, this.#window, at));
      this.#restore(config.name);
    }
    for (const { quota, line } of this.#entries.values()) {
      this.#announce(quota);
      line.advance();
    }
  }

  headroom(provider: string): Headroom {
    const entry = this.#entries.get(provider);
    if (!entry) return { open: true };
    const refusal = this.#refusal(entry, SMALLEST);
    if (refusal === null) return { open: true };
    const { code, reason, retryAfterMs } = refusal;
    return { open: false, code, reason, retryAfterMs };
  }

  reserve(request: ReservationRequest): ReservationResult {
    const entry = this.#entries.get(request.provider);
    if (!entry) return { ok: true, reservation: { settle: () => undefined, release: () => undefined } };
    const amounts = amountsOf(request);
    const refusal = this.#refusal(entry, amounts);
    return refusal ?? this.#take(entry, amounts);
  }

  async reserveOrWait(
    request: ReservationRequest,
    signal: AbortSignal,
  ): Promise<ReservationResult & { queuedMs: number }> {
    signal.throwIfAborted();
    const entry = this.#entries.get(request.provider);
    const first = this.reserve(request);
    const waits = !first.ok && isWorthWaitingFor(first) && entry !== undefined && entry.quota.queueTimeoutMs > 0;
    if (first.ok || !waits) return { ...first, queuedMs: 0 };
    return entry.line.join(amountsOf(request), first, entry.quota.queueTimeoutMs, queueReason, signal);
  }

  status(provider?: string): QuotaStatus[] {
    this.#roll();
    const at = this.#at();
    return this.#deps
      .registry()
      .providers.filter(({ name }) => provider === undefined || name === provider)
      .flatMap(({ name }) => this.#entries.get(name)?.quota.status(at) ?? []);
  }

  inFlight(provider: string): { inFlight: number; queued: number } {
    const entry = this.#entries.get(provider);
    return { inFlight: entry?.quota.inFlight ?? 0, queued: entry?.line.length ?? 0 };
  }

  #add(quota: ProviderQuota): void {
    const line = new WaitingLine(this.#deps.clock, (amounts) => this.#attempt(entry, amounts));
    const entry: Entry = { quota, line };
    this.#entries.set(quota.provider, entry);
  }

  /** Gives a limit its stored count back: at the start, or when a reload brings the limit. */
  #restore(provider: string): void {
    const quota = this.#entries.get(provider)?.quota;
    for (const counter of quota?.daily() ?? []) {
      const stored = this.#stored.get(keyOf(counter.toStored()));
      if (stored) counter.restore(stored);
    }
  }

  /** Why a newcomer gets no place now; null when there is one. Nobody overtakes those who wait. */
  #refusal(entry: Entry, amounts: Amounts): Refusal | null {
    this.#roll();
    const refusal = entry.quota.refusal(amounts, this.#at());
    if (refusal !== null) {
      if (refusal.code === 'budget_exhausted') this.#announce(entry.quota);
      return refusal;
    }
    if (entry.line.length === 0) return null;
    const reason = `${entry.line.length} requests wait before this one`;
    return { ok: false, limit: 'max_concurrent', code: 'busy', reason, retryAfterMs: null };
  }

  /** What the head of the line gets. */
  #attempt(entry: Entry, amounts: Amounts): Attempt {
    this.#roll();
    const refusal = entry.quota.refusal(amounts, this.#at());
    if (refusal?.code === 'budget_exhausted') this.#announce(entry.quota);
    return refusal ?? this.#take(entry, amounts);
  }

  #take(entry: Entry, amounts: Amounts): Extract<ReservationResult, { ok: true }> {
    const taken = entry.quota.take(amounts, this.#at());
    this.#save(entry.quota);
    this.#announce(entry.quota);
    return { ok: true, reservation: this.#reservation(entry, taken) };
  }

  #reservation(entry: Entry, taken: Taken): Reservation {
    let ended = false;
    const end = (correct: () => void): void => {
      if (ended) return;
      ended = true;
      this.#roll();
      correct();
      this.#save(entry.quota);
      this.#announce(entry.quota);
      entry.line.advance();
    };
    return {
      settle: (actual) => end(() => entry.quota.settle(taken, actual, this.#at())),
      release: () => end(() => entry.quota.release(taken, this.#at())),
    };
  }

  #save(quota: ProviderQuota): void {
    const counters = quota.daily().map((counter) => counter.toStored());
    if (counters.length === 0) return;
    for (const counter of counters) this.#stored.set(keyOf(counter), counter);
    try {
      this.#deps.storage.save(counters);
    } catch (error) {
      this.#deps.onStorageError?.(error);
    }
  }

  /** Starts a new day where one has begun. Cheap: a comparison, but for once a day. */
  #roll(): void {
    const now = this.#deps.clock.now();
    if (now >= this.#window.start && now < this.#window.end) return;
    this.#window = dayWindow(now, this.#rule);
    for (const { quota } of this.#entries.values()) {
      for (const counter of quota.daily()) counter.roll(this.#window);
      this.#announce(quota);
    }
  }

  /** Tells once per day that a budget is gone, and once that it is back (a new day, or a raised limit). */
  #announce(quota: ProviderQuota): void {
    for (const counter of quota.daily()) {
      if (counter.exhausted && counter.announcedFor !== counter.window.start) {
        counter.announcedFor = counter.window.start;
        counter.announcedLimit = counter.limit;
        this.#deps.events.emit('quota_exhausted', quota.dailyStatus(counter, this.#at()));
        this.#planRoll();
      } else if (!counter.exhausted && isReopened(counter)) {
        counter.announcedFor = null;
        this.#deps.events.emit('quota_reopened', quota.dailyStatus(counter, this.#at()));
      }
    }
  }

  #planRoll(): void {
    this.#cancelRoll();
    const wait = Math.max(0, this.#window.end - this.#deps.clock.now());
    this.#cancelRoll = this.#deps.clock.after(wait, () => {
      this.#roll();
      // The wall clock was set back meanwhile: the day has not ended yet.
      if (this.#window.end > this.#deps.clock.now() && this.#anyAnnounced()) this.#planRoll();
    });
  }

  #anyAnnounced(): boolean {
    return [...this.#entries.values()].some(({ quota }) => quota.daily().some((one) => one.announcedFor !== null));
  }

  #at(): Instant {
    return { wall: this.#deps.clock.now(), monotonic: this.#deps.clock.monotonic() };
  }
}

/** A place given back on the same day under the same limit is no reopening: the budget is as good as gone. */
function isReopened(counter: DailyCounter): boolean {
  if (counter.announcedFor === null) return false;
  return counter.announcedFor !== counter.window.start || counter.limit > counter.announcedLimit;
}

function amountsOf(request: ReservationRequest): Amounts {
  return { tokens: request.estimatedTokens, costMicroUsd: request.estimatedCostMicroUsd };
}

function keyOf(counter: Pick<QuotaCounter, 'provider' | 'limit'>): string {
  return `${counter.limit} ${counter.provider}`;
}
