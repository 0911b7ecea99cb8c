import type { ProviderStatus } from '../../shared/domain/provider.ts';
import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';
import type { LiveState } from './live/live-state.ts';
import type { Logger } from './log.ts';
import type { Registry } from './registry/types.ts';
import { DAY_MS } from './store/grains.ts';
import type { StoreWriter } from './store/types.ts';

const TICK_MS = 1000;
const ALIVE_EVERY_MS = 5000;

export interface UpkeepParts {
  clock: Clock;
  events: EventBus;
  live: LiveState;
  writer: Pick<StoreWriter, 'markAlive' | 'addHealthTransition' | 'purge'>;
  /** How providers stand now. */
  providers: () => readonly Pick<ProviderStatus, 'name' | 'health'>[];
  registry: () => Registry;
  logger: Logger;
}

/**
 * What has to happen by itself: finished requests feed the live picture, the verdict is looked at on every transition and
 * once a second, the time the engine ran is marked, and rows are kept for as long as the registry says by now. Returns
 * what stops it.
 */
export function startUpkeep({ clock, events, live, writer, providers, registry, logger }: UpkeepParts): () => void {
  const observe = (): void => live.observe(clock.now());
  let keptDays = registry().storage.retentionDays;
  const followRetention = (): void => {
    const { retentionDays } = registry().storage;
    if (retentionDays === keptDays) return;
    keptDays = retentionDays;
    writer.purge(clock.now() - retentionDays * DAY_MS);
  };
  const listening = [
    events.on('request_finished', (request) => {
      live.noteRequest(request, clock.now());
      if (registry().monitoring.logModelSelection) {
        logger.info('model_selected', {
          request_id: request.id,
          ...(request.provider === null ? {} : { provider: request.provider }),
          ...(request.model === null ? {} : { model: request.model }),
          status: request.status,
          ...(request.rule === null ? {} : { rule: request.rule }),
          attempts: request.attempts,
          ...(request.fallback_from === null ? {} : { from_provider: request.fallback_from }),
          duration_ms: Math.round(request.duration_ms),
        });
      }
    }),
    events.on('fallback', (event) => live.noteFallback(event)),
    events.on('health_changed', (transition) => {
      observe();
      logger.info('health_changed', {
        provider: transition.provider,
        status: transition.to_status,
        reason: transition.reason,
      });
    }),
    events.on('breaker_changed', observe),
    events.on('override_changed', observe),
    events.on('isolation_changed', observe),
    events.on('config_loaded', observe),
    events.on('config_loaded', followRetention),
    events.on('config_refused', ({ error }) => logger.warn('config_refused', { reason: error })),
  ];
  let aliveSince = clock.now();
  let aliveMarked = clock.now();
  /** A clock that is set back repeats a time of which other things are stored: what holds now is written down anew. */
  const restateHealth = (at: number): void => {
    for (const { name: provider, health } of providers()) {
      const { status, reason } = health;
      writer.addHealthTransition({ provider, at, from_status: status, to_status: status, reason });
    }
  };
  const markAlive = (now: number): void => {
    if (now < aliveMarked) restateHealth(now);
    // A gap means that the machine slept: nothing was seen then, and nothing may be claimed of it.
    if (now - aliveMarked > 3 * ALIVE_EVERY_MS || now < aliveMarked) aliveSince = now;
    writer.markAlive(aliveSince, now);
    aliveMarked = now;
  };
  const tick = (): void => {
    const now = clock.now();
    observe();
    if (now - aliveMarked >= ALIVE_EVERY_MS || now < aliveMarked) markAlive(now);
    cancel = clock.after(TICK_MS, tick);
  };
  let cancel = clock.after(TICK_MS, tick);
  return () => {
    cancel();
    for (const stopListening of listening) stopListening();
    markAlive(clock.now());
  };
}
