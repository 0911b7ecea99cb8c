import type { Override, OverrideRequest } from '../../../shared/domain/operations.ts';
import type { Clock } from '../clock.ts';

/** Where overrides live between starts; both calls are durable when they return. */
export interface OverrideStorage {
  saveOverride(override: Omit<Override, 'id'>): Override;
  endOverride(id: number, endedAt: number, how: 'released' | 'expired'): void;
}

export interface OverrideBookDependencies {
  clock: Clock;
  storage: OverrideStorage;
  /** What was active at the last stop; ended at once when it has expired since. */
  initial: Override | null;
  /** Called after every change, with what is active then. */
  onChange: (active: Override | null) => void;
}

/** Whether an override is meant for a request: for all, for its call site, or for the model it names. */
export function overrideCovers(
  override: Pick<Override, 'scope'>,
  request: { callSite: string | null; model: string },
): boolean {
  const [kind, ...rest] = override.scope.split(':');
  const name = rest.join(':');
  if (kind === 'call-site') return request.callSite === name;
  if (kind === 'model') return request.model === name;
  return kind === 'all';
}

/** The one override that may be active: kept over a restart, and ended by itself when its time is up. */
export class OverrideBook {
  readonly #clock: Clock;
  readonly #storage: OverrideStorage;
  readonly #onChange: (active: Override | null) => void;
  #active: Override | null;
  #cancelExpiry: (() => void) | null = null;

  constructor({ clock, storage, initial, onChange }: OverrideBookDependencies) {
    this.#clock = clock;
    this.#storage = storage;
    this.#onChange = onChange;
    this.#active = initial;
    this.#expireWhenDue();
  }

  /**
   * The override at a moment in epoch milliseconds; null when there is none or its time is up. The first look after its time
   * ends it for good: timers stand still while a machine sleeps, and a clock that is set back must not bring it back.
   */
  active(now: number): Override | null {
    const active = this.#active;
    if (!active || active.expires_at > now) return active;
    this.#end(active, active.expires_at, 'expired');
    return null;
  }

  /** Forces a provider from now on for `ttl_seconds`; an override that is active ends with it. */
  set(request: OverrideRequest): Override {
    const now = this.#clock.now();
    const before = this.active(now);
    const { ttl_seconds: seconds, provider, reason, operator, scope } = request;
    const saved = this.#storage.saveOverride({
      provider,
      scope,
      reason,
      operator,
      created_at: now,
      expires_at: now + seconds * 1000,
    });
    if (before) this.#storage.endOverride(before.id, now, 'released');
    this.#active = saved;
    this.#expireWhenDue();
    this.#onChange(saved);
    return saved;
  }

  /** Ends the active override; answers it, or null when there was none. */
  release(): Override | null {
    const now = this.#clock.now();
    const released = this.active(now);
    if (!released) return null;
    this.#end(released, now, 'released');
    return released;
  }

  /** Stops the timer; what is active stays so for the next start. */
  close(): void {
    this.#cancelExpiry?.();
    this.#cancelExpiry = null;
  }

  #expireWhenDue(): void {
    this.close();
    const active = this.#active;
    if (!active) return;
    const left = active.expires_at - this.#clock.now();
    if (left <= 0) {
      this.#end(active, active.expires_at, 'expired');
      return;
    }
    // Asked again when it rings: timers run on the monotonic clock, and the wall clock may have been set meanwhile.
    this.#cancelExpiry = this.#clock.after(left, () => this.#expireWhenDue());
  }

  #end(override: Override, at: number, how: 'released' | 'expired'): void {
    this.close();
    this.#active = null;
    this.#storage.endOverride(override.id, at, how);
    this.#onChange(null);
  }
}
