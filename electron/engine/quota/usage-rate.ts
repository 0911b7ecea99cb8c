const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** How fast a daily budget was used over the last hour, by the minute. Times are epoch milliseconds. */
export class UsageRate {
  readonly #minutes = new Map<number, number>();
  #firstAt: number | null = null;

  add(amount: number, at: number): void {
    this.#firstAt ??= at;
    const minute = Math.floor(at / MINUTE_MS);
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + amount);
  }

  /** Amount per millisecond over the last hour, or since the first use where that is shorter (but at least a minute). */
  perMs(at: number): number {
    if (this.#firstAt === null) return 0;
    const oldest = Math.floor(at / MINUTE_MS) - HOUR_MINUTES;
    let sum = 0;
    for (const [minute, amount] of this.#minutes) {
      if (minute <= oldest) this.#minutes.delete(minute);
      else sum += amount;
    }
    const span = Math.min(HOUR_MINUTES * MINUTE_MS, Math.max(MINUTE_MS, at - this.#firstAt));
    return Math.max(0, sum) / span;
  }
}
