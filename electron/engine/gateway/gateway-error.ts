import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { JsonObject } from '../dialects/types.ts';

/** The public error codes and the HTTP status of each. */
const GATEWAY_ERROR_STATUS = {
  invalid_request: 400,
  unauthorized: 401,
  model_not_found: 404,
  not_found: 404,
  payload_too_large: 413,
  rate_limited: 429,
  budget_exhausted: 429,
  caller_left: 499,
  upstream_failure: 502,
  provider_not_configured: 503,
  all_providers_unavailable: 503,
  upstream_timeout: 504,
} as const;

export type GatewayErrorCode = keyof typeof GATEWAY_ERROR_STATUS;

export interface GatewayErrorDetail {
  /** Seconds in the `retry-after` header come from this; null leaves it out. */
  retryAfterMs?: number | null;
  failureClass?: FailureClass | null;
  /** The provider's own error object, handed on inside. */
  upstream?: JsonObject | null;
  /** Another status than the code's own: a provider's 4xx handed on as it came. */
  status?: number;
}

/** A request that ends without an answer, as its caller gets to know it: a code and one sentence. */
export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly failureClass: FailureClass | null;
  readonly upstream: JsonObject | null;

  constructor(code: GatewayErrorCode, message: string, detail: GatewayErrorDetail = {}) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
    this.status = detail.status ?? GATEWAY_ERROR_STATUS[code];
    this.retryAfterMs = detail.retryAfterMs ?? null;
    this.failureClass = detail.failureClass ?? null;
    this.upstream = detail.upstream ?? null;
  }
}

/** The reason with which everything done for a caller is aborted once the caller has gone. */
export class CallerLeft extends Error {
  constructor() {
    super('The caller closed the connection.');
    this.name = 'CallerLeft';
  }
}

/** What ends a request, as its caller gets to know it: the caller's own leaving, or our stopping, above all else. */
export function leftOr(callerLeft: AbortSignal, error: unknown): GatewayError {
  return asGatewayError(callerLeft.aborted ? callerLeft.reason : error);
}

/** Any error as a `GatewayError`; what nobody foresaw is a 500 that says so. */
export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof CallerLeft) return new GatewayError('caller_left', error.message);
  const reason = error instanceof Error ? error.message : String(error);
  return new GatewayError('upstream_failure', `Switchyard failed on this request: ${reason}`, { status: 500 });
}
