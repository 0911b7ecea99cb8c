import type { InferenceLoad } from '../../../shared/domain/provider.ts';
import type { Clock } from '../clock.ts';
import type { Provider } from '../providers/types.ts';
import { withLimit } from './probe-runner.ts';

export interface LoadScraperDeps {
  provider: () => Provider;
  clock: Clock;
  /** Time limit of one scrape in milliseconds. */
  limitMs: () => number;
  /** False while the server is known to be down or is switched off. */
  isWorthAsking: () => boolean;
  onLoad: () => void;
}

const INTERVAL_MS = 5_000;

/**
 * Reads an inference server's own load figures every five seconds. A server whose metrics cannot be read has an unknown
 * load, which is no failure of the server.
 */
export class LoadScraper {
  /** The newest figures; null while they are unknown. */
  load: InferenceLoad | null = null;
  readonly #deps: LoadScraperDeps;
  #stop = new AbortController();
  #cancel = (): void => undefined;

  constructor(deps: LoadScraperDeps) {
    this.#deps = deps;
  }

  /** Begins after `ms`, in place of whatever was under way. APIs have nothing to scrape. */
  start(ms: number): void {
    this.stop();
    this.load = null;
    if (this.#deps.provider().scrapeLoad === null) return;
    this.#stop = new AbortController();
    this.#plan(ms, this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort(new Error('the load is no longer read'));
    this.#cancel();
  }

  /** The figures are of a time before something happened. */
  forget(): void {
    this.load = null;
  }

  #plan(ms: number, signal: AbortSignal): void {
    this.#cancel = this.#deps.clock.after(ms, () => void this.#scrape(signal));
  }

  async #scrape(signal: AbortSignal): Promise<void> {
    const load = await this.#read(signal);
    if (signal.aborted) return;
    this.load = load;
    this.#deps.onLoad();
    this.#plan(INTERVAL_MS, signal);
  }

  async #read(stop: AbortSignal): Promise<InferenceLoad | null> {
    const { provider, clock, limitMs, isWorthAsking } = this.#deps;
    if (!isWorthAsking()) return null;
    try {
      const server = provider();
      const ask = async (signal: AbortSignal): Promise<InferenceLoad | null> => server.scrapeLoad?.(signal) ?? null;
      return await withLimit(ask, Math.min(limitMs(), INTERVAL_MS), clock, stop);
    } catch {
      return null;
    }
  }
}
