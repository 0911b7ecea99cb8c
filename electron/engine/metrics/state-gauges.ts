import { Gauge, type Registry } from 'prom-client';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { Status } from '../../../shared/domain/status.ts';

/** What the gauges read of the live picture. */
export interface GaugeSource extends Pick<
  Status,
  'providers' | 'override' | 'version' | 'simulated' | 'verdict' | 'firing_alerts'
> {
  /** Limits of call sites. */
  callSiteQuotas: readonly QuotaStatus[];
  /** Providers that are out until somebody mends something, with why. */
  lockedOut: ReadonlyMap<string, FailureClass>;
  /** Free share of the data directory's disk; null where it cannot be told. */
  diskFree: number | null;
  /** Notifications on their way, by channel. */
  notificationsWaiting: ReadonlyMap<string, number>;
}

const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
const VERDICTS = ['primary', 'fallback', 'down'] as const;

/** The metrics that say how things stand. Set anew from the live picture at every scrape; what is unknown is absent. */
export class StateGauges {
  readonly #health;
  readonly #verdict;
  readonly #breaker;
  readonly #share;
  readonly #cooling;
  readonly #isolated;
  readonly #inFlight;
  readonly #queued;
  readonly #quotaUsed;
  readonly #quotaLimit;
  readonly #quotaRatio;
  readonly #override;
  readonly #overrideStart;
  readonly #probeLatency;
  readonly #running;
  readonly #waiting;
  readonly #cache;
  readonly #generation;
  readonly #build;
  readonly #softExceeded;
  readonly #siteSoftExceeded;
  readonly #siteUsed;
  readonly #siteLimit;
  readonly #siteRatio;
  readonly #lockedOut;
  readonly #diskFree;
  readonly #alerts;
  readonly #notificationsWaiting;
  readonly #all: Gauge[] = [];

