import type { CompareAnswer, CompareEvent, CompareRequest, CompareResult } from '../../../shared/domain/compare.ts';
import type { OperatorNote, Override, OverrideRequest } from '../../../shared/domain/operations.ts';
import type { PriceApplication } from '../../../shared/domain/pricing.ts';
import type { ProviderDetail, ProviderStatus } from '../../../shared/domain/provider.ts';
import type { EndRaiseRequest, LimitRaise, QuotaStatus, RaiseRequest } from '../../../shared/domain/quota.ts';
import type { RequestDetail, RequestQuery } from '../../../shared/domain/request.ts';
import type { Alert } from '../../../shared/domain/alerts.ts';
import type { FiringAlert, Status } from '../../../shared/domain/status.ts';
import { quote } from '../../../shared/format/quote.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock } from '../clock.ts';
import { AlertOperations } from './alert-operations.ts';
import { AnnotationOperations } from './annotation-operations.ts';
import type { AlertBook } from '../alerts/alert-book.ts';
import { DrillOperations } from './drill-operations.ts';
import type { DrillBook } from '../drills/drill-book.ts';
import type { EngineApi } from '../engine-api.ts';
import { OperatorError } from './operator-error.ts';
import type { EventBus } from '../events.ts';
import { ExperimentOperations } from './experiment-operations.ts';
import { compare } from '../experiments/compare.ts';
import type { ShadowTraffic } from '../experiments/shadow-traffic.ts';
import { decideQuestion, NO_CALL_OPTIONS } from '../gateway/explain-route.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import type { GatewayRooms } from '../gateway/types.ts';
import type { HealthMonitor } from '../health/types.ts';
import type { HistoryOperations } from './history-operations.ts';
import type { LiveState } from '../live/live-state.ts';
import { IncidentOperations } from './incident-operations.ts';
import { providerStatus } from '../live/provider-status.ts';
import { limitName, limitStatus, readRaise, standingOfLimit } from './limit-raises.ts';
import { NotifyOperations } from './notify-operations.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { ProviderPool } from '../provider-pool.ts';
import type { EngineQuotaManager } from '../quota/quota-manager.ts';
import type { Registry } from '../registry/types.ts';
import type { ReplayOperations } from './replay-operations.ts';
import type { OverrideBook } from '../router/overrides.ts';
import type { RoutingOperations } from './routing-operations.ts';
import type { SettingsOperations } from './settings-operations.ts';
import { DAY_MS } from '../store/grains.ts';
import type { Store } from '../store/types.ts';
import type { OwnRequest } from '../trace-context.ts';
import { uptimeByDay } from './uptime.ts';

export interface OperationsParts {
  rooms: GatewayRooms;
  pool: ProviderPool;
  health: HealthMonitor;
  overrides: OverrideBook;
  quota: EngineQuotaManager;
  live: LiveState;
  history: HistoryOperations;
  routing: RoutingOperations;
  replay: ReplayOperations;
  settings: SettingsOperations;
  store: Store;
  trail: AuditTrail;
  drillBook: DrillBook;
  shadow: ShadowTraffic;
  alertBook: AlertBook;
  notifier: Notifier;
  events: EventBus;
  clock: Clock;
  startOwnRequest: () => OwnRequest;
  /** What changes only with a reload or a start. */
  facts: () => Pick<Status, 'environment' | 'version' | 'started_at' | 'gateway_url' | 'config'>;
}

/** What operators and the console can ask of the engine and do to it; every change leaves an audit row. */
export class Operations implements EngineApi {
  readonly events: EventBus;
  readonly alerts: AlertOperations;
  readonly annotations: AnnotationOperations;
  readonly incidents: IncidentOperations;
  readonly notify: NotifyOperations;
  readonly drills: DrillOperations;
  readonly experiments: ExperimentOperations;
  readonly #parts: OperationsParts;

  constructor(parts: OperationsParts) {
    this.#parts = parts;
    this.events = parts.events;
    const { alertBook: book, notifier, store, trail, clock } = parts;
    this.alerts = new AlertOperations({ book, trail, store, clock, channels: () => notifier.channels() });
    this.annotations = new AnnotationOperations({ store, trail, clock });
    const simulated = () => this.#registry.simulated;
    this.incidents = new IncidentOperations({ store, clock, simulated });
    this.notify = new NotifyOperations({ notifier, store, trail });
    this.experiments = new ExperimentOperations({ shadow: parts.shadow, store, trail, clock });
    this.drills = new DrillOperations({ book: parts.drillBook, store, incidents: this.incidents, clock, simulated });
  }

