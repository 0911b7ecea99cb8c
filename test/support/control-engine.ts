import type { CompareEvent, CompareResult } from '../../shared/domain/compare.ts';
import type { Override } from '../../shared/domain/operations.ts';
import type { LimitRaise, Quotas, QuotaStatus } from '../../shared/domain/quota.ts';
import type { ProviderStatus } from '../../shared/domain/provider.ts';
import type { RequestDetail } from '../../shared/domain/request.ts';
import type { ReplayResult } from '../../shared/domain/replay.ts';
import type { RoutingState } from '../../shared/domain/routing.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { EngineApi } from '../../electron/engine/engine-api.ts';
import { OperatorError } from '../../electron/engine/operations/operator-error.ts';
import { EventBus } from '../../electron/engine/events.ts';
import { noExperiments } from './experiment-fixtures.ts';

const NOW = Date.UTC(2026, 10, 1, 12);
const NO_USAGE = {
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  estimated: false,
};

function routingState(): RoutingState {
  return {
    version: 1,
    config_version: 'abc',
    path: null,
    set_aside: null,
    settings: [{ path: 'routing.primary', value: 'kimi', file_value: null, source: 'default', env: null }],
    stored: {},
    effective: { routing: { primary: 'kimi' } },
    providers: ['kimi', 'claude'],
    retired_tiers: [],
    retired_models: [],
    restricted: { since: NOW, requests: 0, models: [] },
  };
}

function settingsOfNothing(): Settings {
  return {
    at: NOW,
    version: '0.0.0-test',
    environment: 'development',
    simulated: false,
    started_at: NOW,
    gateway: { url: 'http://127.0.0.1:4180', key_required: false },
    keys: [{ env: 'ANTHROPIC_API_KEY', purpose: 'provider', present: false, providers: ['claude'] }],
    config: { path: null, version: 'abc', loaded_at: NOW, error: null, env_file: null, stored_version: 0 },
    storage: {
      driver: 'sqlite',
      data_directory: '/data',
      database_bytes: 4096,
      free_bytes: null,
      retention_days: 30,
      requests_kept: 0,
      oldest_request_at: null,
      audit_entries: 0,
    },
    monitoring: {
      metrics_url: 'http://127.0.0.1:4180/metrics',
      prometheus_port: null,
      grafana_url: null,
      otlp: { traces: null, metrics: null, disabled: false, problems: [] },
    },
  };
}

function replayResult(): ReplayResult {
  const side = {
    served: 3,
    refused_by_budget: 0,
    failed: 0,
    cost_usd: 0.25,
    pricing_unknown_requests: 0,
    latency_ms: { p50: 800, p95: 2000 },
    first_token_ms: null,
    providers: [
      {
        provider: 'kimi',
        requests: 3,
        share: 1,
        cost_usd: 0.25,
        pricing_unknown_requests: 0,
        latency_ms: { p50: 800, p95: 2000 },
      },
    ],
  };
  return {
    since: NOW - 1,
    until: NOW,
    config_version: 'abc',
    requests: 3,
    changed: 0,
    before: side,
    after: side,
    moves: [],
    tier_changes: [],
    latency_unknown_requests: 0,
    usage_estimated_requests: 0,
    approximated_requests: 0,
    examples: [],
    assumptions: ['Tokens are those that were used then.'],
  };
}

function providerStatus(name: string, position: number): ProviderStatus {
  return {
    name,
    display_name: name,
    adapter: position === 0 ? 'vllm' : 'anthropic',
    model: 'test-model',
    deployment: position === 0 ? 'self-hosted' : 'api',
    simulated: false,
    role: position === 0 ? 'primary' : 'fallback',
    chain_position: position,
    endpoint: 'http://127.0.0.1:1/v1',
    key: 'not_needed',
    key_env: null,
    health: { status: 'healthy', reason: 'answers', since: NOW, checked_at: NOW, probe_latency_ms: 3 },
    breaker: { state: 'closed', reason: null, since: NOW, retry_at: null, admitted_share: 1, cooling_until: null },
    isolation: null,
    gauges: {
      window_seconds: 60,
      in_flight: 0,
      queued: 0,
      max_concurrent: null,
      requests_per_second: 0,
      share: 0,
      error_rate: null,
      first_token_ms: null,
      latency_ms: null,
      tokens_per_second: null,
      cost_usd_per_hour: 0,
      pricing_unknown_attempts: 0,
    },
    load: null,
    quota: [],
  };
}

