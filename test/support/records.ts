import type { Attempt, RequestDetail, Usage } from '../../shared/domain/request.ts';

/** No tokens at all. */
const NO_USAGE: Usage = {
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  estimated: false,
};

/** A successful attempt of 10 tokens in and 20 out at `kimi`, changed as asked. */
export function anAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    index: 0,
    provider: 'kimi',
    model: 'kimi-k2',
    started_at: 1_000,
    outcome: 'success',
    failure_class: null,
    message: null,
    http_status: 200,
    retry: false,
    resume: false,
    queue_ms: 0,
    headers_ms: 5,
    first_token_ms: 100,
    duration_ms: 1_100,
    usage: { ...NO_USAGE, input_tokens: 10, output_tokens: 20 },
    cost_usd: 0,
    pricing_unknown: false,
    adjusted: [],
    ...changes,
  };
}

/** A request answered by its only attempt, changed as asked. */
export function aRequest(changes: Partial<RequestDetail> = {}): RequestDetail {
  const attempts = changes.attempt_list ?? [anAttempt()];
  return {
    id: 'req_1',
    started_at: 1_000,
    origin: 'client',
    dialect: 'openai',
    streamed: true,
    requested_model: 'auto',
    rule: 'primary',
    call_site: null,
    tier: null,
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
    first_token_ms: 100,
    duration_ms: 1_100,
    usage: { ...NO_USAGE, input_tokens: 10, output_tokens: 20 },
    cost_usd: 0,
    pricing_unknown: false,
    decision: null,
    attempt_list: attempts,
    ...changes,
  };
}
