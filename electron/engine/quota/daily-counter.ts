import type { DayWindow } from './day-window.ts';
import type { QuotaCounter } from './types.ts';
import { UsageRate } from './usage-rate.ts';

export type DailyLimit = 'requests_per_day' | 'usd_per_day';

/** A clock stepped back by less than this does not start an old day again; further back, the later day was the mistake. */
const STEP_BACK_MS = 26 * 60 * 60 * 1_000;
/** A request too dear for what is left closes the budget when less than this share is left. */
const NEARLY_GONE = 0.05;

/** One daily budget of one provider: requests, or whole micro-dollars. */
export class DailyCounter {
  readonly provider: string;
  readonly kind: DailyLimit;
  limit: number;
  used = 0;
  window: DayWindow;
  /** Start of the window whose exhaustion has been announced, and the limit it had then; null when none is. */
  announcedFor: number | null = null;
  announcedLimit = 0;
  #refusedWhileNearlyGone = false;
  readonly #rate = new UsageRate();

  constructor(provider: string, kind: DailyLimit, limit: number, window: DayWindow) {
    this.provider = provider;
    this.kind = kind;
    this.limit = limit;
    this.window = window;
  }

  /** Goes on with a stored count where it belongs to the present day. */
  restore(counter: QuotaCounter): void {
    if (counter.windowStart < this.window.start || counter.windowStart > this.window.start + STEP_BACK_MS) return;
    this.used = counter.used;
  }

  /** Moves to the day that holds now; answers whether a new one began. */
  roll(window: DayWindow): boolean {
    const backwards = window.start < this.window.start && this.window.start - window.start < STEP_BACK_MS;
    if (window.start === this.window.start || backwards) return false;
    this.window = window;
    this.used = 0;
    this.#refusedWhileNearlyGone = false;
    return true;
  }

  /** Whether `amount` more fits. A spent budget lets nothing through, not even what seems to cost nothing. */
  fits(amount: number): boolean {
    const fits = this.used < this.limit && this.used + amount <= this.limit;
    if (!fits && this.#nearlyGone()) this.#refusedWhileNearlyGone = true;
    return fits;
  }

  add(amount: number, now: number): void {
    this.used += amount;
    this.#rate.add(amount, now);
  }

  /** Corrects what a reservation of the window that began at `windowStart` took; that of an earlier day stays with its day. */
  correct(windowStart: number, difference: number, now: number): void {
    if (windowStart !== this.window.start) return;
    this.used = Math.max(0, this.used + difference);
    this.#rate.add(difference, now);
  }

  get exhausted(): boolean {
    return this.used >= this.limit || (this.#refusedWhileNearlyGone && this.#nearlyGone());
  }

  /** When the budget runs out at the last hour's rate; null when it lasts until the reset, and once it is exhausted. */
  projectedExhaustion(now: number): number | null {
    if (this.exhausted) return null;
    const rate = this.#rate.perMs(now);
    if (rate <= 0) return null;
    const at = Math.ceil(now + (this.limit - this.used) / rate);
    return at < this.window.end ? at : null;
  }

  toStored(): QuotaCounter {
    return { provider: this.provider, limit: this.kind, windowStart: this.window.start, used: this.used };
  }

  #nearlyGone(): boolean {
    return this.limit - this.used < this.limit * NEARLY_GONE;
  }
}