export function requestDetail(id: string): RequestDetail {
  return {
    id,
    started_at: NOW,
    origin: 'client',
    dialect: 'openai',
    streamed: false,
    requested_model: 'auto',
    rule: 'primary',
    call_site: null,
    tier: null,
    task_type: null,
    agent_id: null,
    user: null,
    provider: 'kimi',
    model: 'test-model',
    status: 'success',
    http_status: 200,
    error_code: null,
    failure_class: null,
    error_message: null,
    attempts: 1,
    fallback_from: null,
    fallback_reason: null,
    resumed: false,
    queue_ms: 0,
    first_token_ms: 5,
    duration_ms: 9,
    usage: NO_USAGE,
    cost_usd: 0,
    pricing_unknown: false,
    decision: null,
    attempt_list: [],
  };
}

function compareResult(target: number, provider: string, text: string): CompareResult {
  return {
    target,
    provider,
    model: 'test-model',
    request_id: `compare-${target}`,
    outcome: 'success',
    failure_class: null,
    message: null,
    text,
    thinking: '',
    finish_reason: 'stop',
    first_token_ms: 1,
    duration_ms: 2,
    tokens_per_second: null,
    usage: NO_USAGE,
    cost_usd: 0,
    pricing_unknown: false,
  };
}

/** An engine in memory for tests of the control plane alone: two providers, an override, one stored request. */
export class FakeEngine implements EngineApi {
  readonly events = new EventBus((error) => {
    throw error;
  });
  readonly alerts: EngineApi['alerts'] = {
    list: () => ({ at: NOW, alerts: [], silences: [], rules: [], channels: [] }),
    history: async () => [],
    acknowledge: ({ id }) => {
      throw new OperatorError('NOT_FOUND', `There is no firing alert "${id}".`);
    },
    createSilence: ({ ttl_seconds: ttl, ...rest }) => ({
      ...rest,
      id: 1,
      created_at: NOW,
      expires_at: NOW + ttl * 1000,
      ended_at: null,
    }),
    endSilence: ({ id }) => {
      throw new OperatorError('NOT_FOUND', `There is no silence ${id} in effect.`);
    },
  };
  readonly notify: EngineApi['notify'] = {
    deliveries: async () => [],
    test: (channel) => {
      throw new OperatorError('NOT_FOUND', `There is no channel "${channel}".`);
    },
  };
  readonly drills: EngineApi['drills'] = {
    list: async () => [],
    get: async (id) => {
      throw new OperatorError('NOT_FOUND', `There is no drill ${id}.`);
    },
    report: async ({ id, format }) => ({ name: `drill-${id}.${format}`, mediaType: 'text/markdown', text: '' }),
    preview: () => ({ refusal: null, takes_over: 'claude', requests_per_second: 0 }),
    schedule: () => {
      throw new OperatorError('CONFLICT', 'No drill may begin here.');
    },
    abort: () => null,
  };
  readonly experiments: EngineApi['experiments'] = {
    get: async () => noExperiments(NOW),
    pairs: async () => ({ pairs: [], next_cursor: null }),
    pair: async (id) => {
      throw new OperatorError('NOT_FOUND', `There is no pair ${id}; it may be older than the retention.`);
    },
    pause: async () => {
      throw new OperatorError('CONFLICT', 'There is nothing to pause: the shadow is off.');
    },
    resume: async () => {
      throw new OperatorError('CONFLICT', 'The shadow is not paused.');
    },
  };
  readonly annotations: EngineApi['annotations'] = {
    list: async () => ({ since: NOW - 1, until: NOW, annotations: [], truncated: false }),
    create: ({ kind, text, operator, link }) => ({
      id: `${kind}:1`,
      kind,
      at: NOW,
      until: null,
      text,
      operator,
      link: link ?? null,
    }),
  };
  readonly incidents: EngineApi['incidents'] = {
    list: async () => ({ since: NOW - 1, until: NOW, incidents: [], truncated: false }),
    get: async (id) => {
      throw new OperatorError('NOT_FOUND', `There is no incident ${id}.`);
    },
    report: async ({ id, format }) => ({
      name: `incident-${id}.${format}`,
      mediaType: format === 'html' ? 'text/html' : 'text/markdown',
      text: `report of incident ${id}`,
    }),
    summary: async () => ({
      since: NOW - 1,
      until: NOW,
      weeks: [],
      total: {
        incidents: 0,
        outages: 0,
        lost_requests: 0,
        mean_time_to_detect_ms: null,
        mean_time_to_recover_ms: null,
      },
    }),
  };
  override: Override | null = null;
  raised: LimitRaise | null = null;
  isolated = new Set<string>();
  statusCalls = 0;
  /** Thrown by `quotas`, as a stand-in for a defect inside the engine. */
  defect: Error | null = null;
  lastCompareSignal: AbortSignal | null = null;
  lastQueries: Record<string, unknown> = {};

