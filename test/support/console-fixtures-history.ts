import type { CompareEvent, CompareRequest, CompareResult } from '../../shared/domain/compare.ts';
import type {
  CostFigures,
  CostQuery,
  CostRow,
  Costs,
  Episode,
  FallbackEvent,
  Fallbacks,
  LaneSpan,
  Series,
} from '../../shared/domain/history.ts';
import type { ProviderStatus } from '../../shared/domain/provider.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A finished episode of 28 minutes, five hours before `now`; `changes` make it what a test needs. */
export function pastEpisode(now: number, changes: Partial<Episode> = {}): Episode {
  return {
    id: 40,
    from_provider: 'kimi_k2',
    to_provider: 'claude_opus',
    reason: 'unhealthy',
    detail: 'connection refused, 3 probes in a row',
    started_at: now - 5 * HOUR,
    ended_at: now - 5 * HOUR + 28 * MINUTE,
    requests: 1204,
    failed_requests: 3,
    cost_usd: 12.4,
    pricing_unknown_requests: 0,
    ...changes,
  };
}

/** One request that Claude took over; `index` counts back in time from `before`. */
export function fallbackEvent(before: number, index: number, changes: Partial<FallbackEvent> = {}): FallbackEvent {
  return {
    id: 9000 - index,
    at: before - index * 2300,
    request_id: `req_01JD${String(index).padStart(6, '0')}QZ8T4M3K`,
    from_provider: 'kimi_k2',
    to_provider: 'claude_opus',
    reason: 'error',
    detail: 'connection refused on connect, before the first byte',
    served: index % 9 !== 4,
    ...changes,
  };
}

function healthyDay(now: number): LaneSpan[] {
  return [{ from: now - DAY, to: now, status: 'healthy', reason: '' }];
}

/** A day with one past episode: Kimi K2 was out, ramped back, and Switchyard was not running in the first three hours. */
export function aFallbackDay(now: number, changes: Partial<Fallbacks> = {}): Fallbacks {
  const episode = pastEpisode(now);
  const end = episode.ended_at ?? now;
  return {
    since: now - DAY,
    until: now,
    episodes: [episode],
    events: Array.from({ length: 12 }, (_, index) => fallbackEvent(end - MINUTE, index)),
    events_truncated: false,
    lanes: [
      {
        provider: 'kimi_k2',
        spans: [
          { from: now - DAY, to: now - 21 * HOUR, status: 'no_data', reason: 'Switchyard was not running' },
          { from: now - 21 * HOUR, to: episode.started_at, status: 'healthy', reason: '' },
          { from: episode.started_at, to: end, status: 'unhealthy', reason: episode.detail },
          { from: end, to: end + 40 * MINUTE, status: 'degraded', reason: 'ramping back, 40 % of traffic' },
          { from: end + 40 * MINUTE, to: now, status: 'healthy', reason: '' },
        ],
      },
      { provider: 'claude_opus', spans: healthyDay(now) },
      {
        provider: 'gpt4',
        spans: [{ from: now - DAY, to: now, status: 'disabled', reason: 'switched off in the registry' }],
      },
    ],
    ...changes,
  };
}

/** A day in which nothing fell back. */
export function aQuietDay(now: number): Fallbacks {
  return aFallbackDay(now, {
    episodes: [],
    events: [],
    lanes: [
      { provider: 'kimi_k2', spans: healthyDay(now) },
      { provider: 'claude_opus', spans: healthyDay(now) },
    ],
  });
}

/** A terrible week on twelve providers: 200 episodes, 1,000 events and more than the answer holds. */
export function aCrowdedHistory(now: number, providers: readonly ProviderStatus[]): Fallbacks {
  const span = 7 * DAY;
  const since = now - span;
  const slot = span / 200;
  const cycle = ['healthy', 'degraded', 'unhealthy', 'healthy', 'unknown', 'healthy'] as const;
  const episodes = Array.from({ length: 200 }, (_, index): Episode => {
    const start = since + index * slot + ((index * 7919) % (slot / 2));
    return pastEpisode(now, {
      id: index + 1,
      from_provider: 'provider_0',
      to_provider: index % 13 === 5 ? null : `provider_${1 + (index % 4)}`,
      reason: (['unhealthy', 'timeout', 'error'] as const)[index % 3] ?? 'error',
      started_at: Math.round(start),
      ended_at: index === 199 ? null : Math.round(start + 20_000 + ((index * 104_729) % (slot / 3))),
      requests: 12 + ((index * 373) % 9000),
      failed_requests: index % 5 === 0 ? index : 0,
      cost_usd: ((index * 31) % 400) / 10,
      pricing_unknown_requests: index % 17 === 3 ? 41 : 0,
    });
  });
  return {
    since,
    until: now,
    episodes: episodes.toReversed(),
    events: Array.from({ length: 1000 }, (_, index) =>
      fallbackEvent(now, index * 40, { id: 9000 - index, from_provider: 'provider_0', to_provider: 'provider_3' }),
    ),
    events_truncated: true,
    lanes: providers.map(({ name }, lane) => ({
      provider: name,
      spans: Array.from({ length: 160 }, (_, index): LaneSpan => {
        const status =
          lane % 3 === 0
            ? (cycle[(index + lane) % cycle.length] ?? 'healthy')
            : index % 29 === lane
              ? 'unhealthy'
              : 'healthy';
        const from = Math.round(since + (index * span) / 160);
        return {
          from,
          to: Math.round(since + ((index + 1) * span) / 160),
          status,
          reason: status === 'healthy' ? '' : 'HTTP 503 on /health, 3 probes in a row',
        };
      }),
    })),
  };
}

