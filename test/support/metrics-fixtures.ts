import { EventBus } from '../../electron/engine/events.ts';
import { createMetrics, type Metrics } from '../../electron/engine/metrics/metrics.ts';
import type { GaugeSource } from '../../electron/engine/metrics/state-gauges.ts';
import type { ProviderStatus } from '../../shared/domain/provider.ts';
import { anAttempt, aRequest } from './records.ts';

/** A healthy self-hosted provider that has nothing to do; `change` says what is different. */
export function providerStatus(name: string, change: Partial<ProviderStatus> = {}): ProviderStatus {
  return {
    name,
    display_name: name,
    adapter: 'vllm',
    model: `${name}-model`,
    deployment: 'self-hosted',
    simulated: false,
    role: 'primary',
    chain_position: 0,
    endpoint: `http://${name}.test/v1`,
    key: 'not_needed',
    key_env: null,
    health: { status: 'healthy', reason: 'answers', since: 1, checked_at: 2, probe_latency_ms: 12 },
    breaker: { state: 'closed', reason: null, since: 1, retry_at: null, admitted_share: 1, cooling_until: null },
    isolation: null,
    gauges: {
      window_seconds: 60,
      in_flight: 2,
      queued: 1,
      max_concurrent: null,
      requests_per_second: 0,
      share: 1,
      error_rate: null,
      first_token_ms: null,
      latency_ms: null,
      tokens_per_second: null,
      cost_usd_per_hour: 0,
      pricing_unknown_attempts: 0,
    },
    load: null,
    quota: [],
    ...change,
  };
}

/** Metrics over a bus, a live picture that can be changed, and the page as lines. */
export function metricsUnderTest(names: readonly string[]): {
  events: EventBus;
  source: GaugeSource;
  metrics: Metrics;
  page: () => Promise<string>;
  sample: (series: string) => Promise<number | null>;
} {
  const events = new EventBus((error) => {
    throw error;
  });
  const source: GaugeSource = {
    providers: names.map((name) => providerStatus(name)),
    override: null,
    version: '1.2.3',
    simulated: false,
    verdict: 'primary',
    firing_alerts: [],
    callSiteQuotas: [],
    lockedOut: new Map(),
    diskFree: null,
    notificationsWaiting: new Map(),
  };
  const metrics = createMetrics({ events, knownModels: () => names, status: () => source });
  const page = async (): Promise<string> => (await metrics.render()).body;
  return {
    events,
    source,
    metrics,
    page,
    async sample(series) {
      const line = (await page()).split('\n').find((one) => one.startsWith(`${series} `));
      return line === undefined ? null : Number(line.slice(series.length + 1));
    },
  };
}

/** Makes every metric show at least one series: all kinds of events, and a live picture with everything in it. */
export function exerciseEverything({ events, source }: ReturnType<typeof metricsUnderTest>): void {
  const [first = ''] = source.providers.map(({ name }) => name);
  const usage = {
    input_tokens: 100,
    cache_read_tokens: 40,
    cache_write_tokens: 10,
    output_tokens: 50,
    reasoning_tokens: 20,
    estimated: false,
  };
  const attempt = anAttempt({ provider: first, usage, cost_usd: 0.25 });
  const unpriced = anAttempt({ provider: first, pricing_unknown: true });
  events.emit('request_finished', aRequest({ attempt_list: [attempt, unpriced] }));
  events.emit('telemetry_dropped', { spans: 3, reason: 'queue_full' });
  events.emit('fallback', {
    id: 1,
    at: 1,
    request_id: 'req_1',
    from_provider: first,
    to_provider: first,
    reason: 'unhealthy',
    detail: '',
    served: true,
  });
  events.emit('notification_tried', { channel: 'slack', outcome: 'failed' });
  source.lockedOut = new Map([[first, 'exhausted']]);
  source.diskFree = 0.5;
  source.notificationsWaiting = new Map([['slack', 1]]);
  source.firing_alerts = [
    { id: 'a1', name: 'PrimaryModelDown', severity: 'critical', summary: 'down', since: 1, acknowledged_by: null },
  ];
  const provider = source.providers[0];
  if (!provider) return;
  events.emit('breaker_changed', { provider: first, breaker: { ...provider.breaker, state: 'open' } });
  events.emit('probe_finished', { provider: first, ok: true, kind: 'model_list', latency_ms: 10 });
  provider.load = { running: 3, waiting: 1, kv_cache_usage: 0.5, generation_tokens_per_second: 90, scraped_at: 1 };
  provider.quota = [
    {
      scope: 'provider',
      name: first,
      provider: first,
      limit: 'requests_per_day',
      used: 212,
      limit_value: 1_000,
      remaining: 788,
      exhausted: false,
      enforced: true,
      soft_limit: null,
      soft_exceeded: false,
      raise: null,
      reset_at: 3,
      projected_exhaustion_at: null,
    },
  ];
  source.callSiteQuotas = provider.quota.map((quota) => ({ ...quota, scope: 'call_site', name: 'chat' }));
  source.override = {
    id: 1,
    provider: first,
    scope: 'all',
    reason: 'drill',
    operator: 'ada',
    created_at: 5_000,
    expires_at: 9_000,
  };
}