  status(): Status {
    const { live, overrides, clock, facts } = this.#parts;
    const now = clock.now();
    live.observe(now);
    const { verdict, serving, primary, cause } = live.verdict;
    return {
      at: now,
      simulated: this.#registry.simulated,
      ...facts(),
      verdict,
      verdict_since: live.verdictSince,
      serving,
      primary,
      cause,
      providers: this.#registry.providers.map((config) => providerStatus(config, this.#sources())),
      override: overrides.active(now),
      drill: this.#parts.drillBook.open,
      firing_alerts: this.#parts.alertBook.firing.map(firingAlert),
      requests_per_second: live.window.requestsPerSecond(),
      cost_usd_per_hour: live.window.costUsdPerHour(),
      pricing_unknown_last_hour: live.unknownPricesLastHour(now),
    };
  }

  recentRequests() {
    return this.#parts.live.recentRequests;
  }

  openEpisodes() {
    return this.#parts.live.openEpisodes;
  }

  async provider(name: string): Promise<ProviderDetail> {
    const status = this.#providerStatus(name);
    const until = this.#parts.clock.now();
    const range = { since: until - DAY_MS, until };
    const [transitions, spans] = await Promise.all([
      this.#parts.store.reader.healthTransitions(name, range),
      this.#parts.store.reader.healthSpans(name, range),
    ]);
    return {
      ...status,
      transitions,
      uptime: spans.map(({ from, to, status: health }) => ({ from, to, status: health })),
    };
  }

  async uptime(query: Parameters<EngineApi['uptime']>[0]) {
    const { store, clock } = this.#parts;
    const names = this.#registry.providers.map(({ name }) => name);
    return await uptimeByDay(query, { reader: store.reader, now: clock.now(), names });
  }

  async settings() {
    return await this.#parts.settings.settings();
  }

  async probe(name: string): Promise<ProviderStatus> {
    this.#providerStatus(name);
    await this.#parts.health.probeNow(name);
    return this.#providerStatus(name);
  }

  resetBreaker(name: string, note: OperatorNote): ProviderStatus {
    return this.#change(name, 'provider.reset', note, () => this.#parts.health.reset(name));
  }

