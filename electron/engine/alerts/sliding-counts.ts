const BUCKETS = 60;

interface Bucket {
  at: number;
  amounts: Map<string, number>;
}

/** Amounts by name over the last `windowMs`, exact to a sixtieth of it, in memory of bounded size. */
export class SlidingCounts {
  readonly #windowMs: number;
  readonly #names: number;
  #buckets: Bucket[] = [];

  /**
   * Beyond `names` different names in a bucket, further ones are not told apart from one another. Every `now` is in
   * milliseconds of one clock that never goes back.
   */
  constructor(windowMs: number, names = 200) {
    this.#windowMs = windowMs;
    this.#names = names;
  }

  add(name: string, amount: number, now: number): void {
    const width = this.#windowMs / BUCKETS;
    const at = Math.floor(now / width) * width;
    let bucket = this.#buckets.at(-1);
    if (!bucket || bucket.at !== at) {
      bucket = { at, amounts: new Map() };
      this.#buckets = [...this.#buckets.filter((one) => one.at > now - this.#windowMs), bucket];
    }
    const known = bucket.amounts.has(name) || bucket.amounts.size < this.#names;
    const key = known ? name : 'other';
    bucket.amounts.set(key, (bucket.amounts.get(key) ?? 0) + amount);
  }

  totals(now: number): Map<string, number> {
    const totals = new Map<string, number>();
    for (const { at, amounts } of this.#buckets) {
      if (at <= now - this.#windowMs) continue;
      for (const [name, amount] of amounts) totals.set(name, (totals.get(name) ?? 0) + amount);
    }
    return totals;
  }
}
