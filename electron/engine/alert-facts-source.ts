import type { QuotaStatus } from '../../shared/domain/quota.ts';
import type { Status } from '../../shared/domain/status.ts';
import { diskFreeShare } from './operations/alert-operations.ts';
import type { AlertCounters } from './alerts/alert-counters.ts';
import type { AlertFacts } from './alerts/alert-facts.ts';
import type { Clock } from './clock.ts';
import { DAY_MS } from './store/grains.ts';
import type { Store } from './store/types.ts';
import type { TimeRange } from './store/time-range.ts';

const REFRESH_MS = 60_000;

export interface AlertFactsParts {
  clock: Clock;
  dataDirectory: string;
  store: Pick<Store, 'reader'>;
  counters: AlertCounters;
  status: () => Status;
  quotas: () => QuotaStatus[];
  isApi: (provider: string) => boolean;
  lockedOut: () => AlertFacts['lockedOut'];
  undelivered: () => ReadonlyMap<string, number>;
  onError: (error: unknown) => void;
}

/** Gathers what alert rules look at. What has to be read from disk is read once a minute, beside the event loop. */
export class AlertFactsSource {
  readonly #parts: AlertFactsParts;
  #diskFree: number | null = null;
  #apiRequestsOfDay: number | null = null;
  #probeCostUsd: AlertFacts['probeCostUsd'] = new Map();
  #cancel: () => void = () => undefined;

  constructor(parts: AlertFactsParts) {
    this.#parts = parts;
  }

  start(): void {
    void this.#refresh();
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => undefined;
    this.#parts.counters.stop();
  }

  /** Free share of the data directory's disk, 0 to 1; null until it is known. */
  get diskFree(): number | null {
    return this.#diskFree;
  }

  facts(): AlertFacts {
    const { counters, status, quotas, lockedOut, undelivered } = this.#parts;
    return {
      ...counters.facts(),
      status: status(),
      quotas: quotas(),
      lockedOut: lockedOut(),
      apiRequestsOfDay: this.#apiRequestsOfDay,
      probeCostUsd: this.#probeCostUsd,
      diskFree: this.#diskFree,
      undelivered: undelivered(),
    };
  }

  async #refresh(): Promise<void> {
    const { clock, dataDirectory, onError } = this.#parts;
    let stopped = false;
    this.#cancel = () => {
      stopped = true;
    };
    try {
      this.#diskFree = await diskFreeShare(dataDirectory);
      this.#apiRequestsOfDay = await this.#countApiRequests();
      this.#probeCostUsd = await this.#sumProbeCosts();
    } catch (error) {
      // A store that closes takes its last question with it.
      if (!stopped) onError(error);
    }
    if (!stopped) this.#cancel = clock.after(REFRESH_MS, () => void this.#refresh());
  }

  async #sumProbeCosts(): Promise<AlertFacts['probeCostUsd']> {
    const costs = await this.#parts.store.reader.probeCosts(this.#lastDay());
    return new Map(costs.map(({ provider, cost_usd: usd }) => [provider, usd]));
  }

  #lastDay(): TimeRange {
    const until = this.#parts.clock.now() + 1;
    return { since: until - DAY_MS, until };
  }

  async #countApiRequests(): Promise<number> {
    const { store, isApi } = this.#parts;
    const { rows } = await store.reader.costs(this.#lastDay(), 'provider', 'UTC');
    return rows.filter(({ key }) => isApi(key)).reduce((sum, { requests }) => sum + requests, 0);
  }
}
