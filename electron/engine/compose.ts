import type { FailureClass } from '../../shared/domain/failure.ts';
import type { RequestDetail } from '../../shared/domain/request.ts';
import type { Clock, Random } from './clock.ts';
import { auditEndings } from './operations/audited-endings.ts';
import { AuditTrail } from './audit-trail.ts';
import { computeCost } from './cost/compute-cost.ts';
import { composeAlerts, type NotifyMeans } from './compose-alerts.ts';
import { DrillBook } from './drills/drill-book.ts';
import type { EventBus } from './events.ts';
import { isShadowBudget } from './experiments/shadow-conditions.ts';
import { ShadowTraffic } from './experiments/shadow-traffic.ts';
import { decideQuestion, NO_CALL_OPTIONS } from './gateway/explain-route.ts';
import { newRequestId } from './gateway/request-id.ts';
import type { FallbackNotice, GatewayRooms } from './gateway/types.ts';
import { createHealthMonitor } from './health/health-monitor.ts';
import { startIncidentRecorder } from './incidents/incident-recorder.ts';
import { HistoryOperations } from './operations/history-operations.ts';
import { RestrictedCount } from './live/restricted-count.ts';
import { LiveState } from './live/live-state.ts';
import { verdictOf } from './live/verdict.ts';
import type { Logger } from './log.ts';
import { createMetrics } from './metrics/metrics.ts';
import { Operations } from './operations/operations.ts';
import { probeRecord } from './probe-record.ts';
import type { ProviderPool } from './provider-pool.ts';
import { createQuotaManager } from './quota/quota-manager.ts';
import type { RegistryHolder } from './registry-holder.ts';
import { readEnvironmentName } from './registry/environment.ts';
import type { Environment } from './registry/types.ts';
import { ReplayOperations } from './operations/replay-operations.ts';
import { OverrideBook } from './router/overrides.ts';
import { RoutingOperations } from './operations/routing-operations.ts';
import { SettingsOperations } from './operations/settings-operations.ts';
import type { Store } from './store/types.ts';
import { startOwnRequest } from './trace-context.ts';
import type { StartTrace } from './trace-context.ts';

/** What the rooms are built on. */
export interface Ground {
  environment: Environment;
  holder: RegistryHolder;
  store: Store;
  pool: ProviderPool;
  events: EventBus;
  clock: Clock;
  random: Random;
  logger: Logger;
  version: string;
  dataDirectory: string;
  /** Known once the gateway listens; asked only after that. */
  gatewayUrl: () => string;
  means: NotifyMeans;
  /** Left out where no traces are recorded. */
  startTrace?: StartTrace | undefined;
}

