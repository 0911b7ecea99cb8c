import type { Decision } from '../../shared/domain/decision.ts';
import type { Attempt, RequestDetail, Usage } from '../../shared/domain/request.ts';

export const noUsage: Usage = {
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  estimated: false,
};

export const sampleDecision: Decision = {
  rule: 'primary',
  reason: 'kimi is healthy and the primary',
  requested_model: 'auto',
  tier: 'balanced',
  complexity: 4.2,
  call_site: null,
  task_type: null,
  provider: 'kimi',
  model: 'kimi-k2',
  candidates: [{ provider: 'kimi', model: 'kimi-k2', eligible: true, code: 'ok', reason: 'healthy, primary' }],
  warnings: [],
};

export function sampleAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    index: 0,
    provider: 'kimi',
    model: 'kimi-k2',
    started_at: 1_768_478_400_000,
    outcome: 'success',
    failure_class: null,
    message: null,
    http_status: 200,
    retry: false,
    resume: false,
    queue_ms: 0,
    headers_ms: 80,
    first_token_ms: 120,
    duration_ms: 900,
    usage: { ...noUsage, input_tokens: 100, output_tokens: 20 },
    cost_usd: 0.0015,
    pricing_unknown: false,
    adjusted: [],
    ...changes,
  };
}

/** A request that the primary answered at once; tokens, cost and count follow the attempts unless given. */
export function sampleRequest(changes: Partial<RequestDetail> = {}): RequestDetail {
  const attempts = changes.attempt_list ?? [sampleAttempt()];
  return {
    id: 'request-1',
    started_at: 1_768_478_400_000,
    origin: 'client',
    dialect: 'openai',
    streamed: true,
    requested_model: 'auto',
    rule: 'primary',
    call_site: null,
    tier: 'balanced',
    task_type: null,
    agent_id: null,
    user: null,
    provider: 'kimi',
    model: 'kimi-k2',
    status: 'success',
    http_status: 200,
    error_code: null,
    failure_class: null,
    error_message: null,
    attempts: attempts.length,
    fallback_from: null,
    fallback_reason: null,
    resumed: false,
    queue_ms: 0,
    first_token_ms: 120,
    duration_ms: 900,
    usage: attempts.at(-1)?.usage ?? noUsage,
    cost_usd: attempts.reduce((sum, attempt) => sum + Math.round(attempt.cost_usd * 1e6), 0) / 1e6,
    pricing_unknown: attempts.some((attempt) => attempt.pricing_unknown),
    decision: null,
    ...changes,
    attempt_list: attempts,
  };
}
