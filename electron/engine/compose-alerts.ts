import type { Status } from '../../shared/domain/status.ts';
import { AlertFactsSource } from './alert-facts-source.ts';
import type { AlertFacts } from './alerts/alert-facts.ts';
import { AlertBook, type AlertStorage } from './alerts/alert-book.ts';
import { AlertCounters } from './alerts/alert-counters.ts';
import type { Clock, Random } from './clock.ts';
import type { EventBus } from './events.ts';
import { isShadowBudget } from './experiments/shadow-conditions.ts';
import type { Logger } from './log.ts';
import { Notifier, type ShowNotification } from './notify/notifier.ts';
import type { PostFetch } from './notify/post-message.ts';
import type { QuotaManager } from './quota/types.ts';
import type { RegistryHolder } from './registry-holder.ts';
import type { Environment } from './registry/types.ts';
import type { Store } from './store/types.ts';

/** How the world outside is told. */
export interface NotifyMeans {
  fetch: PostFetch;
  /** Null where there is no desktop. */
  showNotification: ShowNotification | null;
  /** Address of the console without its token; null where no browser reaches it. */
  consoleUrl: () => string | null;
}

export interface AlertGround {
  holder: RegistryHolder;
  environment: Environment;
  store: Store;
  /** Of alerts and silences. */
  storage: AlertStorage;
  events: EventBus;
  clock: Clock;
  random: Random;
  logger: Logger;
  quota: QuotaManager;
  dataDirectory: string;
  gatewayUrl: () => string;
  means: NotifyMeans;
  status: () => Status;
  /** Providers that are out until somebody mends something. */
  lockedOut: () => AlertFacts['lockedOut'];
}

/** Builds what watches and what tells, and connects them. Starts nothing. */
export function composeAlerts(ground: AlertGround) {
  const { holder, environment, store, events, clock, random, logger, quota, means } = ground;
  const isApi = (name: string): boolean =>
    holder.current.providers.some((config) => config.name === name && config.deployment === 'api');
  const notifier = new Notifier({
    clock,
    random,
    fetch: means.fetch,
    storage: store.writer,
    restored: store.restored.deliveries,
    config: () => holder.current.notify,
    environment,
    links: () => ({
      console: means.consoleUrl(),
      source: ground.gatewayUrl(),
      simulated: holder.current.simulated,
    }),
    showNotification: means.showNotification,
    onDelivery: (channel, outcome) => {
      events.emit('notification_tried', { channel, outcome });
      if (outcome !== 'delivered') logger.warn('notification_not_delivered', { reason: `${channel}: ${outcome}` });
    },
  });
  const source = new AlertFactsSource({
    clock,
    dataDirectory: ground.dataDirectory,
    store,
    counters: new AlertCounters({ clock, events, isApi, restored: store.restored }),
    status: ground.status,
    quotas: () => quota.status().filter((one) => !isShadowBudget(one)),
    isApi,
    lockedOut: ground.lockedOut,
    undelivered: () => new Map([...notifier.waiting()].filter(([, waiting]) => waiting > 0)),
    onError: (error) => logger.warn('alert_facts_fault', { error }),
  });
  const book = new AlertBook({
    clock,
    events,
    storage: ground.storage,
    restored: store.restored.alerts,
    config: () => holder.current.alerts,
    facts: () => source.facts(),
    notify: (notices) => notifier.send(notices),
  });
  events.on('alert_changed', ({ rule, state, summary, acknowledged }) =>
    logger.warn('alert', {
      status: acknowledged && state === 'firing' ? 'acknowledged' : state,
      reason: `${rule}: ${summary}`,
    }),
  );
  return {
    book,
    notifier,
    source,
    start(): void {
      source.start();
      notifier.start();
      book.start();
    },
    stop(): void {
      book.stop();
      source.stop();
      notifier.stop();
    },
  };
}
