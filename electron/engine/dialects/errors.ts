import type { JsonObject } from './types.ts';

/** An error of ours, on its way to a caller of either dialect. */
export interface GatewayErrorBody {
  /** HTTP status. */
  status: number;
  /** Our stable code, such as `upstream_failure`. */
  code: string;
  /** One sentence for a human. */
  message: string;
  requestId: string;
  /** The dialect's error type; chosen by status when left out. */
  type?: string;
  /** The field of the request that is wrong. */
  param?: string | null;
  /** The provider's own error object, passed on for those who can read it. */
  upstream?: JsonObject | null;
}

/** OpenAI's error body. The official SDK chooses its exception class by the HTTP status and reads `type`, `code`, `param`. */
export function renderOpenAiError(error: GatewayErrorBody): JsonObject {
  return {
    error: {
      message: error.message,
      type: error.type ?? openAiErrorType(error.status),
      param: error.param ?? null,
      code: error.code,
      request_id: error.requestId,
      ...(error.upstream ? { upstream: error.upstream } : {}),
    },
  };
}

/** Anthropic's error body. The official SDK chooses its exception class by the HTTP status, and by `type` in a stream. */
export function renderAnthropicError(error: GatewayErrorBody): JsonObject {
  return {
    type: 'error',
    error: {
      type: error.type ?? anthropicErrorType(error.status),
      message: error.message,
      code: error.code,
      ...(error.param ? { param: error.param } : {}),
      ...(error.upstream ? { upstream: error.upstream } : {}),
    },
    request_id: error.requestId,
  };
}

/** The error that stands in for the end of an answer that never came to one. */
export function cutOff(requestId: string): GatewayErrorBody {
  return { status: 502, code: 'upstream_failure', message: 'The answer broke off before its end.', requestId };
}

/** Source: https://platform.openai.com/docs/guides/error-codes/api-errors */
function openAiErrorType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

const ANTHROPIC_ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Source: https://platform.claude.com/docs/en/api/errors */
function anthropicErrorType(status: number): string {
  return ANTHROPIC_ERROR_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}