/** Sums of nothing; `changes` make them what a test needs. */
export function costFigures(changes: Partial<CostFigures> = {}): CostFigures {
  return {
    requests: 0,
    errors: 0,
    input_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    cost_usd: 0,
    pricing_unknown_requests: 0,
    cache_savings_usd: 0,
    list_savings_usd: 0,
    list_price_unknown_requests: 0,
    reference_cost_usd: 0,
    savings_usd: 0,
    ...changes,
  };
}

/** Costs whose totals are the sum of the given rows, as the contract promises. */
export function costsOf(now: number, group: CostQuery['group_by'], rows: readonly CostRow[]): Costs {
  const totals = costFigures();
  for (const row of rows) {
    for (const name of Object.keys(totals) as (keyof CostFigures)[]) totals[name] += row[name];
  }
  return {
    group_by: group,
    since: now - DAY,
    until: now,
    time_zone: 'Europe/Berlin',
    rows: [...rows],
    totals,
    unpriced:
      totals.pricing_unknown_requests > 0
        ? [{ model: 'house-model-7b', requests: totals.pricing_unknown_requests }]
        : [],
    reference: { model: 'claude-haiku-4-5-20251001', pricing_unknown: false },
    amortised: { rows: [{ provider: 'kimi_k2', usd_per_hour: 4.5, hours: 24, cost_usd: 108 }], cost_usd: 108 },
  };
}

const KEYS: Readonly<Record<CostQuery['group_by'], readonly string[]>> = {
  provider: ['kimi_k2', 'claude_opus', 'gpt4', 'moonshot', ''],
  model: ['moonshotai/Kimi-K2-Instruct', 'claude-opus-4-6', 'gpt-4-turbo', 'house-model-7b', ''],
  tier: ['fast', 'balanced', 'powerful', '', ''],
  call_site: ['CGX_FRONTEND_MODEL_NAME', 'PROCESSING_BACKEND_MODEL_NAME', '', '', ''],
  agent: ['billing-drafts', 'support-triage', '(other)', '', ''],
  day: ['2026-11-18', '2026-11-19', '2026-11-20', '', ''],
  hour: ['2026-11-20T01:00', '2026-11-20T02:00', '2026-11-20T03:00', '2026-11-20T04:00', ''],
};

const FIGURES: readonly Partial<CostFigures>[] = [
  {
    requests: 48_210,
    errors: 31,
    input_tokens: 61_400_000,
    output_tokens: 19_300_000,
    list_savings_usd: 85.09,
    reference_cost_usd: 157.9,
    savings_usd: 157.9,
  },
  {
    requests: 3912,
    errors: 12,
    input_tokens: 5_120_000,
    cache_read_tokens: 1_900_000,
    output_tokens: 1_480_000,
    reasoning_tokens: 310_000,
    cost_usd: 62.6142,
    cache_savings_usd: 8.55,
    reference_cost_usd: 10.81,
    savings_usd: -51.8042,
  },
  { requests: 3, input_tokens: 1200, output_tokens: 380, cost_usd: 0.000_42 },
  {
    requests: 37,
    errors: 1,
    input_tokens: 48_000,
    output_tokens: 12_000,
    pricing_unknown_requests: 37,
    list_price_unknown_requests: 37,
  },
  { requests: 6, errors: 6 },
];

