import { SHADOW_CALL_SITE, type ShadowPair, type ShadowSide } from '../../shared/domain/experiments.ts';
import type { Attempt, RequestDetail } from '../../shared/domain/request.ts';
import { NO_USAGE } from '../../shared/domain/usage.ts';
import { MANNERS, pastId } from './history-requests.ts';
import { logNormal, type Random } from './random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long the demo has been comparing. */
const SPAN_MS = 3 * DAY_MS;
/** The dense last hour is left to the live traffic. */
const UNTIL_MS = 1.2 * HOUR_MS;
const SHARE = 0.1;
const CALL_SITES: readonly (string | null)[] = ['chat', 'processing'];
const USD_PER_DAY = 5;
/** Of today's budget, so that the live traffic has the rest. */
const USD_TODAY = 2;

/** What the demo's experiment has come to before it begins: the copies as rows of their own, and their pairs. */
export interface PastShadows {
  copies: RequestDetail[];
  pairs: Omit<ShadowPair, 'id'>[];
  /** Epoch milliseconds. */
  since: number;
  /** Of the budget's day (UTC) that holds `now`. */
  today: { from: number; costMicroUsd: number };
}

/** A tenth of what Kimi answered in the last three days before `now`, answered by Claude as well, within the budget of each day. */
export function pastShadows(requests: readonly RequestDetail[], now: number, random: Random): PastShadows {
  const since = now - SPAN_MS;
  const todayFrom = now - (now % DAY_MS);
  const spent = new Map<number, number>();
  const copies: RequestDetail[] = [];
  const pairs: Omit<ShadowPair, 'id'>[] = [];
  for (const request of requests) {
    const { started_at: at, provider, status, call_site: callSite } = request;
    if (at < since || at >= now - UNTIL_MS || !CALL_SITES.includes(callSite)) continue;
    if (provider !== 'kimi_k2_self_hosted' || status !== 'success' || random() >= SHARE) continue;
    const day = at - (at % DAY_MS);
    const used = spent.get(day) ?? 0;
    if (used >= (day === todayFrom ? USD_TODAY : USD_PER_DAY) * 1e6) continue;
    const copy = copyOf(request, random);
    const pair = pairOf(request, copy, random);
    if (!pair) continue;
    spent.set(day, used + Math.round(copy.cost_usd * 1e6));
    copies.push(copy);
    pairs.push(pair);
  }
  return { copies, pairs, since, today: { from: todayFrom, costMicroUsd: spent.get(todayFrom) ?? 0 } };
}

function copyOf(request: RequestDetail, random: Random): RequestDetail {
  const { model, firstTokenMs, tokensPerSecond, price } = MANNERS.claude_opus_api;
  const at = request.started_at + Math.ceil(request.duration_ms) + 5;
  const failed = random() < 0.01;
  const input = request.usage.input_tokens;
  const output = Math.max(5, Math.round(request.usage.output_tokens * (0.75 + random() * 0.6)));
  const usage = failed ? NO_USAGE : { ...NO_USAGE, input_tokens: input, output_tokens: output };
  const firstToken = Math.round(logNormal(random, firstTokenMs, firstTokenMs * 2.8));
  const [inputPrice, outputPrice] = price ?? [0, 0];
  const attempt: Attempt = {
    index: 0,
    provider: 'claude_opus_api',
    model,
    started_at: at,
    outcome: failed ? 'failure' : 'success',
    failure_class: failed ? 'overloaded' : null,
    message: failed ? 'claude_opus_api: status 529, overloaded' : null,
    http_status: failed ? 529 : 200,
    retry: false,
    resume: false,
    queue_ms: 0,
    headers_ms: Math.round(firstToken * 0.9),
    first_token_ms: failed ? null : firstToken,
    duration_ms: failed ? 90 : firstToken + Math.round((output / tokensPerSecond) * 1000),
    usage,
    // USD per million tokens times tokens is micro-dollars; stored money is whole ones.
    cost_usd: Math.round(usage.input_tokens * inputPrice + usage.output_tokens * outputPrice) / 1e6,
    pricing_unknown: false,
    adjusted: [],
  };
  return {
    ...request,
    id: pastId(at, random),
    started_at: at,
    origin: 'shadow',
    requested_model: model,
    rule: 'named_provider',
    call_site: SHADOW_CALL_SITE,
    agent_id: null,
    user: null,
    provider: failed ? null : attempt.provider,
    model: failed ? null : model,
    status: failed ? 'error' : 'success',
    http_status: failed ? 502 : 200,
    error_code: failed ? 'upstream_failure' : null,
    failure_class: attempt.failure_class,
    error_message: attempt.message,
    queue_ms: 0,
    first_token_ms: attempt.first_token_ms,
    duration_ms: attempt.duration_ms,
    usage,
    cost_usd: attempt.cost_usd,
    decision: null,
    attempt_list: [attempt],
  };
}

function pairOf(request: RequestDetail, copy: RequestDetail, random: Random): Omit<ShadowPair, 'id'> | null {
  const original = request.attempt_list.at(-1);
  const attempt = copy.attempt_list[0];
  if (!original || !attempt) return null;
  const answered = attempt.outcome === 'success';
  const wantsJson = request.call_site === 'processing' && random() < 0.5;
  // The mean of three is a bell: most pairs share about half of their words.
  const similarity = 0.15 + (0.75 * (random() + random() + random())) / 3;
  return {
    at: copy.started_at,
    call_site: request.call_site,
    streamed: request.streamed,
    original: sideOf(request.id, original),
    shadow: {
      ...sideOf(copy.id, attempt),
      outcome: attempt.outcome,
      failure_class: attempt.failure_class,
      message: attempt.message,
    },
    length_ratio: answered ? attempt.usage.output_tokens / Math.max(1, original.usage.output_tokens) : null,
    similarity: answered ? similarity : null,
    json: answered && wantsJson ? { original: random() < 0.98, shadow: random() < 0.995 } : null,
    tool_calls: null,
  };
}

function sideOf(id: string, attempt: Attempt): ShadowSide {
  return {
    request_id: id,
    provider: attempt.provider,
    model: attempt.model,
    duration_ms: attempt.duration_ms,
    first_token_ms: attempt.first_token_ms,
    output_tokens: attempt.usage.output_tokens,
    cost_usd: attempt.cost_usd,
    pricing_unknown: attempt.pricing_unknown,
    finish_reason: attempt.outcome === 'success' ? 'stop' : null,
  };
}
