import { renderAnthropicError, renderOpenAiError } from '../dialects/errors.ts';
import type { GatewayErrorBody } from '../dialects/errors.ts';
import type { Dialect } from '../dialects/types.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayError } from './gateway-error.ts';

/** The error as both dialects render it. */
export function errorBody(requestId: string, error: GatewayError): GatewayErrorBody {
  return { status: error.status, code: error.code, message: error.message, requestId, upstream: error.upstream };
}

/** Answers with an error in the caller's dialect. Does nothing when the caller has left. */
export function sendError(
  exchange: Exchange,
  dialect: Dialect,
  requestId: string,
  error: GatewayError,
  headers: Record<string, string> = {},
): void {
  const body = errorBody(requestId, error);
  const answerHeaders = { ...headers };
  if (error.retryAfterMs !== null)
    answerHeaders['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  exchange.sendJson(
    error.status,
    dialect === 'openai' ? renderOpenAiError(body) : renderAnthropicError(body),
    answerHeaders,
  );
}