/** A day's costs by any dimension: a free primary, a dear fallback, a tiny one, one without a price, and what nobody answered. */
export function someCosts(now: number, group: CostQuery['group_by'] = 'provider'): Costs {
  const keys = KEYS[group];
  const rows = new Map<string, CostRow>();
  FIGURES.forEach((figures, index) => {
    const key = keys[index] ?? '';
    const row = rows.get(key) ?? { ...costFigures(), key };
    for (const name of Object.keys(figures) as (keyof CostFigures)[]) row[name] += figures[name] ?? 0;
    rows.set(key, row);
  });
  return costsOf(now, group, [...rows.values()]);
}

/** A day in 60 buckets: the first provider serves, the second between two moments, with a gap where nothing ran. */
export function aSeriesDay(now: number, providers: readonly string[]): Series {
  const step = (24 * HOUR) / 60;
  return {
    since: now - DAY,
    until: now,
    step_ms: step,
    providers: providers.map((provider, index) => ({
      provider,
      points: Array.from({ length: 60 }, (_, bucket) => {
        const out = bucket >= 44 && bucket < 50;
        const mine = index === 0 ? !out && bucket > 6 : index === 1 ? out : index > 2 && bucket > 6;
        const requests = mine ? 700 + Math.round(260 * Math.sin(bucket / 8 + index)) : 0;
        return {
          at: now - DAY + bucket * step,
          requests,
          errors: 0,
          cost_usd: index === 0 ? 0 : requests * 0.0031,
          pricing_unknown_requests: 0,
          output_tokens: requests * 240,
          first_token_ms: mine ? { p50: 240 + 10 * index, p95: 460 + 20 * (bucket % 7) } : null,
          latency_ms: mine ? { p50: 1900, p95: 4800 } : null,
        };
      }),
    })),
  };
}

/** A whole answer with its figures; `changes` make it what a test needs. */
export function compareResult(changes: Partial<CompareResult> = {}): CompareResult {
  return {
    target: 0,
    provider: 'claude_opus',
    model: 'claude-opus-4-6',
    request_id: 'req_01JD000001QZ8T4M3K',
    outcome: 'success',
    failure_class: null,
    message: null,
    text: 'Four.',
    thinking: '',
    finish_reason: 'stop',
    first_token_ms: 620,
    duration_ms: 2400,
    tokens_per_second: 61.4,
    usage: {
      input_tokens: 412,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 118,
      reasoning_tokens: 0,
      estimated: false,
    },
    cost_usd: 0.0042,
    pricing_unknown: false,
    ...changes,
  };
}

const ANSWER = `A vLLM server reports healthy before it can serve, so three things have to hold:

1. /health answers 200 within two seconds.
2. The model list names the model.
3. A request answered in the last minute, or the queue is empty.

If the first fails three times in a row, take it out of rotation and start the half-open trial after 30 s.`;

/** What a provider streams to the playground, by its name: an answer, one with thinking, one without a price, a failure. */
export async function* compareStream(request: CompareRequest): AsyncGenerator<CompareEvent, void, void> {
  const provider = request.targets[0]?.provider ?? '';
  const model = request.targets[0]?.model ?? `${provider}-model`;
  yield { type: 'started', target: 0, provider, model };
  if (provider === 'gpt4') {
    const message = 'OpenAI answered 401: Incorrect API key provided.';
    const failed = { outcome: 'failure', failure_class: 'unauthorized', message, text: '' } as const;
    yield {
      type: 'done',
      target: 0,
      result: compareResult({
        provider,
        model,
        ...failed,
        finish_reason: null,
        first_token_ms: null,
        tokens_per_second: null,
        duration_ms: 210,
        cost_usd: 0,
        usage: { ...compareResult().usage, input_tokens: 0, output_tokens: 0 },
      }),
    };
    return;
  }
  const selfHosted = provider === 'kimi_k2';
  const thinking = selfHosted
    ? 'The reader runs vLLM. They ask when to leave it, so give conditions that can be checked.'
    : '';
  const firstToken = selfHosted ? 214 : 640;
  yield { type: 'first_token', target: 0, first_token_ms: firstToken };
  if (thinking !== '') yield { type: 'thinking', target: 0, text: thinking };
  for (const word of ANSWER.split(/(?<= )/)) yield { type: 'text', target: 0, text: word };
  yield {
    type: 'done',
    target: 0,
    result: compareResult({
      provider,
      model,
      text: ANSWER,
      thinking,
      first_token_ms: firstToken,
      duration_ms: selfHosted ? 1740 : 3900,
      cost_usd: selfHosted ? 0 : 0.0042,
      pricing_unknown: provider === 'moonshot',
      usage: { ...compareResult().usage, reasoning_tokens: selfHosted ? 31 : 0, estimated: selfHosted },
    }),
  };
}
