import type { DayWindow } from './day-window.ts';
import type { LimitOwner } from './limit-owner.ts';
import type { QuotaCounter } from './types.ts';
import { UsageRate } from './usage-rate.ts';

export type DailyLimit = 'requests_per_day' | 'usd_per_day';

/** What bounds a day, in requests or whole micro-dollars: `hard` refuses, `soft` alerts. */
export interface DailyBounds {
  /** Infinity where only a soft limit is set. */
  hard: number;
  soft: number | null;
}

/** A clock stepped back by less than this does not start an old day again; further back, the later day was the mistake. */
const STEP_BACK_MS = 26 * 60 * 60 * 1_000;
/** A request too dear for what is left closes the budget when less than this share is left. */
const NEARLY_GONE = 0.05;

/** One daily budget of one provider or call site: requests, or whole micro-dollars. */
export class DailyCounter {
  readonly owner: LimitOwner;
  readonly kind: DailyLimit;
  bounds: DailyBounds;
  used = 0;
  window: DayWindow;
  /** Start of the window whose exhaustion has been announced, and the limit it had then; null when none is. */
  announcedFor: number | null = null;
  announcedLimit = 0;
  /** The same for the soft limit. */
  softAnnouncedFor: number | null = null;
  softAnnouncedLimit = 0;
  /** Requests of the window whose price nobody knows; they are not in `used`. */
  unpriced = 0;
  #refusedWhileNearlyGone = false;
  /** Starts that this day had before the reset hour was changed in its middle. */
  #formerStarts: number[] = [];
  readonly #rate = new UsageRate();

  constructor(owner: LimitOwner, kind: DailyLimit, bounds: DailyBounds, window: DayWindow) {
    this.owner = owner;
    this.kind = kind;
    this.bounds = bounds;
    this.window = window;
  }

  /**
   * Goes on with a stored count where it belongs to the present day: also one that began under another reset hour, after
   * the day before (`previousStart`) had begun, so that an edited hour never gives a budget twice.
   */
  restore(counter: QuotaCounter, previousStart: number): void {
    if (counter.windowStart <= previousStart || counter.windowStart > this.window.start + STEP_BACK_MS) return;
    this.used = counter.used;
    this.unpriced = counter.unpriced;
    if (counter.softTold === null) return;
    this.softAnnouncedFor = this.window.start;
    this.softAnnouncedLimit = counter.softTold;
  }

  /** Moves to the day that holds now; answers whether a new one began. */
  roll(window: DayWindow): boolean {
    const backwards = window.start < this.window.start && this.window.start - window.start < STEP_BACK_MS;
    if (window.start === this.window.start || backwards) return false;
    this.window = window;
    this.used = 0;
    this.unpriced = 0;
    this.#refusedWhileNearlyGone = false;
    this.#formerStarts = [];
    return true;
  }

  /** The reset hour or zone was edited: the same count goes on in the day that now holds this moment. */
  rebase(window: DayWindow): void {
    const former = this.window.start;
    if (former === window.start) {
      this.window = window;
      return;
    }
    this.window = window;
    this.#formerStarts.push(former);
    if (this.announcedFor === former) this.announcedFor = window.start;
    if (this.softAnnouncedFor === former) this.softAnnouncedFor = window.start;
  }

  /** Whether `amount` more fits. A spent budget lets nothing through, not even what seems to cost nothing. */
  fits(amount: number): boolean {
    const { hard } = this.bounds;
    const fits = this.used < hard && this.used + amount <= hard;
    if (!fits && this.#nearlyGone()) this.#refusedWhileNearlyGone = true;
    return fits;
  }

  add(amount: number, now: number): void {
    this.used += amount;
    this.#rate.add(amount, now);
  }

  /** Gives back one request without a price, where it was counted in the present window. */
  returnUnpriced(windowStart: number): void {
    if (this.#isPresent(windowStart)) this.unpriced = Math.max(0, this.unpriced - 1);
  }

  /** Corrects what a reservation of the window that began at `windowStart` took; that of an earlier day stays with its day. */
  correct(windowStart: number, difference: number, now: number): void {
    if (!this.#isPresent(windowStart)) return;
    this.used = Math.max(0, this.used + difference);
    this.#rate.add(difference, now);
  }

  get exhausted(): boolean {
    return this.used >= this.bounds.hard || (this.#refusedWhileNearlyGone && this.#nearlyGone());
  }

  /** The soft limit is reached or passed. */
  get softExceeded(): boolean {
    return this.bounds.soft !== null && this.used >= this.bounds.soft;
  }

  /** When the budget runs out at the last hour's rate; null when it lasts until the reset, and once it is exhausted. */
  projectedExhaustion(now: number): number | null {
    if (this.exhausted) return null;
    const rate = this.#rate.perMs(now);
    if (rate <= 0) return null;
    const at = Math.ceil(now + (this.bounds.hard - this.used) / rate);
    return at < this.window.end ? at : null;
  }

  toStored(): QuotaCounter {
    const { owner, kind, window, used, unpriced } = this;
    const softTold = this.softAnnouncedFor === window.start ? this.softAnnouncedLimit : null;
    return { ...owner, limit: kind, windowStart: window.start, used, unpriced, softTold };
  }

  #isPresent(windowStart: number): boolean {
    return windowStart === this.window.start || this.#formerStarts.includes(windowStart);
  }

  #nearlyGone(): boolean {
    const { hard } = this.bounds;
    return hard - this.used < hard * NEARLY_GONE;
  }
}
