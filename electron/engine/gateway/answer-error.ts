import { renderAnthropicError, renderOpenAiError } from '../dialects/errors.ts';
import type { GatewayErrorBody } from '../dialects/errors.ts';
import type { Dialect } from '../dialects/types.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayError } from './gateway-error.ts';

/** The longest time that the official SDKs wait when they are told to (`retryRequest` in both); in milliseconds. */
const LONGEST_WAIT_MS = 60_000;

/** The error as both dialects render it. */
export function errorBody(requestId: string, error: GatewayError): GatewayErrorBody {
  return { status: error.status, code: error.code, message: error.message, requestId, upstream: error.upstream };
}

/**
 * Answers with an error in the caller's dialect. Does nothing when the caller has left. An SDK that asks again by itself
 * would have every retry of ours made as often again: it is told not to, unless it is told when.
 */
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
  if (error.retryAfterMs === null || error.retryAfterMs > LONGEST_WAIT_MS) answerHeaders['x-should-retry'] = 'false';
  exchange.sendJson(
    error.status,
    dialect === 'openai' ? renderOpenAiError(body) : renderAnthropicError(body),
    answerHeaders,
  );
}
