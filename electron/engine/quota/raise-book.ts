import type { LimitKind, LimitRaise } from '../../../shared/domain/quota.ts';
import type { Clock } from '../clock.ts';
import { limitKey, type LimitOwner } from './limit-owner.ts';
import type { LimitTarget, RaiseStorage } from './types.ts';

/** The raised limits: kept over a restart, one for each limit, each ended by itself when its time is up. */
export class RaiseBook {
  readonly #clock: Clock;
  readonly #storage: RaiseStorage;
  readonly #onDue: () => void;
  readonly #raises = new Map<string, LimitRaise>();
  /** When the first of them ends; not known before the first look. */
  #nextEnd = -Infinity;
  #cancelTimer = (): void => undefined;

  /** @param onDue called when a raise may be over, so that it ends without a request to notice it. */
  constructor(clock: Clock, storage: RaiseStorage, onDue: () => void) {
    this.#clock = clock;
    this.#storage = storage;
    this.#onDue = onDue;
    for (const raise of storage.loadRaises()) this.#raises.set(limitKey(raise), raise);
    this.expire(clock.now());
  }

  /** What is raised of one owner's limits. */
  of(owner: LimitOwner): ReadonlyMap<LimitKind, LimitRaise> {
    const own = [...this.#raises.values()].filter(({ scope, name }) => scope === owner.scope && name === owner.name);
    return new Map(own.map((raise) => [raise.limit, raise]));
  }

  set(raise: Omit<LimitRaise, 'id' | 'created_at'>): LimitRaise {
    const now = this.#clock.now();
    const before = this.#raises.get(limitKey(raise));
    const saved = this.#storage.saveRaise({ ...raise, created_at: now });
    if (before) this.#storage.endRaise(before.id, now, 'replaced');
    this.#raises.set(limitKey(saved), saved);
    this.#plan();
    return saved;
  }

  /** Ends a raise before its time; null when there is none. */
  end(target: LimitTarget): LimitRaise | null {
    const raise = this.#raises.get(limitKey(target));
    if (!raise) return null;
    this.#raises.delete(limitKey(target));
    this.#storage.endRaise(raise.id, this.#clock.now(), 'ended');
    this.#plan();
    return raise;
  }

  /** Ends what is over at `now`; answers whether anything was. Costs a comparison when nothing is. */
  expire(now: number): boolean {
    const over = now < this.#nextEnd ? [] : [...this.#raises].filter(([, { until }]) => until <= now);
    for (const [key, raise] of over) {
      this.#raises.delete(key);
      this.#storage.endRaise(raise.id, raise.until, 'expired');
    }
    if (over.length > 0 || this.#nextEnd <= now) this.#plan();
    return over.length > 0;
  }

  /** Stops the timer; what is raised stays so for the next start. */
  close(): void {
    this.#cancelTimer();
  }

  #plan(): void {
    this.#cancelTimer();
    this.#nextEnd = Math.min(Infinity, ...[...this.#raises.values()].map(({ until }) => until));
    if (this.#nextEnd === Infinity) return;
    // Asked again when it rings: timers run on the monotonic clock, and the wall clock may have been set meanwhile.
    this.#cancelTimer = this.#clock.after(Math.max(0, this.#nextEnd - this.#clock.now()), () => {
      this.#onDue();
      if (this.#nextEnd > this.#clock.now()) this.#plan();
    });
  }
}
