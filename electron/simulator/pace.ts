import type { SimulatorClock } from './clock.ts';
import { logNormal, type Random } from './random.ts';

/** How fast a simulated provider answers. */
export interface LatencyModel {
  /** Time to the first token of an idle server: log-normal with this median and 95th percentile, milliseconds. */
  firstTokenMedianMs: number;
  firstTokenP95Ms: number;
  /** Per stream on an idle server; `Infinity` writes all at once. */
  tokensPerSecond: number;
  /** Each gap between tokens varies by this share up and down, 0 to 1. */
  jitter: number;
  /** With a full batch every step takes 1 + this many times as long. */
  loadSlowdown: number;
  /** Tokens in one event of the stream. */
  tokensPerEvent: number;
}

/** Answers at once: for tests that are not about time. */
export const INSTANT: LatencyModel = {
  firstTokenMedianMs: 0,
  firstTokenP95Ms: 0,
  tokensPerSecond: Infinity,
  jitter: 0,
  loadSlowdown: 0,
  tokensPerEvent: 1,
};

/** How long things take, given how full the batch is (0 to 1) and a further slowdown (1 or more). */
export interface Pace {
  firstTokenMs(load: number, slowdown: number): number;
  eventGapMs(load: number, slowdown: number, tokens: number): number;
}

export function createPace(model: LatencyModel, random: Random): Pace {
  const burden = (load: number, slowdown: number): number => slowdown * (1 + model.loadSlowdown * load);
  return {
    firstTokenMs: (load, slowdown) =>
      logNormal(random, model.firstTokenMedianMs, model.firstTokenP95Ms) * burden(load, slowdown),
    eventGapMs(load, slowdown, tokens) {
      const variation = 1 + model.jitter * (2 * random() - 1);
      return ((1000 * tokens) / model.tokensPerSecond) * variation * burden(load, slowdown);
    },
  };
}

/** The queue in front of the batch is full. */
export class QueueFull extends Error {
  constructor(limit: number) {
    super(`The queue holds ${limit} requests and takes no more.`);
    this.name = 'QueueFull';
  }
}

/** As many requests run together as the batch holds; the others wait in the order in which they came. */
export class Batch {
  readonly size: number;
  readonly #queueLimit: number;
  readonly #waiting: { admit: () => void }[] = [];
  #running = 0;

  constructor(size: number, queueLimit: number) {
    this.size = size;
    this.#queueLimit = queueLimit;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** How full the batch is besides one request of its own, 0 to 1. */
  get load(): number {
    return this.size === Infinity ? 0 : Math.max(0, this.#running - 1) / this.size;
  }

  /** Resolves when there is room; `leave` must then be called once. Throws `QueueFull`, or the signal's reason. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.size) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#queueLimit) throw new QueueFull(this.#queueLimit);
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason instanceof Error ? signal.reason : new Error('The caller left the queue.'));
      };
      const entry = {
        admit: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(entry);
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next.admit();
    else this.#running -= 1;
  }
}

/** Sleeps until the due moment on the monotonic clock; returns at once where it has passed. */
export async function sleepUntil(due: number, clock: SimulatorClock, signal: AbortSignal): Promise<void> {
  const rest = due - clock.monotonic();
  if (rest > 0.5) await clock.sleep(rest, signal);
}
