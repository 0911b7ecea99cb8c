import type { LiveMessage } from '../../shared/domain/live.ts';
import type { QuotaStatus } from '../../shared/domain/quota.ts';
import type { RequestDetail, RequestSummary } from '../../shared/domain/request.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { Clock } from '../engine/clock.ts';
import type { EngineApi } from '../engine/engine-api.ts';
import type { EngineEvents } from '../engine/events.ts';
import { type LiveUpdate, SubscriberQueue } from './subscriber-queue.ts';

const GAUGE_INTERVAL_MS = 1000;
const REQUEST_BATCH_INTERVAL_MS = 250;
const REQUEST_BATCH_ROWS = 50;
const QUEUE_LIMIT = 512;

/** Every one of these changes the status, so each is followed by a `status` message of its own. */
const TRANSITIONS = [
  'health_changed',
  'breaker_changed',
  'override_changed',
  'isolation_changed',
  'config_loaded',
  'config_refused',
  'quota_exhausted',
  'quota_reopened',
  'quota_soft_exceeded',
  'episode_changed',
  'drill_changed',
  'alert_changed',
  'pending_alerts_changed',
] as const satisfies ReadonlyArray<keyof EngineEvents>;

interface Subscriber {
  readonly queue: SubscriberQueue;
  ended: boolean;
  wake: () => void;
}

/** Drops what a list never shows, so that the live stream carries no decisions and attempts. */
function summaryOf(detail: RequestDetail): RequestSummary {
  const { decision: _decision, attempt_list: _attempts, ...summary } = detail;
  return summary;
}

function gaugesOf(status: Status, callSiteQuotas: QuotaStatus[]): LiveUpdate {
  return {
    type: 'gauges',
    at: status.at,
    providers: status.providers.map(({ name, gauges, load, quota }) => ({ name, gauges, load, quota })),
    requests_per_second: status.requests_per_second,
    cost_usd_per_hour: status.cost_usd_per_hour,
    pricing_unknown_last_hour: status.pricing_unknown_last_hour,
    call_site_quotas: callSiteQuotas,
  };
}

/**
 * The live stream of the console, fanned out to any number of subscribers: one listener on the engine's bus and one
 * tick a second for all of them, and neither while nobody listens.
 */
export class LiveFeed {
  readonly #engine: EngineApi;
  readonly #clock: Clock;
  readonly #subscribers = new Set<Subscriber>();
  #detach: Array<() => void> = [];
  #stopTick: () => void = () => {};
  #stopFlush: (() => void) | null = null;
  #pendingRequests: RequestSummary[] = [];
  #skippedRequests = 0;

  constructor(engine: EngineApi, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /**
   * A snapshot, then what changes, numbered without gaps. Ends when `signal` is aborted, when the feed is closed, or
   * when the reader has fallen so far behind that transitions would be lost: subscribing again brings a new snapshot.
   */
  async *subscribe(signal?: AbortSignal): AsyncGenerator<LiveMessage, void, void> {
    const subscriber = this.#join();
    const wake = (): void => subscriber.wake();
    signal?.addEventListener('abort', wake);
    try {
      let seq = 0;
      yield { seq: seq++, ...this.#snapshot() };
      while (!subscriber.ended && !signal?.aborted) {
        const update = subscriber.queue.take();
        if (update !== undefined) {
          yield { seq: seq++, ...update };
          continue;
        }
        await new Promise<void>((resolve) => (subscriber.wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#leave(subscriber);
    }
  }

  /** Ends every subscription. */
  close(): void {
    for (const subscriber of this.#subscribers) this.#end(subscriber);
  }

  #snapshot(): Extract<LiveUpdate, { type: 'snapshot' }> {
    return {
      type: 'snapshot',
      at: this.#clock.now(),
      status: this.#engine.status(),
      requests: this.#engine.recentRequests(),
      open_episodes: this.#engine.openEpisodes(),
      call_site_quotas: this.#callSiteQuotas(),
    };
  }

  #callSiteQuotas(): QuotaStatus[] {
    return this.#engine.quotas().quotas.filter(({ scope }) => scope === 'call_site');
  }

  #join(): Subscriber {
    const subscriber: Subscriber = { queue: new SubscriberQueue(QUEUE_LIMIT), ended: false, wake: () => {} };
    this.#subscribers.add(subscriber);
    if (this.#subscribers.size === 1) this.#attach();
    return subscriber;
  }

  #leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    for (const detach of this.#detach) detach();
    this.#detach = [];
    this.#stopTick();
    this.#stopFlush?.();
    this.#stopFlush = null;
    this.#pendingRequests = [];
    this.#skippedRequests = 0;
  }

  #attach(): void {
    const { events } = this.#engine;
    this.#detach = [
      events.on('episode_changed', (episode) =>
        this.#publish({ type: 'episode', at: this.#clock.now(), episode: structuredClone(episode) }),
      ),
      events.on('fallback', (event) => this.#publish({ type: 'fallback', at: this.#clock.now(), event })),
      events.on('request_finished', (detail) => this.#collect(detail)),
      ...TRANSITIONS.map((name) =>
        events.on(name, () =>
          this.#publish({ type: 'status', at: this.#clock.now(), status: structuredClone(this.#engine.status()) }),
        ),
      ),
    ];
    this.#armTick();
  }

  #armTick(): void {
    this.#stopTick = this.#clock.after(GAUGE_INTERVAL_MS, () => {
      this.#armTick();
      this.#publish(gaugesOf(this.#engine.status(), this.#callSiteQuotas()));
    });
  }

  #collect(detail: RequestDetail): void {
    if (this.#pendingRequests.length < REQUEST_BATCH_ROWS) this.#pendingRequests.push(summaryOf(detail));
    else this.#skippedRequests += 1;
    this.#stopFlush ??= this.#clock.after(REQUEST_BATCH_INTERVAL_MS, () => this.#flush());
  }

  #flush(): void {
    const update: LiveUpdate = {
      type: 'requests',
      at: this.#clock.now(),
      requests: this.#pendingRequests,
      skipped: this.#skippedRequests,
    };
    this.#stopFlush = null;
    this.#pendingRequests = [];
    this.#skippedRequests = 0;
    this.#publish(update);
  }

  #publish(update: LiveUpdate): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.queue.push(update)) subscriber.wake();
      else this.#end(subscriber);
    }
  }

  #end(subscriber: Subscriber): void {
    subscriber.ended = true;
    subscriber.wake();
  }
}
