import type { Attempt, RequestDetail, RequestStatus } from '../../../shared/domain/request.ts';
import { NO_USAGE } from '../../../shared/domain/usage.ts';

/** What is known of a request before anybody was asked. */
type Head = Pick<RequestDetail, 'id' | 'started_at' | 'origin' | 'dialect' | 'streamed' | 'requested_model'>;

/** Everything else of a row, as it is where nothing was decided and nobody was asked. */
export const BLANK_RECORD: Omit<RequestDetail, keyof Head | 'status' | 'http_status' | 'duration_ms'> = {
  rule: null,
  call_site: null,
  tier: null,
  task_type: null,
  agent_id: null,
  user: null,
  provider: null,
  model: null,
  error_code: null,
  failure_class: null,
  error_message: null,
  attempts: 0,
  fallback_from: null,
  fallback_reason: null,
  resumed: false,
  queue_ms: 0,
  first_token_ms: null,
  usage: NO_USAGE,
  cost_usd: 0,
  pricing_unknown: false,
  decision: null,
  attempt_list: [],
};

/** The row of a request that is one attempt at a provider that was named: a comparison's, a probe's. */
export function recordOfAttempt(head: Head & Pick<RequestDetail, 'call_site'>, attempt: Attempt): RequestDetail {
  const served = attempt.outcome === 'success';
  return {
    ...BLANK_RECORD,
    ...head,
    ...endingOf(attempt),
    rule: 'named_provider',
    provider: served ? attempt.provider : null,
    model: served ? attempt.model : null,
    failure_class: attempt.failure_class,
    error_message: attempt.message,
    attempts: 1,
    first_token_ms: attempt.first_token_ms,
    duration_ms: attempt.duration_ms,
    usage: attempt.usage,
    cost_usd: attempt.cost_usd,
    pricing_unknown: attempt.pricing_unknown,
    attempt_list: [attempt],
  };
}

interface Ending {
  status: RequestStatus;
  http_status: number;
  error_code: string | null;
}

/** As the gateway would answer it. */
function endingOf({ outcome, failure_class: failureClass }: Attempt): Ending {
  if (outcome === 'success') return { status: 'success', http_status: 200, error_code: null };
  if (outcome === 'cancelled') return { status: 'cancelled', http_status: 499, error_code: 'caller_left' };
  if (failureClass === 'timeout') return { status: 'timeout', http_status: 504, error_code: 'upstream_timeout' };
  return { status: 'error', http_status: 502, error_code: 'upstream_failure' };
}