  constructor(registry: Registry) {
    const gauge = (name: string, help: string, labelNames: string[]): Gauge => {
      const one = new Gauge({ name, help, labelNames, registers: [registry] });
      this.#all.push(one);
      return one;
    };
    const model = ['model_name'];
    this.#health = gauge('llm_model_health', 'Health of an enabled model (1=healthy or degraded, 0=unhealthy).', model);
    this.#verdict = gauge('switchyard_verdict', 'Who serves: 1 for the state that holds.', ['verdict']);
    this.#breaker = gauge('switchyard_breaker_state', 'State of the circuit breaker: 1 for the state that holds.', [
      'model_name',
      'state',
    ]);
    this.#share = gauge('switchyard_breaker_admitted_ratio', 'Share of traffic the breaker admits, 0 to 1.', model);
    this.#cooling = gauge('switchyard_cooling', 'Whether a rate-limited model is left alone for now.', model);
    this.#isolated = gauge('switchyard_isolated', 'Whether an operator took the model out by hand.', model);
    this.#inFlight = gauge('switchyard_requests_in_flight', 'Requests running now.', model);
    this.#queued = gauge('switchyard_requests_queued', 'Requests waiting for a place.', model);
    const quota = ['model_name', 'limit'];
    this.#quotaUsed = gauge('switchyard_quota_used', 'Used of a limit, in requests, tokens or USD.', quota);
    this.#quotaLimit = gauge('switchyard_quota_limit', 'The limit, in requests, tokens or USD.', quota);
    this.#quotaRatio = gauge('switchyard_quota_used_ratio', 'Used share of a limit; 1 is all of it.', quota);
    this.#override = gauge('switchyard_override_active', 'Whether an operator forces this model.', model);
    this.#overrideStart = gauge(
      'switchyard_override_start_timestamp_seconds',
      'Since when an operator forces this model, Unix time.',
      model,
    );
    this.#probeLatency = gauge('switchyard_probe_latency_seconds', 'How long the last probe took.', model);
    this.#running = gauge(
      'switchyard_inference_requests_running',
      'Requests the inference server itself says it runs.',
      model,
    );
    this.#waiting = gauge(
      'switchyard_inference_requests_waiting',
      'Requests in the queue of the inference server.',
      model,
    );
    this.#cache = gauge('switchyard_kv_cache_usage_ratio', 'Used share of the KV cache, 0 to 1.', model);
    this.#generation = gauge(
      'switchyard_generation_tokens_per_second',
      'Tokens the inference server generates a second.',
      model,
    );
    this.#softExceeded = gauge(
      'switchyard_quota_soft_exceeded',
      'Whether the soft limit of a budget is reached.',
      quota,
    );
    const site = ['call_site', 'limit'];
    this.#siteSoftExceeded = gauge(
      'switchyard_call_site_quota_soft_exceeded',
      "Whether the soft limit of a call site's budget is reached.",
      site,
    );
    this.#siteUsed = gauge('switchyard_call_site_quota_used', "Used of a call site's limit.", site);
    this.#siteLimit = gauge('switchyard_call_site_quota_limit', "A call site's limit.", site);
    this.#siteRatio = gauge('switchyard_call_site_quota_used_ratio', "Used share of a call site's limit.", site);
    this.#lockedOut = gauge('switchyard_provider_locked_out', 'A model that is out until somebody mends the cause.', [
      'model_name',
      'failure_class',
    ]);
    this.#diskFree = gauge('switchyard_disk_free_ratio', "Free share of the data directory's disk, 0 to 1.", []);
    this.#alerts = gauge('switchyard_alerts_firing', 'Alerts of the engine itself that fire, by rule.', [
      'rule',
      'severity',
    ]);
    this.#notificationsWaiting = gauge('switchyard_notifications_waiting', 'Notifications on their way.', ['channel']);
    this.#build = gauge('switchyard_build_info', 'Always 1; the labels tell what is running.', [
      'version',
      'simulated',
    ]);
  }

  /** Replaces every figure. */
  collect(source: GaugeSource): void {
    for (const gauge of this.#all) gauge.reset();
    this.#build.set({ version: source.version, simulated: String(source.simulated) }, 1);
    for (const verdict of VERDICTS) this.#verdict.set({ verdict }, Number(source.verdict === verdict));
    for (const provider of source.providers) this.#collectProvider(provider, source);
    for (const quota of source.callSiteQuotas) {
      const limit = { call_site: quota.name, limit: quota.limit };
      this.#siteUsed.set(limit, quota.used);
      this.#siteLimit.set(limit, quota.limit_value);
      this.#siteSoftExceeded.set(limit, Number(quota.soft_exceeded));
      if (quota.enforced && quota.limit_value > 0) this.#siteRatio.set(limit, quota.used / quota.limit_value);
    }
    for (const [name, failure] of source.lockedOut) {
      this.#lockedOut.set({ model_name: name, failure_class: failure }, 1);
    }
    if (source.diskFree !== null) this.#diskFree.set(source.diskFree);
    for (const { name, severity } of source.firing_alerts) this.#alerts.inc({ rule: name, severity });
    for (const [channel, waiting] of source.notificationsWaiting) this.#notificationsWaiting.set({ channel }, waiting);
  }

  /** A model that is switched off or not configured has no series at all, so that a sum over health speaks of the others. */
  #collectProvider(provider: ProviderStatus, { override }: GaugeSource): void {
    if (provider.health.status === 'disabled') return;
    const labels = { model_name: provider.name };
    if (provider.health.status !== 'unknown') this.#health.set(labels, Number(provider.health.status !== 'unhealthy'));
    for (const state of BREAKER_STATES) {
      this.#breaker.set({ ...labels, state }, Number(provider.breaker.state === state));
    }
    this.#share.set(labels, provider.breaker.admitted_share);
    this.#cooling.set(labels, Number(provider.breaker.cooling_until !== null));
    this.#isolated.set(labels, Number(provider.isolation !== null));
    this.#inFlight.set(labels, provider.gauges.in_flight);
    this.#queued.set(labels, provider.gauges.queued);
    const forced = override?.provider === provider.name;
    this.#override.set(labels, Number(forced));
    if (forced) this.#overrideStart.set(labels, override.created_at / 1_000);
    setKnown(this.#probeLatency, labels, provider.health.probe_latency_ms, 1_000);
    setKnown(this.#running, labels, provider.load?.running);
    setKnown(this.#waiting, labels, provider.load?.waiting);
    setKnown(this.#cache, labels, provider.load?.kv_cache_usage);
    setKnown(this.#generation, labels, provider.load?.generation_tokens_per_second);
    for (const quota of provider.quota) {
      const limit = { ...labels, limit: quota.limit };
      this.#quotaUsed.set(limit, quota.used);
      this.#quotaLimit.set(limit, quota.limit_value);
      this.#softExceeded.set(limit, Number(quota.soft_exceeded));
      if (quota.enforced && quota.limit_value > 0) this.#quotaRatio.set(limit, quota.used / quota.limit_value);
    }
  }
}

function setKnown(
  gauge: Gauge,
  labels: { model_name: string },
  value: number | null | undefined,
  perUnit: number = 1,
): void {
  if (value !== null && value !== undefined) gauge.set(labels, value / perUnit);
}
