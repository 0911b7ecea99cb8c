import type { IncomingHttpHeaders } from 'node:http';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import { listOf, numberOf, objectOf, textOf } from '../dialects/json.ts';
import type { JsonObject, JsonValue } from '../dialects/types.ts';
import { retryAfterMs } from './retry-hints.ts';
import type { Failure } from './types.ts';

/** An answer that is not a success, or an error inside a stream that began as one. */
export interface ErrorAnswer {
  /** Who answered, for the message. */
  provider: string;
  /** HTTP status; 200 for an error inside a stream. */
  status: number;
  headers: IncomingHttpHeaders;
  /** The parsed body, or null when it was no JSON. */
  body: JsonValue;
  /** Epoch milliseconds, for dates in headers. */
  now: number;
  /** The key that was sent; taken out wherever the provider quotes it. */
  secret: string | null;
}

/** What vendors say when the conversation does not fit, in one pattern per wording. */
const CONTEXT_OVERFLOW = [
  // OpenAI and vLLM: "This model's maximum context length is N tokens."
  /maximum context length/i,
  // vLLM: "The decoder prompt (length N) is longer than the maximum model length of M"
  /longer than the maximum model length/i,
  // vLLM and llama.cpp: "the request exceeds the available context size", "exceed context window"
  /exceeds? (?:the )?(?:available |model'?s? )?(?:max(?:imum)? )?context/i,
  // Anthropic: "prompt is too long: N tokens > M maximum", "input length and `max_tokens` exceed context limit"
  /prompt is too long/i,
  /exceed context limit/i,
  // Moonshot: "Your request exceeded model token limit: N"
  /exceeded model token limit/i,
  // xAI: "This model's maximum prompt length is N but the request contains M tokens."
  /maximum prompt length/i,
  /context[_ ]length[_ ]exceeded/i,
  /exceed_context_size/i,
];

const CONTENT_FILTER =
  /content[_ ](?:policy[_ ]violation|filter)|content management policy|usage guidelines|high risk|safety (?:system|check)/i;

/** Credit or a spend limit is used up: waiting does not help. */
const EXHAUSTED =
  /insufficient_quota|exceeded_current_quota|billing_(?:error|hard_limit)|credit balance is too low|exceeded your current quota|spend(?:ing)? limit|monthly (?:usage|spend)|insufficient (?:balance|credits?|funds)|out of credits|run out of credits|suspended due to/i;

const MODEL_MISSING =
  /model_not_found|(?:model\b.{0,120}(?:does not exist|not found|no longer available|not exist))|not found the model|unknown model/i;

/** xAI answers a wrong key with 400 and these words (https://github.com/continuedev/continue/issues/10778). */
const WRONG_KEY = /(?:incorrect|invalid) api key/i;

const UNAUTHORIZED_TYPES = new Set([
  'authentication_error',
  'permission_error',
  'invalid_authentication_error',
  'invalid_api_key',
]);

const CLASS_BY_TYPE: Readonly<Record<string, FailureClass>> = {
  overloaded_error: 'overloaded',
  engine_overloaded_error: 'overloaded',
  rate_limit_error: 'rate_limited',
  rate_limit_reached_error: 'rate_limited',
  rate_limit_exceeded: 'rate_limited',
  billing_error: 'exhausted',
  not_found_error: 'model_missing',
  request_too_large: 'invalid_request',
  timeout_error: 'server_error',
  api_error: 'server_error',
  server_error: 'server_error',
  InternalServerError: 'server_error',
  invalid_request_error: 'invalid_request',
  BadRequestError: 'invalid_request',
};

/** Turns an error answer of any vendor into a failure. The wording decides before the status, the status last. */
export function classifyAnswer(answer: ErrorAnswer): Failure {
  const error = withoutKeys(errorObject(answer.body), answer.secret);
  const message = describe(error, answer);
  return {
    class: classOf(answer.status, error, message),
    message: `${answer.provider}: ${message}`,
    httpStatus: answer.status,
    phase: null,
    retryAfterMs: retryAfterMs(answer.headers, answer.now),
    body: error,
    staleSocket: false,
  };
}

/**
 * The error object of a body: `{error:{…}}` (OpenAI, Anthropic, vLLM), `{error:"…"}` (vLLM's key check, xAI), or a bare
 * `{object:"error",…}` (older vLLM); null when there is none.
 */
export function errorObject(body: JsonValue): JsonObject | null {
  const object = objectOf(body);
  if (object === null) return null;
  const error = object['error'];
  if (typeof error === 'string')
    return { message: error, ...(textOf(object['code']) ? { code: object['code'] ?? null } : {}) };
  if (objectOf(error)) return objectOf(error);
  const detail = textOf(object['detail']) ?? fieldProblems(object['detail']);
  if (object['object'] === 'error' || detail || textOf(object['message'])) {
    return { ...object, message: textOf(object['message']) ?? detail };
  }
  return null;
}

/** FastAPI's list of what is wrong with which field (https://fastapi.tiangolo.com/tutorial/handling-errors/) in words. */
function fieldProblems(detail: JsonValue | undefined): string | null {
  const problems = listOf(detail).flatMap((item) => {
    const problem = objectOf(item);
    const message = textOf(problem?.['msg']);
    const path = listOf(problem?.['loc']).filter((step) => typeof step === 'string' || typeof step === 'number');
    return message === null ? [] : [`${path.join('.')}: ${message}`];
  });
  return problems.length === 0 ? null : problems.join('; ');
}

function classOf(status: number, error: JsonObject | null, message: string): FailureClass {
  const type = textOf(error?.['type']) ?? '';
  const code = textOf(error?.['code']) ?? '';
  const words = `${code} ${type} ${message}`;
  const effective = effectiveStatus(status, error);
  if (effective < 500 && EXHAUSTED.test(words)) return 'exhausted';
  if (effective < 500 && WRONG_KEY.test(words)) return 'unauthorized';
  if (effective < 500 && effective !== 429 && CONTEXT_OVERFLOW.some((pattern) => pattern.test(words)))
    return 'context_overflow';
  if (effective < 500 && effective !== 429 && CONTENT_FILTER.test(words)) return 'content_filtered';
  if (effective < 500 && MODEL_MISSING.test(words)) return 'model_missing';
  if (UNAUTHORIZED_TYPES.has(type) || code === 'invalid_api_key') return 'unauthorized';
  // Inside a stream the status is 200 and says nothing: then the vendor's own type decides.
  if (effective < 300) return CLASS_BY_TYPE[type] ?? CLASS_BY_TYPE[code] ?? 'server_error';
  if (type === 'overloaded_error' || type === 'engine_overloaded_error') return 'overloaded';
  return classOfStatus(effective);
}

/** vLLM puts the HTTP status into the error's integer `code`, which is all there is inside a stream. */
function effectiveStatus(status: number, error: JsonObject | null): number {
  const code = numberOf(error?.['code']) ?? Number(textOf(error?.['code']) ?? Number.NaN);
  return status < 400 && code >= 400 && code < 600 ? code : status;
}

function classOfStatus(status: number): FailureClass {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 402) return 'exhausted';
  if (status === 404) return 'model_missing';
  if (status === 408) return 'server_error';
  if (status === 429) return 'rate_limited';
  if (status === 503 || status === 529) return 'overloaded';
  if (status >= 500) return 'server_error';
  return status >= 400 ? 'invalid_request' : 'malformed';
}

const LONGEST_MESSAGE = 400;

function describe(error: JsonObject | null, answer: ErrorAnswer): string {
  const said = textOf(error?.['message']) ?? textOf(error?.['type']);
  const status = answer.status === 200 ? 'error in the stream' : `HTTP ${answer.status}`;
  if (!said) return status;
  const short = said.replaceAll(/\s+/g, ' ').trim();
  return `${status}: ${short.length > LONGEST_MESSAGE ? `${short.slice(0, LONGEST_MESSAGE)}…` : short}`;
}

const LOOKS_LIKE_KEY = /\b(?:sk|xai|key|pk)-[A-Za-z0-9*_-]{6,}/g;

/** Providers quote a wrong key in their messages, whole or in part: neither our key nor what looks like one goes on. */
function withoutKeys(error: JsonObject | null, secret: string | null): JsonObject | null {
  if (error === null) return null;
  const text = JSON.stringify(error);
  const exact = secret ? text.replaceAll(JSON.stringify(secret).slice(1, -1), '[key]') : text;
  return JSON.parse(exact.replaceAll(LOOKS_LIKE_KEY, '[key]')) as JsonObject;
}