  async verifyAudit(query: Parameters<EngineApi['verifyAudit']>[0]) {
    this.lastQueries['verifyAudit'] = query;
    return { ok: true, entries: 0, last: null, broken: null, elapsed_ms: 0 };
  }

  async exportAudit({ format }: Parameters<EngineApi['exportAudit']>[0]) {
    return { name: `audit.${format}`, mediaType: 'text/csv', text: 'id,at\r\n' };
  }

  status(): Status {
    this.statusCalls += 1;
    return {
      at: NOW,
      simulated: false,
      environment: 'development',
      version: '0.0.0-test',
      started_at: NOW,
      gateway_url: 'http://127.0.0.1:4180',
      verdict: 'primary',
      verdict_since: NOW,
      serving: 'kimi',
      primary: 'kimi',
      cause: '',
      providers: ['kimi', 'claude'].map((name, index) => this.#provider(name, index)),
      override: this.override,
      drill: null,
      firing_alerts: [],
      requests_per_second: 1.5,
      cost_usd_per_hour: 0.25,
      pricing_unknown_last_hour: 0,
      config: { version: 'abc', path: null, loaded_at: NOW, error: null },
    };
  }

  recentRequests() {
    const { decision: _decision, attempt_list: _attempts, ...summary } = requestDetail('recent');
    return [summary];
  }

  openEpisodes() {
    return [];
  }

  async provider(name: string) {
    return { ...this.#named(name), transitions: [], uptime: [] };
  }

  async uptime(query: Parameters<EngineApi['uptime']>[0]) {
    this.lastQueries['uptime'] = query;
    return { time_zone: query.time_zone ?? 'UTC', since: NOW - 1, until: NOW, providers: [] };
  }

  async settings() {
    return settingsOfNothing();
  }

  async probe(name: string) {
    return this.#named(name);
  }

  resetBreaker(name: string) {
    return this.#named(name);
  }

  isolate(name: string) {
    this.#named(name);
    this.isolated.add(name);
    this.events.emit('isolation_changed', { provider: name });
    return this.#named(name);
  }

  rejoin(name: string) {
    this.isolated.delete(name);
    return this.#named(name);
  }

  setOverride(request: Parameters<EngineApi['setOverride']>[0]) {
    this.#named(request.provider);
    const { ttl_seconds, ...rest } = request;
    this.override = { id: 1, ...rest, created_at: NOW, expires_at: NOW + ttl_seconds * 1000 };
    this.events.emit('override_changed', this.override);
    return this.override;
  }

  releaseOverride() {
    const released = this.override;
    this.override = null;
    this.events.emit('override_changed', null);
    return released;
  }

  async listRequests(query: Parameters<EngineApi['listRequests']>[0]) {
    this.lastQueries['requests'] = query;
    return { requests: this.recentRequests(), next_cursor: null };
  }

  async getRequest(id: string) {
    if (id !== 'recent') throw new OperatorError('NOT_FOUND', `There is no request "${id}".`);
    return requestDetail(id);
  }

  async fallbacks() {
    return { since: NOW - 1, until: NOW, events: [], events_truncated: false, episodes: [], lanes: [] };
  }

  async costs(query: Parameters<EngineApi['costs']>[0]) {
    this.lastQueries['costs'] = query;
    const figures = {
      requests: 3,
      errors: 0,
      input_tokens: 30,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 60,
      reasoning_tokens: 0,
      cost_usd: 0.5,
      pricing_unknown_requests: 1,
      cache_savings_usd: 0.02,
      list_savings_usd: 0,
      list_price_unknown_requests: 0,
      reference_cost_usd: 0.75,
      savings_usd: 0.25,
    };
    const keys: Partial<Record<typeof query.group_by, string>> = { tier: 'fast', call_site: 'chat', agent: 'triage' };
    return {
      group_by: query.group_by,
      since: NOW - 1,
      until: NOW,
      time_zone: 'UTC',
      rows: [{ key: keys[query.group_by] ?? 'claude', ...figures }],
      totals: figures,
      unpriced: [{ model: 'claude-of-tomorrow', requests: 1 }],
      reference: { model: 'claude-haiku', pricing_unknown: false },
      amortised: { rows: [{ provider: 'kimi', usd_per_hour: 2, hours: 1.5, cost_usd: 3 }], cost_usd: 3 },
    };
  }

  async reliability() {
    const latency = { p50: 900, p95: 4000 };
    const claude = {
      provider: 'claude',
      requests: 3,
      attempts: 4,
      failed_attempts: 1,
      first_token_ms: null,
      latency_ms: latency,
    };
    return { since: NOW - 1, until: NOW, providers: [claude] };
  }

  async applyPrice(application: Parameters<EngineApi['applyPrice']>[0]) {
    this.lastQueries['prices'] = application;
    const { model, dry_run: dryRun } = application;
    const counts = { attempts: 1, requests: 1, requests_now_known: 1, cost_usd: 0.1 };
    return { model, dry_run: dryRun, since: 0, until: NOW, ...counts };
  }

  async series() {
    return { since: NOW - 1, until: NOW, step_ms: 1000, providers: [] };
  }

  quotas(): Quotas {
    if (this.defect !== null) throw this.defect;
    return { at: NOW, quotas: [] };
  }

  raiseLimit(request: Parameters<EngineApi['raiseLimit']>[0]): QuotaStatus {
    const { scope, name, limit, limit_value, operator, reason } = request;
    if (name !== 'claude') throw new OperatorError('NOT_FOUND', `There is no limit ${name} ${limit}.`);
    this.raised = { id: 1, scope, name, limit, limit_value, operator, reason, created_at: NOW, until: NOW + 3_600_000 };
    return {
      scope,
      name,
      provider: name,
      limit,
      used: 1000,
      limit_value,
      remaining: limit_value - 1000,
      exhausted: false,
      enforced: true,
      soft_limit: null,
      soft_exceeded: false,
      raise: { from: 1000, operator, reason, created_at: NOW, until: this.raised.until },
      reset_at: NOW + 3_600_000,
      projected_exhaustion_at: null,
    };
  }

  endRaise(): LimitRaise | null {
    const ended = this.raised;
    this.raised = null;
    return ended;
  }

  explainRoute(question: Parameters<EngineApi['explainRoute']>[0]) {
    return {
      rule: 'primary' as const,
      reason: 'kimi is the primary and healthy',
      requested_model: question.model ?? 'auto',
      tier: null,
      complexity: null,
      call_site: null,
      task_type: null,
      provider: 'kimi',
      model: 'test-model',
      candidates: [],
      warnings: [],
    };
  }

  routing() {
    return routingState();
  }

  changeRouting(change: Parameters<EngineApi['changeRouting']>[0]) {
    if (change.expected_version !== 1) throw new OperatorError('CONFLICT', 'The routing is at version 1.');
    return { ...routingState(), version: 2, stored: change.changes };
  }

  checkRouting(check: Parameters<EngineApi['checkRouting']>[0]) {
    this.lastQueries['check'] = check;
    return { problems: [], diff: [] };
  }

  async routingHistory() {
    return { current: 1, versions: [] };
  }

  async rollbackRouting(rollback: Parameters<EngineApi['rollbackRouting']>[0]) {
    if (rollback.version > 1) throw new OperatorError('NOT_FOUND', `There is no routing version ${rollback.version}.`);
    return { ...routingState(), version: 2 };
  }

  async replay(request: Parameters<EngineApi['replay']>[0]) {
    this.lastQueries['replay'] = request;
    return replayResult();
  }

  async audit() {
    return { entries: [], next_cursor: null };
  }

  async *compare(request: Parameters<EngineApi['compare']>[0], signal: AbortSignal): AsyncGenerator<CompareEvent> {
    this.lastCompareSignal = signal;
    for (const [target, { provider }] of request.targets.entries()) {
      yield { type: 'started', target, provider, model: 'test-model' };
      yield { type: 'text', target, text: 'hello' };
      yield { type: 'done', target, result: compareResult(target, provider, 'hello') };
    }
  }

  async compareWhole(request: Parameters<EngineApi['compareWhole']>[0]) {
    return { results: request.targets.map(({ provider }, target) => compareResult(target, provider, 'hello')) };
  }

  #provider(name: string, index: number): ProviderStatus {
    const isolation = this.isolated.has(name) ? { operator: 'ada', reason: 'by hand', since: NOW } : null;
    return { ...providerStatus(name, index), isolation };
  }

  #named(name: string): ProviderStatus {
    const index = ['kimi', 'claude'].indexOf(name);
    if (index === -1) throw new OperatorError('NOT_FOUND', `There is no provider "${name}": kimi and claude exist.`);
    return this.#provider(name, index);
  }
}
