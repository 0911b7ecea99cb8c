import type { Episode, Fallbacks, LaneSpan, Series } from '../../shared/domain/history.ts';
import type { ProviderStatus } from '../../shared/domain/provider.ts';
import type { QuotaStatus } from '../../shared/domain/quota.ts';
import type { RequestSummary } from '../../shared/domain/request.ts';
import type { Status } from '../../shared/domain/status.ts';
import { initialConnection, type ConnectionState } from '../../renderer/state/connection.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One situation of the console: everything that the live stream and the historical calls would answer in it. */
export interface ConsoleFixture {
  status: Status | null;
  requests: RequestSummary[];
  openEpisodes: Episode[];
  fallbacks: Fallbacks;
  series: Series;
  connection: ConnectionState;
}

export type Scenario = 'healthy' | 'fallback' | 'down' | 'first-run' | 'crowded' | 'offline' | 'forced';

/** A provider that is well and has no traffic; `changes` make it what a test needs. */
export function aProvider(now: number, changes: Partial<ProviderStatus> = {}): ProviderStatus {
  return {
    name: 'claude_opus',
    display_name: 'Claude Opus',
    adapter: 'anthropic',
    model: 'claude-opus-4-6',
    deployment: 'api',
    simulated: false,
    role: 'fallback',
    chain_position: 1,
    endpoint: 'https://api.anthropic.com',
    key: 'present',
    key_env: 'ANTHROPIC_API_KEY',
    health: { status: 'healthy', reason: '', since: now - 3 * DAY, checked_at: now - 12_000, probe_latency_ms: 182 },
    breaker: {
      state: 'closed',
      reason: null,
      since: now - 3 * DAY,
      retry_at: null,
      admitted_share: 1,
      cooling_until: null,
    },
    isolation: null,
    gauges: {
      window_seconds: 60,
      in_flight: 0,
      queued: 0,
      max_concurrent: 10,
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
    ...changes,
  };
}

/** A budget of requests a day, 212 of 1,000 used. */
export function aQuota(now: number, changes: Partial<QuotaStatus> = {}): QuotaStatus {
  return {
    scope: 'provider',
    name: 'claude_opus',
    provider: 'claude_opus',
    limit: 'requests_per_day',
    used: 212,
    limit_value: 1000,
    remaining: 788,
    exhausted: false,
    enforced: true,
    soft_limit: null,
    soft_exceeded: false,
    raise: null,
    reset_at: now + 9 * HOUR,
    projected_exhaustion_at: null,
    ...changes,
  };
}

function kimi(now: number, changes: Partial<ProviderStatus> = {}): ProviderStatus {
  return aProvider(now, {
    name: 'kimi_k2',
    display_name: 'Kimi K2',
    adapter: 'vllm',
    model: 'moonshotai/Kimi-K2-Instruct',
    deployment: 'self-hosted',
    role: 'primary',
    chain_position: 0,
    endpoint: 'http://kimi-k2.internal:8000',
    key: 'not_needed',
    key_env: null,
    health: {
      status: 'healthy',
      reason: '',
      since: now - 2 * DAY - 5 * HOUR,
      checked_at: now - 4_000,
      probe_latency_ms: 11,
    },
    gauges: {
      window_seconds: 60,
      in_flight: 7,
      queued: 0,
      max_concurrent: 32,
      requests_per_second: 4.2,
      share: 1,
      error_rate: 0.002,
      first_token_ms: { p50: 214, p95: 388 },
      latency_ms: { p50: 1740, p95: 4120 },
      tokens_per_second: 412,
      cost_usd_per_hour: 0,
      pricing_unknown_attempts: 0,
    },
    load: { running: 7, waiting: 0, kv_cache_usage: 0.41, generation_tokens_per_second: 412, scraped_at: now - 2000 },
    ...changes,
  });
}

function gpt(now: number): ProviderStatus {
  return aProvider(now, {
    name: 'gpt4',
    display_name: 'GPT-4',
    adapter: 'openai',
    model: 'gpt-4-turbo',
    role: 'other',
    chain_position: null,
    endpoint: 'https://api.openai.com/v1',
    key: 'missing',
    key_env: 'OPENAI_API_KEY',
    health: {
      status: 'disabled',
      reason: 'switched off in the registry: benchmarking only',
      since: now - 9 * DAY,
      checked_at: null,
      probe_latency_ms: null,
    },
    gauges: { ...aProvider(now).gauges, max_concurrent: null },
  });
}

/** A status with Kimi K2 as its healthy primary, Claude behind it, GPT-4 off. */
export function aStatus(now: number, changes: Partial<Status> = {}): Status {
  return {
    at: now,
    simulated: false,
    environment: 'production',
    version: '0.1.0',
    started_at: now - 2 * DAY - 5 * HOUR,
    gateway_url: 'http://127.0.0.1:4180',
    verdict: 'primary',
    verdict_since: now - 2 * DAY - 5 * HOUR,
    serving: 'kimi_k2',
    primary: 'kimi_k2',
    cause: '',
    providers: [
      kimi(now),
      aProvider(now, {
        quota: [
          aQuota(now),
          aQuota(now, { limit: 'requests_per_second', used: 0, limit_value: 10, remaining: 10, reset_at: now + 1000 }),
        ],
      }),
      gpt(now),
    ],
    override: null,
    drill: null,
    firing_alerts: [],
    requests_per_second: 4.2,
    cost_usd_per_hour: 0,
    pricing_unknown_last_hour: 0,
    config: { version: '7f3a9c', path: '/etc/switchyard/switchyard.yaml', loaded_at: now - 2 * DAY, error: null },
    ...changes,
  };
}

const REFUSED = 'connection refused, 3 probes in a row';

/** Kimi K2 has been down for seven minutes and Claude serves. */
export function aFallbackStatus(now: number, changes: Partial<Status> = {}): Status {
  const since = now - 7 * MINUTE;
  const dead = kimi(now, {
    health: { status: 'unhealthy', reason: REFUSED, since, checked_at: now - 2000, probe_latency_ms: null },
    breaker: {
      state: 'open',
      reason: '5 failures in a row',
      since,
      retry_at: now + 14_000,
      admitted_share: 0,
      cooling_until: null,
    },
    gauges: { ...aProvider(now).gauges, max_concurrent: 32, error_rate: 1 },
    load: null,
  });
  const claude = aProvider(now, {
    gauges: {
      window_seconds: 60,
      in_flight: 4,
      queued: 0,
      max_concurrent: 10,
      requests_per_second: 4,
      share: 1,
      error_rate: 0,
      first_token_ms: { p50: 620, p95: 1400 },
      latency_ms: { p50: 3900, p95: 9800 },
      tokens_per_second: 268,
      cost_usd_per_hour: 12.4,
      pricing_unknown_attempts: 0,
    },
    quota: [
      aQuota(now, { used: 8720, limit_value: 20_000, remaining: 11_280, projected_exhaustion_at: now + 47 * MINUTE }),
      aQuota(now, { limit: 'requests_per_second', used: 4, limit_value: 10, remaining: 6, reset_at: now + 1000 }),
      aQuota(now, { limit: 'usd_per_day', used: 18.2, limit_value: 60, remaining: 41.8 }),
    ],
  });
  return aStatus(now, {
    verdict: 'fallback',
    verdict_since: since,
    serving: 'claude_opus',
    cause: 'Kimi K2 is unreachable: connection refused ×3',
    providers: [dead, claude, gpt(now)],
    requests_per_second: 4,
    cost_usd_per_hour: 12.4,
    firing_alerts: [
      {
        id: 'primary-down',
        name: 'PrimaryModelDown',
        severity: 'critical',
        summary: 'Kimi K2 has been unhealthy for 5 min.',
        since: now - 2 * MINUTE,
        acknowledged_by: null,
      },
      {
        id: 'using-fallback',
        name: 'UsingFallbackModel',
        severity: 'warning',
        summary: 'Requests have gone to Claude Opus for 5 min.',
        since: now - 2 * MINUTE,
        acknowledged_by: null,
      },
    ],
    ...changes,
  });
}

function aDownStatus(now: number): Status {
  const fallback = aFallbackStatus(now);
  return {
    ...fallback,
    verdict: 'down',
    verdict_since: now - 95_000,
    serving: null,
    cause: 'Kimi K2 is unreachable and the daily budget of Claude Opus is used up',
    requests_per_second: 0,
    cost_usd_per_hour: 0,
    providers: fallback.providers.map((provider) =>
      provider.name === 'claude_opus'
        ? {
            ...provider,
            gauges: aProvider(now).gauges,
            quota: [aQuota(now, { used: 1000, remaining: 0, exhausted: true })],
          }
        : provider,
    ),
    firing_alerts: [
      {
        id: 'all-down',
        name: 'AllModelsDown',
        severity: 'critical',
        summary: 'No provider can serve requests.',
        since: now - 60_000,
        acknowledged_by: null,
      },
      ...fallback.firing_alerts,
    ],
  };
}

function aFirstRunStatus(now: number): Status {
  const off = (provider: ProviderStatus, reason: string): ProviderStatus => ({
    ...provider,
    health: { status: 'disabled', reason, since: now - MINUTE, checked_at: null, probe_latency_ms: null },
    gauges: aProvider(now).gauges,
    load: null,
    quota: [],
  });
  return aStatus(now, {
    environment: 'development',
    verdict: 'down',
    verdict_since: now - MINUTE,
    started_at: now - MINUTE,
    serving: null,
    cause: 'no provider is configured',
    requests_per_second: 0,
    providers: [
      off(kimi(now), 'not configured: KIMI_K2_ENDPOINT is not set'),
      off(aProvider(now), 'not configured: ANTHROPIC_API_KEY is not set'),
    ],
  });
}

const CROWD = [
  'Kimi K2 eu-1',
  'Kimi K2 eu-2',
  'Kimi K2 us-1',
  'Claude Opus',
  'Claude Sonnet',
  'Claude Haiku',
  'GPT-4 Turbo',
  'GPT-5',
  'Grok 4 Fast',
  'Moonshot Kimi',
  'Llama 4 staging pool with a very long name',
  'Qwen 3',
];
const CROWD_HEALTH = ['healthy', 'degraded', 'unhealthy', 'healthy', 'healthy', 'unknown', 'disabled'] as const;

function aCrowdedStatus(now: number): Status {
  const base = aStatus(now, { simulated: true, environment: 'staging' });
  const providers = CROWD.map((label, index): ProviderStatus => {
    const from = index < 3 ? kimi(now) : (aFallbackStatus(now).providers[1] ?? aProvider(now));
    const status = CROWD_HEALTH[index % CROWD_HEALTH.length] ?? 'healthy';
    const slow = status === 'degraded' ? 'p95 first token 11 s is over the limit of 10 s' : '';
    return {
      ...from,
      name: `provider_${index}`,
      display_name: label,
      role: index === 0 ? 'primary' : index < 5 ? 'fallback' : 'other',
      chain_position: index < 5 ? index : null,
      health: { ...from.health, status, reason: status === 'unhealthy' ? REFUSED : slow },
      gauges: { ...from.gauges, share: 1 / CROWD.length },
    };
  });
  return {
    ...base,
    providers,
    primary: 'provider_0',
    serving: 'provider_0',
    requests_per_second: 118,
    cost_usd_per_hour: 148.9,
    pricing_unknown_last_hour: 37,
  };
}

/** A finished request; `index` counts back in time from `now`. */
export function aRequest(now: number, index: number, changes: Partial<RequestSummary> = {}): RequestSummary {
  return {
    id: `req_01JD${String(index).padStart(6, '0')}QZ8T4M3K`,
    started_at: now - index * 1700 - 900,
    origin: 'client',
    dialect: 'openai',
    streamed: index % 3 !== 0,
    requested_model: 'auto',
    rule: 'primary',
    call_site: index % 4 === 0 ? 'CGX_FRONTEND_MODEL_NAME' : null,
    tier: null,
    task_type: null,
    agent_id: null,
    user: null,
    provider: 'kimi_k2',
    model: 'moonshotai/Kimi-K2-Instruct',
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
    first_token_ms: 180 + ((index * 37) % 260),
    duration_ms: 1200 + ((index * 613) % 4100),
    usage: {
      input_tokens: 412 + index * 13,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 180 + ((index * 71) % 640),
      reasoning_tokens: 0,
      estimated: false,
    },
    cost_usd: 0,
    pricing_unknown: false,
    ...changes,
  };
}

function onFallback(now: number, index: number): RequestSummary {
  if (index % 11 === 7) {
    return aRequest(now, index, {
      provider: null,
      model: null,
      status: 'error',
      http_status: 502,
      error_code: 'upstream_failure',
      failure_class: 'content_filtered',
      error_message: 'Claude Opus refused the request: content filtered.',
      first_token_ms: null,
    });
  }
  return aRequest(now, index, {
    provider: 'claude_opus',
    model: 'claude-opus-4-6',
    rule: 'fallback',
    attempts: 2,
    fallback_from: 'kimi_k2',
    fallback_reason: 'unhealthy',
    first_token_ms: 600 + ((index * 97) % 900),
    cost_usd: 0.0031 + (index % 7) * 0.0012,
    pricing_unknown: index % 9 === 4,
  });
}

function anEpisode(now: number, changes: Partial<Episode> = {}): Episode {
  return {
    id: 41,
    from_provider: 'kimi_k2',
    to_provider: 'claude_opus',
    reason: 'unhealthy',
    detail: REFUSED,
    started_at: now - 7 * MINUTE,
    ended_at: null,
    requests: 1684,
    failed_requests: 2,
    cost_usd: 1.45,
    pricing_unknown_requests: 0,
    ...changes,
  };
}

function lanes(status: Status, now: number): Fallbacks['lanes'] {
  const since = now - DAY;
  return status.providers.map(({ name, health }) => {
    const start = Math.max(since, health.since);
    const earlier: LaneSpan[] =
      name === status.primary
        ? [
            { from: since, to: since + 3 * HOUR, status: 'no_data', reason: 'Switchyard was not running' },
            { from: since + 3 * HOUR, to: now - 9 * HOUR, status: 'healthy', reason: '' },
            { from: now - 9 * HOUR, to: now - 8.6 * HOUR, status: 'unhealthy', reason: 'HTTP 503 on /health' },
            { from: now - 8.6 * HOUR, to: now - 8 * HOUR, status: 'degraded', reason: 'ramping back' },
            { from: now - 8 * HOUR, to: Math.max(now - 8 * HOUR, start), status: 'healthy', reason: '' },
          ]
        : [{ from: since, to: start, status: health.status === 'disabled' ? 'disabled' : 'healthy', reason: '' }];
    return {
      provider: name,
      spans: [
        ...earlier,
        {
          from: name === status.primary ? Math.max(start, now - 8 * HOUR) : start,
          to: now,
          status: health.status,
          reason: health.reason,
        },
      ].filter(({ from, to }) => to > from),
    };
  });
}

function fallbacksOf(status: Status | null, openEpisodes: Episode[], now: number): Fallbacks {
  const past = status?.serving
    ? [
        anEpisode(now, {
          id: 40,
          started_at: now - 9 * HOUR,
          ended_at: now - 8.6 * HOUR,
          requests: 5120,
          cost_usd: 4.96,
          detail: 'HTTP 503 on /health',
        }),
      ]
    : [];
  return {
    since: now - DAY,
    until: now,
    events: [],
    events_truncated: false,
    episodes: [...openEpisodes, ...past],
    lanes: status ? lanes(status, now) : [],
  };
}

/** An hour in minutes: the primary serves until `turn`, then the second provider does. */
function seriesOf(status: Status | null, now: number, turn: number): Series {
  const step = MINUTE;
  const since = now - HOUR;
  const providers =
    status?.requests_per_second === 0 && status.verdict === 'down' && status.simulated ? [] : (status?.providers ?? []);
  return {
    since,
    until: now,
    step_ms: step,
    providers: providers.slice(0, 12).map(({ name, deployment, health }, index) => ({
      provider: name,
      points: Array.from({ length: 60 }, (_, minute) => {
        const at = since + minute * step;
        const mine =
          health.status !== 'disabled' &&
          (index === 0 ? at < turn : index === 1 ? at >= turn : status?.simulated === true);
        const requests = mine ? 230 + Math.round(40 * Math.sin(minute / 5 + index)) : 0;
        const speed = deployment === 'api' ? 2.6 : 1;
        return {
          at,
          requests,
          errors: 0,
          cost_usd: deployment === 'api' ? requests * 0.00087 : 0,
          pricing_unknown_requests: 0,
          output_tokens: requests * 210,
          first_token_ms: mine
            ? { p50: speed * (220 + 30 * Math.sin(minute / 3)), p95: speed * (410 + 90 * Math.cos(minute / 4)) }
            : null,
          latency_ms: mine ? { p50: speed * 1700, p95: speed * (3900 + 500 * Math.sin(minute / 6)) } : null,
        };
      }),
    })),
  };
}

const LIVE: ConnectionState = { ...initialConnection, phase: 'live' };

/** The situations a console has to look right in, as of `now` (epoch ms). */
export function consoleFixture(scenario: Scenario, now: number): ConsoleFixture {
  const build = (
    status: Status | null,
    requests: RequestSummary[],
    openEpisodes: Episode[],
    turn: number,
  ): ConsoleFixture => ({
    status,
    requests,
    openEpisodes,
    fallbacks: fallbacksOf(status, openEpisodes, now),
    series: seriesOf(status, now, turn),
    connection: { ...LIVE, lastMessageAt: now - 400 },
  });
  const served = Array.from({ length: 40 }, (_, index) => aRequest(now, index));
  const fallenBack = Array.from({ length: 40 }, (_, index) => onFallback(now, index));
  switch (scenario) {
    case 'healthy':
      return build(aStatus(now), served, [], now);
    case 'fallback':
      return build(aFallbackStatus(now), fallenBack, [anEpisode(now)], now - 7 * MINUTE);
    case 'forced':
      return build(
        aStatus(now, {
          verdict: 'fallback',
          verdict_since: now - 3 * MINUTE,
          serving: 'claude_opus',
          cause: 'forced by ana',
          cost_usd_per_hour: 12.4,
          providers: [
            kimi(now, { gauges: { ...aProvider(now).gauges, max_concurrent: 32 } }),
            ...aFallbackStatus(now).providers.slice(1),
          ],
          override: {
            id: 7,
            provider: 'claude_opus',
            scope: 'all',
            reason: 'INC-2291: answers from the new Kimi build are cut short',
            operator: 'ana',
            created_at: now - 3 * MINUTE,
            expires_at: now + 12 * MINUTE,
          },
        }),
        fallenBack,
        [],
        now - 3 * MINUTE,
      );
    case 'down':
      return build(aDownStatus(now), fallenBack.slice(5), [anEpisode(now, { to_provider: null })], now - 7 * MINUTE);
    case 'first-run': {
      const empty = build(aFirstRunStatus(now), [], [], now);
      return {
        ...empty,
        series: { ...empty.series, providers: [] },
        fallbacks: { ...empty.fallbacks, episodes: [], lanes: [] },
      };
    }
    case 'crowded':
      return build(
        aCrowdedStatus(now),
        served.map((request, index) => ({ ...request, provider: `provider_${index % 12}`, cost_usd: 0.004 })),
        [],
        now - 20 * MINUTE,
      );
    case 'offline': {
      const before = build(aStatus(now - 42_000), served, [], now);
      return {
        ...before,
        connection: {
          ...LIVE,
          phase: 'lost',
          attempt: 3,
          problem: 'The gateway cannot be reached.',
          retryAt: now + 4000,
          lastMessageAt: now - 42_000,
        },
      };
    }
  }
}