/** Builds the rooms over their ground and connects them. Starts nothing: no timer, no probe, no port. */
export function composeRooms(ground: Ground) {
  const { environment, holder, store, pool, events, clock, random, logger } = ground;
  const registry = () => holder.current;
  const newId = () => newRequestId(clock.now(), random);
  const trail = new AuditTrail({ writer: store.writer, clock, events });
  const timed = auditEndings(store.writer, trail, clock, store.restored.override);
  const quota = createQuotaManager({
    registry,
    clock,
    storage: timed,
    events,
    onStorageError: (error) => logger.error('quota_not_stored', { error }),
  });
  events.on('quota_soft_exceeded', ({ scope, name, limit, used, soft_limit: soft }) =>
    logger.warn('quota_soft_exceeded', {
      ...(scope === 'provider' ? { provider: name } : { call_site: name }),
      limit,
      reason: `${used} used, and the soft limit is ${soft}`,
    }),
  );
  const health = createHealthMonitor({
    registry,
    provider: (name) => pool.get(name),
    clock,
    random,
    events,
    storage: store.writer,
    restored: store.restored,
    onProbeUsage: (name, probe) => {
      const row = probeRecord({ id: probe.requestId ?? newId(), config: pool.config(name), probe, at: clock.now() });
      if (!row) return;
      void store.writer.record(row);
      events.emit('request_finished', row);
    },
    onStorageError: (error) => logger.error('transition_not_stored', { error }),
  });
  const overrides = new OverrideBook({
    clock,
    storage: timed,
    initial: store.restored.override,
    onChange: (override) => events.emit('override_changed', override),
  });
  const attempt = { clock, computeCost };
  const record = (request: RequestDetail) => store.writer.record(request);
  const shadow = new ShadowTraffic({
    registry,
    provider: (name) => pool.get(name),
    standing: (name) => health.standing(name),
    quota,
    attempt,
    record,
    storage: store.writer,
    restored: store.restored.shadow,
    standsIn: (name) => live.verdict.verdict === 'fallback' && live.verdict.serving === name,
    drilled: (name) => drillBook.open?.provider === name,
    events,
    clock,
    random,
    newRequestId: newId,
    onError: (error) => logger.error('shadow_fault', { error }),
  });
  let turn = 0;
  const rooms: GatewayRooms = {
    registry,
    environment,
    provider: (name) => pool.get(name),
    health,
    quota,
    override: () => overrides.active(clock.now()),
    attempt,
    record,
    shadow,
    announceFallback: (notice) => {
      events.emit('stood_in', { provider: notice.toProvider });
      if (!registry().monitoring.trackFallbackUsage) return;
      events.emit('fallback', store.writer.addFallbackEvent(fallbackRow(notice)));
    },
    events,
    clock,
    random,
    logger,
    startTrace: ground.startTrace,
    nextTurn: () => (turn += 1),
  };
  /** The decision for an ordinary request made now; it takes no turn of the round robin. */
  const ordinaryDecision = () => decideQuestion({ ...rooms, nextTurn: () => turn }, { model: 'auto' }, NO_CALL_OPTIONS);
  const coolingMs = (provider: string) => (rooms.health.standing(provider).breaker.cooling_until ?? 0) - clock.now();
  const isKnown = (provider: string) => rooms.health.standing(provider).health.status !== 'unknown';
  const startedAt = clock.now();
  const live = new LiveState({
    storage: store.writer,
    restoredEpisodes: store.restored.openEpisodes,
    restoredUnpriced: store.restored.unpricedRequests,
    verdict: () => verdictOf(holder.current, ordinaryDecision(), rooms.override(), coolingMs, isKnown),
    emit: (name, payload) => events.emit(name, payload),
    now: startedAt,
  });
  const restricted = new RestrictedCount(startedAt);
  events.on('request_finished', ({ decision }) => {
    if (decision?.restricted) restricted.add(decision.restricted);
  });
  const drillBook = new DrillBook({
    clock,
    random,
    events,
    storage: store.writer,
    status: () => api.status(),
    enabled: () => holder.current.drills.enabled,
    takesOver: (provider) =>
      decideQuestion(
        { ...rooms, nextTurn: () => turn },
        { model: 'auto' },
        NO_CALL_OPTIONS,
        new Map([[provider, 'drill']]),
      ).provider,
    note: (action, target, operator, reason, after) => trail.note(action, target, operator, reason, null, after),
  });
  pool.setFaults(drillBook.faultFor);
  const facts = () => ({
    environment: readEnvironmentName(environment) ?? 'development',
    version: ground.version,
    started_at: startedAt,
    gateway_url: ground.gatewayUrl(),
    config: holder.description,
  });
  const lockedOut = () =>
    new Map(
      holder.current.providers.flatMap(({ name }): [string, FailureClass][] => {
        const cause = health.standing(name).lockedOut ?? null;
        return cause === null ? [] : [[name, cause]];
      }),
    );
  const alerting = composeAlerts({ ...ground, storage: timed, quota, lockedOut, status: () => api.status() });
  const api: Operations = new Operations({
    drillBook,
    shadow,
    alertBook: alerting.book,
    notifier: alerting.notifier,
    history: new HistoryOperations({ store, clock, registry }),
    trail,
    routing: new RoutingOperations({ holder, store, trail, clock, restricted }),
    replay: new ReplayOperations({ holder, store, clock }),
    settings: new SettingsOperations({ holder, store, clock, dataDirectory: ground.dataDirectory, facts }),
    rooms,
    pool,
    health,
    overrides,
    quota,
    live,
    store,
    events,
    clock,
    startOwnRequest: () => startOwnRequest(newId(), ground.startTrace),
    facts,
  });
  const stopIncidentRecorder = startIncidentRecorder({
    clock,
    events,
    writer: store.writer,
    provider: (name) => api.status().providers.find((status) => status.name === name) ?? null,
    quotas: () => quota.status(),
    openEpisodes: store.restored.openEpisodes,
  });
  const metrics = createMetrics({
    events,
    knownModels: () => holder.current.providers.map(({ name }) => name),
    status: () => ({
      ...api.status(),
      callSiteQuotas: quota.status().filter((one) => one.scope === 'call_site' && !isShadowBudget(one)),
      lockedOut: lockedOut(),
      diskFree: alerting.source.diskFree,
      notificationsWaiting: alerting.notifier.waiting(),
    }),
  });
  return {
    rooms,
    trail,
    alerting,
    stopIncidentRecorder,
    drillBook,
    shadow,
    quota,
    health,
    overrides,
    live,
    api,
    metrics,
    ordinaryDecision,
  };
}

function fallbackRow(notice: FallbackNotice) {
  return {
    at: notice.at,
    request_id: notice.requestId,
    from_provider: notice.fromProvider,
    to_provider: notice.toProvider,
    reason: notice.reason,
    detail: notice.detail,
    served: notice.served,
  };
}
