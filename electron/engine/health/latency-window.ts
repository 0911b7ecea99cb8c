/** Bins grow by this factor: percentiles are exact to about 5 % before interpolation. */
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);
const BINS = 150;
const SLICES = 6;

interface Slice {
  slice: number;
  counts: Uint32Array;
  longest: number;
}

/**
 * Percentiles of latency over a sliding window, in constant memory and in a time that does not depend on traffic: a
 * routing decision reads it for every candidate. Times are monotonic milliseconds.
 */
export class LatencyWindow {
  readonly #sliceMs: number;
  #slices: Slice[] = [];
  /** The sum of all slices, kept so that a reading is one walk over the bins. */
  readonly #sum = new Uint32Array(BINS);
  #total = 0;
  #longest = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  add(latencyMs: number, at: number): void {
    this.#forget(at);
    const slice = Math.floor(at / this.#sliceMs);
    let current = this.#slices.at(-1);
    if (current?.slice !== slice) {
      current = { slice, counts: new Uint32Array(BINS), longest: 0 };
      this.#slices.push(current);
    }
    const bin = binOf(latencyMs);
    current.counts[bin] = (current.counts[bin] ?? 0) + 1;
    current.longest = Math.max(current.longest, latencyMs);
    this.#sum[bin] = (this.#sum[bin] ?? 0) + 1;
    this.#total += 1;
    this.#longest = Math.max(this.#longest, latencyMs);
  }

  /** How many latencies the window holds. */
  samples(at: number): number {
    this.#forget(at);
    return this.#total;
  }

  /** The latency in milliseconds below which `share` (0 to 1) of the window lies; null for an empty window. */
  percentile(share: number, at: number): number | null {
    this.#forget(at);
    if (this.#total === 0) return null;
    const rank = share * this.#total;
    let seen = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      const count = this.#sum[bin] ?? 0;
      if (count > 0 && seen + count >= rank) {
        const low = lowerEdge(bin);
        return Math.min(this.#longest, low + (lowerEdge(bin + 1) - low) * ((rank - seen) / count));
      }
      seen += count;
    }
    return this.#longest;
  }

  clear(): void {
    this.#slices = [];
    this.#addUp();
  }

  #forget(at: number): void {
    const oldest = Math.floor(at / this.#sliceMs) - SLICES;
    const first = this.#slices[0];
    if (first === undefined || first.slice > oldest) return;
    this.#slices = this.#slices.filter((one) => one.slice > oldest);
    this.#addUp();
  }

  #addUp(): void {
    this.#sum.fill(0);
    this.#total = 0;
    this.#longest = 0;
    for (const { counts, longest } of this.#slices) {
      this.#longest = Math.max(this.#longest, longest);
      for (const [bin, count] of counts.entries()) {
        this.#sum[bin] = (this.#sum[bin] ?? 0) + count;
        this.#total += count;
      }
    }
  }
}

/** Bin 0 holds everything below 1 ms. */
function binOf(latencyMs: number): number {
  if (latencyMs < 1) return 0;
  return Math.min(BINS - 1, 1 + Math.floor(Math.log(latencyMs) / LOG_GROWTH));
}

function lowerEdge(bin: number): number {
  return bin === 0 ? 0 : GROWTH ** (bin - 1);
}