  isolate(name: string, note: OperatorNote): ProviderStatus {
    if (this.#providerStatus(name).isolation)
      throw new OperatorError('CONFLICT', `${name} is taken out already; rejoin it first.`);
    const isolation = { ...note, since: this.#parts.clock.now() };
    return this.#change(name, 'provider.isolate', note, () => this.#parts.health.isolate(name, isolation));
  }

  rejoin(name: string, note: OperatorNote): ProviderStatus {
    if (!this.#providerStatus(name).isolation) throw new OperatorError('CONFLICT', `${name} is not taken out.`);
    return this.#change(name, 'provider.rejoin', note, () => this.#parts.health.rejoin(name));
  }

  setOverride(request: OverrideRequest): Override {
    const status = this.#providerStatus(request.provider);
    if (status.health.status === 'disabled') {
      throw new OperatorError('CONFLICT', `${request.provider} can not be forced: ${status.health.reason}.`);
    }
    const before = this.#parts.overrides.active(this.#parts.clock.now());
    const override = this.#parts.overrides.set(request);
    this.#parts.trail.note('override.set', request.provider, request.operator, request.reason, before, override);
    return override;
  }

  releaseOverride(note: Partial<OperatorNote>): Override | null {
    const released = this.#parts.overrides.release();
    if (released)
      this.#parts.trail.note(
        'override.release',
        released.provider,
        note.operator ?? 'unknown',
        note.reason ?? 'released',
        released,
        null,
      );
    return released;
  }

  listRequests(query: RequestQuery) {
    return this.#parts.history.listRequests(query);
  }

  getRequest(id: string) {
    return this.#parts.history.getRequest(id);
  }

  fallbacks(query: Parameters<EngineApi['fallbacks']>[0]) {
    return this.#parts.history.fallbacks(query);
  }

  costs(query: Parameters<EngineApi['costs']>[0]) {
    return this.#parts.history.costs(query);
  }

  reliability(query: Parameters<EngineApi['reliability']>[0]) {
    return this.#parts.history.reliability(query);
  }

  applyPrice(application: PriceApplication) {
    return this.#parts.history.applyPrice(application);
  }

  series(query: Parameters<EngineApi['series']>[0]) {
    return this.#parts.history.series(query);
  }

  audit(query: Parameters<EngineApi['audit']>[0]) {
    return this.#parts.history.audit(query);
  }

  async verifyAudit(query: Parameters<EngineApi['verifyAudit']>[0]) {
    return await this.#parts.history.verifyAudit(query);
  }

  async exportAudit(query: Parameters<EngineApi['exportAudit']>[0]) {
    return await this.#parts.history.exportAudit(query);
  }

  quotas() {
    return { at: this.#parts.clock.now(), quotas: this.#parts.rooms.quota.status() };
  }

  raiseLimit(request: RaiseRequest): QuotaStatus {
    const { quota, clock } = this.#parts;
    const { before, raise } = readRaise(request, quota.status(), clock.now());
    quota.raise(raise);
    const after = limitStatus(quota.status(), request);
    this.#parts.trail.note(
      'limit.raise',
      limitName(request),
      raise.operator,
      raise.reason,
      standingOfLimit(before),
      standingOfLimit(after),
    );
    return after;
  }

  endRaise(request: EndRaiseRequest): LimitRaise | null {
    const { quota } = this.#parts;
    const before = limitStatus(quota.status(), request);
    const ended = quota.endRaise(request);
    if (!ended) return null;
    const after = limitStatus(quota.status(), request);
    const { operator = 'unknown', reason = 'ended' } = request;
    this.#parts.trail.note(
      'limit.end_raise',
      limitName(request),
      operator,
      reason,
      standingOfLimit(before),
      standingOfLimit(after),
    );
    return ended;
  }

  explainRoute(question: Parameters<EngineApi['explainRoute']>[0]) {
    try {
      return decideQuestion(this.#parts.rooms, question, NO_CALL_OPTIONS);
    } catch (error) {
      if (error instanceof GatewayError)
        throw new OperatorError(error.status === 404 ? 'NOT_FOUND' : 'INVALID_REQUEST', error.message);
      throw error;
    }
  }

  routing() {
    return this.#parts.routing.state();
  }

  changeRouting(change: Parameters<EngineApi['changeRouting']>[0]) {
    return this.#parts.routing.change(change);
  }

  checkRouting(check: Parameters<EngineApi['checkRouting']>[0]) {
    return this.#parts.routing.check(check);
  }

  async routingHistory(query: Parameters<EngineApi['routingHistory']>[0]) {
    return await this.#parts.routing.history(query);
  }

  async rollbackRouting(rollback: Parameters<EngineApi['rollbackRouting']>[0]) {
    return await this.#parts.routing.rollback(rollback);
  }

  async replay(request: Parameters<EngineApi['replay']>[0], signal?: AbortSignal) {
    return await this.#parts.replay.replay(request, signal);
  }

  compare(request: CompareRequest, signal: AbortSignal): AsyncIterable<CompareEvent> {
    for (const target of request.targets) this.#providerStatus(target.provider);
    return compare(request, this.#compareTools(), signal);
  }

  async compareWhole(request: CompareRequest, signal: AbortSignal): Promise<CompareAnswer> {
    const results: CompareResult[] = [];
    for await (const event of this.compare(request, signal)) if (event.type === 'done') results.push(event.result);
    return { results: results.toSorted((a, b) => a.target - b.target) };
  }

  #compareTools() {
    const { pool, rooms, events, clock, startOwnRequest } = this.#parts;
    return {
      config: (name: string) => pool.config(name),
      provider: (name: string) => pool.get(name),
      quota: rooms.quota,
      attempt: rooms.attempt,
      record: async (request: RequestDetail) => {
        await rooms.record(request);
        events.emit('request_finished', request);
      },
      clock,
      startOwnRequest,
    };
  }

  get #registry(): Registry {
    return this.#parts.rooms.registry();
  }

  #sources() {
    const { health, pool, live, rooms } = this.#parts;
    return {
      registry: this.#registry,
      health,
      quota: rooms.quota,
      provider: (name: string) => pool.get(name),
      window: live.window,
    };
  }

  #providerStatus(name: string): ProviderStatus {
    const config = this.#registry.providers.find((entry) => entry.name === name);
    if (config) return providerStatus(config, this.#sources());
    const names = this.#registry.providers.map((entry) => entry.name).join(', ');
    throw new OperatorError('NOT_FOUND', `There is no provider ${quote(name)}; the registry has ${names || 'none'}.`);
  }

  #change(name: string, action: string, note: OperatorNote, change: () => void): ProviderStatus {
    const before = this.#providerStatus(name);
    change();
    const after = this.#providerStatus(name);
    this.#parts.trail.note(action, name, note.operator, note.reason, standingOf(before), standingOf(after));
    return after;
  }
}

function firingAlert({ id, rule, severity, summary, firing_since, pending_since, acknowledged }: Alert): FiringAlert {
  return {
    id,
    name: rule,
    severity,
    summary,
    since: firing_since ?? pending_since,
    acknowledged_by: acknowledged?.operator ?? null,
  };
}

function standingOf({ health, breaker, isolation }: ProviderStatus): object {
  return { health, breaker, isolation };
}
