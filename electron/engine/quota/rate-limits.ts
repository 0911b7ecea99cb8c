/** A token bucket that holds one second's worth: `limit` requests at once, then `limit` a second. Times are monotonic ms. */
export class RequestRate {
  #limit: number;
  #tokens: number;
  #at: number;

  constructor(limit: number, at: number) {
    this.#limit = limit;
    this.#tokens = capacity(limit);
    this.#at = at;
  }

  /** Milliseconds until one request fits; 0 when it does now. */
  waitMs(at: number): number {
    this.#refill(at);
    return this.#tokens >= 1 - TOLERANCE ? 0 : Math.ceil(((1 - this.#tokens) / this.#limit) * 1_000);
  }

  take(at: number): void {
    this.#refill(at);
    this.#tokens -= 1;
  }

  giveBack(at: number): void {
    this.#refill(at);
    this.#tokens = Math.min(capacity(this.#limit), this.#tokens + 1);
  }

  /** Requests that still count, rounded up. */
  used(at: number): number {
    this.#refill(at);
    return Math.ceil(capacity(this.#limit) - this.#tokens - TOLERANCE);
  }

  /** Milliseconds until nothing counts any more. */
  resetMs(at: number): number {
    this.#refill(at);
    return Math.ceil(((capacity(this.#limit) - this.#tokens) / this.#limit) * 1_000);
  }

  /** Takes an edited limit; what was used stays used. */
  change(limit: number, at: number): void {
    const used = capacity(this.#limit) - this.#tokens;
    this.#refill(at);
    this.#limit = limit;
    this.#tokens = capacity(limit) - Math.min(used, capacity(limit));
  }

  #refill(at: number): void {
    const grown = this.#tokens + (Math.max(0, at - this.#at) / 1_000) * this.#limit;
    this.#tokens = Math.min(capacity(this.#limit), grown);
    this.#at = Math.max(this.#at, at);
  }
}

/** Sums of fractions of a token miss whole ones by a rounding error. */
const TOLERANCE = 1e-9;

function capacity(limit: number): number {
  return Math.max(1, limit);
}

/** Where a reservation's tokens were counted, for correcting them later. */
export interface TokenMark {
  second: number;
  tokens: number;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** Tokens of the last sixty seconds, counted by the second: a second leaves the window when its last moment has. */
export class TokenMinute {
  readonly #seconds = new Map<number, number>();

  used(at: number): number {
    this.#forget(at);
    let sum = 0;
    for (const tokens of this.#seconds.values()) sum += tokens;
    return sum;
  }

  add(tokens: number, at: number): TokenMark {
    const second = Math.floor(at / SECOND_MS);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + tokens);
    return { second, tokens };
  }

  /** Replaces what a reservation counted; nothing happens once its second has left the window. */
  correct(mark: TokenMark, tokens: number): void {
    const counted = this.#seconds.get(mark.second);
    if (counted !== undefined) this.#seconds.set(mark.second, counted + tokens - mark.tokens);
  }

  /** Milliseconds until `tokens` more fit under `limit`; null when they never will. */
  waitMs(tokens: number, limit: number, at: number): number | null {
    if (tokens > limit) return null;
    let used = this.used(at);
    if (used + tokens <= limit) return 0;
    for (const [second, counted] of this.#seconds) {
      used -= counted;
      if (used + tokens <= limit) return Math.ceil(leavesAt(second) - at);
    }
    return MINUTE_MS;
  }

  /** Milliseconds until nothing counts any more. */
  resetMs(at: number): number {
    this.#forget(at);
    const newest = [...this.#seconds.keys()].at(-1);
    return newest === undefined ? 0 : Math.ceil(leavesAt(newest) - at);
  }

  #forget(at: number): void {
    for (const second of this.#seconds.keys()) {
      if (leavesAt(second) > at) return;
      this.#seconds.delete(second);
    }
  }
}

function leavesAt(second: number): number {
  return (second + 1) * SECOND_MS + MINUTE_MS;
}
