import type { JsonObject } from './json.ts';

/** Whose API a simulated provider speaks. */
export type Vendor = 'vllm' | 'openai' | 'moonshot' | 'xai' | 'anthropic';

export type RejectionReason =
  | 'invalid_request'
  | 'unauthorized'
  | 'model_missing'
  | 'not_found'
  | 'too_large'
  | 'context_overflow'
  | 'content_filtered'
  | 'rate_limited'
  | 'exhausted'
  | 'overloaded'
  | 'loading'
  | 'server_error';

/** An error answer as it goes over the wire, before its request id. */
export interface Rejection {
  status: number;
  body: JsonObject;
  headers: Record<string, string>;
}

export interface RejectionDetail {
  /** What is wrong, for `invalid_request`, `not_found` and `server_error`; a stock sentence otherwise. */
  message?: string;
  param?: string | null;
  /** OpenAI's `code` where it differs from the reason's usual one. */
  code?: string;
  model?: string;
  promptTokens?: number;
  maxTokens?: number;
  contextWindow?: number;
  retryAfterSeconds?: number | null;
  /** Said in `retry-after-ms`; where it is left out, OpenAI says its seconds there too. */
  retryAfterMs?: number;
}

/** Thrown where a request cannot be served; rendered in the vendor's shape. */
export class Rejected extends Error {
  readonly reason: RejectionReason;
  readonly detail: RejectionDetail;

  constructor(reason: RejectionReason, detail: RejectionDetail = {}) {
    super(detail.message ?? reason);
    this.name = 'Rejected';
    this.reason = reason;
    this.detail = detail;
  }
}

/** The reason's error answer, in the shape and with the status that the vendor gives it. */
export function renderRejection(vendor: Vendor, reason: RejectionReason, detail: RejectionDetail = {}): Rejection {
  const headers: Record<string, string> = {};
  const seconds = detail.retryAfterSeconds;
  if (seconds !== undefined && seconds !== null) headers['retry-after'] = String(Math.ceil(seconds));
  const rendered = RENDERERS[vendor](reason, detail);
  const milliseconds = detail.retryAfterMs ?? (vendor === 'openai' && seconds ? Math.round(seconds * 1000) : null);
  if (milliseconds !== null) headers['retry-after-ms'] = String(milliseconds);
  return { ...rendered, headers };
}

/** An error answer of any status, with the body that the vendor sends for the nearest reason. */
export function renderStatus(vendor: Vendor, status: number, retryAfterSeconds: number | null): Rejection {
  const known: Record<number, RejectionReason> = {
    400: 'invalid_request',
    401: 'unauthorized',
    402: 'exhausted',
    404: 'not_found',
    413: 'too_large',
    429: 'rate_limited',
    503: 'overloaded',
    529: 'overloaded',
  };
  const reason = known[status] ?? (status < 500 ? 'invalid_request' : 'server_error');
  return { ...renderRejection(vendor, reason, { retryAfterSeconds }), status };
}

type Renderer = (reason: RejectionReason, detail: RejectionDetail) => Omit<Rejection, 'headers'>;

function overflowText(detail: RejectionDetail): string {
  const prompt = detail.promptTokens ?? 0;
  const completion = detail.maxTokens ?? 0;
  return (
    `This model's maximum context length is ${detail.contextWindow ?? 0} tokens. However, you requested ` +
    `${prompt + completion} tokens (${prompt} in the messages, ${completion} in the completion).`
  );
}

/** vLLM: `code` is the integer status, and a wrong key's body holds a plain string (vllm/entrypoints/openai). */
const renderVllm: Renderer = (reason, detail) => {
  const error = (
    status: number,
    type: string,
    message: string,
    param: string | null = null,
  ): Omit<Rejection, 'headers'> => ({
    status,
    body: { error: { message, type, param, code: status } },
  });
  switch (reason) {
    case 'unauthorized':
      return { status: 401, body: { error: 'Unauthorized' } };
    case 'model_missing':
      return error(404, 'NotFoundError', `The model \`${detail.model ?? ''}\` does not exist.`, 'model');
    case 'not_found':
      return { status: 404, body: { detail: 'Not Found' } };
    case 'too_large':
      return error(413, 'BadRequestError', 'The request body is too large.');
    case 'context_overflow':
      return error(400, 'BadRequestError', overflowText(detail), 'input_tokens');
    case 'rate_limited':
      return error(429, 'RateLimitError', 'Too many requests.');
    case 'exhausted':
      return error(403, 'PermissionDeniedError', 'The quota of this deployment is used up.');
    case 'overloaded':
      return error(503, 'ServiceUnavailableError', 'The server is overloaded: too many requests are waiting.');
    case 'loading':
      return error(503, 'ServiceUnavailableError', 'The model is still loading.');
    case 'server_error':
      return error(500, 'InternalServerError', detail.message ?? 'EngineCore encountered an issue.');
    case 'content_filtered':
    case 'invalid_request':
      return error(400, 'BadRequestError', detail.message ?? 'The request is invalid.', detail.param ?? null);
  }
};

/** OpenAI's error codes: https://platform.openai.com/docs/guides/error-codes; `code` is a string or null. */
const renderOpenAi: Renderer = (reason, detail) => {
  const error = (
    status: number,
    type: string,
    code: string | null,
    message: string,
    param: string | null = null,
  ): Omit<Rejection, 'headers'> => ({ status, body: { error: { message, type, param, code } } });
  const model = detail.model ?? '';
  switch (reason) {
    case 'unauthorized':
      return error(401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.');
    case 'model_missing':
      return error(
        404,
        'invalid_request_error',
        'model_not_found',
        `The model \`${model}\` does not exist or you do not have access to it.`,
      );
    case 'not_found':
      return error(404, 'invalid_request_error', null, detail.message ?? 'Invalid URL.');
    case 'too_large':
      return error(413, 'invalid_request_error', null, 'The request body is too large.');
    case 'context_overflow':
      return error(400, 'invalid_request_error', 'context_length_exceeded', overflowText(detail), 'messages');
    case 'content_filtered':
      return error(
        400,
        'invalid_request_error',
        'content_policy_violation',
        'Your request was rejected by our safety system.',
      );
    case 'rate_limited':
      return error(
        429,
        'requests',
        'rate_limit_exceeded',
        `Rate limit reached for ${model || 'this model'} on requests per min (RPM).`,
      );
    case 'exhausted':
      return error(
        429,
        'insufficient_quota',
        'insufficient_quota',
        'You exceeded your current quota, please check your plan and billing details.',
      );
    case 'overloaded':
    case 'loading':
      return error(503, 'server_error', null, 'The engine is currently overloaded, please try again later.');
    case 'server_error':
      return error(
        500,
        'server_error',
        null,
        detail.message ?? 'The server had an error while processing your request.',
      );
    case 'invalid_request':
      return error(
        400,
        'invalid_request_error',
        detail.code ?? null,
        detail.message ?? 'The request is invalid.',
        detail.param ?? null,
      );
  }
};

/** Moonshot: `error.type` and `error.message` alone (https://platform.kimi.ai/docs/api/errors). */
const renderMoonshot: Renderer = (reason, detail) => {
  const error = (status: number, type: string, message: string): Omit<Rejection, 'headers'> => ({
    status,
    body: { error: { message, type } },
  });
  switch (reason) {
    case 'unauthorized':
      return error(401, 'invalid_authentication_error', 'Invalid Authentication');
    case 'model_missing':
      return error(404, 'resource_not_found_error', `Not found the model ${detail.model ?? ''} or Permission denied`);
    case 'not_found':
      return error(404, 'resource_not_found_error', 'The requested resource was not found');
    case 'context_overflow':
      return error(
        400,
        'invalid_request_error',
        `Invalid request: Your request exceeded model token limit: ${detail.contextWindow ?? 0}`,
      );
    case 'content_filtered':
      return error(400, 'content_filter', 'The request was rejected because it was considered high risk');
    case 'rate_limited':
      return error(429, 'rate_limit_reached_error', 'Your account reached its max RPM, please try again later');
    case 'exhausted':
      return error(
        429,
        'exceeded_current_quota_error',
        'You exceeded your current token quota, please check your account balance',
      );
    case 'overloaded':
    case 'loading':
      return error(429, 'engine_overloaded_error', 'The engine is currently overloaded, please try again later');
    case 'server_error':
      return error(500, 'server_error', detail.message ?? 'Server error');
    case 'too_large':
      return error(413, 'invalid_request_error', 'The request body is too large');
    case 'invalid_request':
      return error(400, 'invalid_request_error', `Invalid request: ${detail.message ?? 'malformed'}`);
  }
};

/**
 * xAI: `code` and `error` are both sentences, and a wrong key is a 400, as callers report it
 * (https://github.com/continuedev/continue/issues/10778, https://github.com/nocmt/LLMSearchPlus/issues/2).
 */
const renderXai: Renderer = (reason, detail) => {
  const error = (status: number, code: string, message: string): Omit<Rejection, 'headers'> => ({
    status,
    body: { code, error: message },
  });
  const invalid = 'Client specified an invalid argument';
  switch (reason) {
    case 'unauthorized':
      return error(400, invalid, 'Incorrect API key provided. You can obtain an API key from https://console.x.ai.');
    case 'model_missing':
      return error(
        404,
        'Some requested entity was not found',
        `The model ${detail.model ?? ''} does not exist or your team does not have access to it.`,
      );
    case 'not_found':
      return error(404, 'Some requested entity was not found', 'The requested resource was not found.');
    case 'context_overflow':
      return error(
        400,
        invalid,
        `This model's maximum prompt length is ${detail.contextWindow ?? 0} but the request contains ${detail.promptTokens ?? 0} tokens.`,
      );
    case 'content_filtered':
      return error(
        403,
        'The caller does not have permission to execute the specified operation',
        'Content violates usage guidelines.',
      );
    case 'rate_limited':
      return error(
        429,
        'Some resource has been exhausted',
        'Too many requests: the rate limit of your team is reached.',
      );
    case 'exhausted':
      return error(
        429,
        'Some resource has been exhausted',
        'Your team has used all available credits or reached its monthly spending limit.',
      );
    case 'overloaded':
    case 'loading':
      return error(503, 'The service is currently unavailable', 'The model is at capacity, please try again later.');
    case 'server_error':
      return error(500, 'Internal error', detail.message ?? 'Internal error.');
    case 'too_large':
      return error(413, invalid, 'The request body is too large.');
    case 'invalid_request':
      return error(400, invalid, detail.message ?? 'The request is invalid.');
  }
};

/** Anthropic's error types: https://docs.anthropic.com/en/api/errors. */
const renderAnthropic: Renderer = (reason, detail) => {
  const error = (status: number, type: string, message: string): Omit<Rejection, 'headers'> => ({
    status,
    body: { type: 'error', error: { type, message } },
  });
  switch (reason) {
    case 'unauthorized':
      return error(401, 'authentication_error', 'invalid x-api-key');
    case 'model_missing':
      return error(404, 'not_found_error', `model: ${detail.model ?? ''}`);
    case 'not_found':
      return error(404, 'not_found_error', detail.message ?? 'Not found');
    case 'too_large':
      return error(413, 'request_too_large', 'Request exceeds the maximum size');
    case 'context_overflow':
      return error(
        400,
        'invalid_request_error',
        `prompt is too long: ${detail.promptTokens ?? 0} tokens > ${detail.contextWindow ?? 0} maximum`,
      );
    case 'content_filtered':
      return error(400, 'invalid_request_error', 'Output blocked by content filtering policy');
    case 'rate_limited':
      return error(
        429,
        'rate_limit_error',
        "This request would exceed your organization's rate limit of requests per minute.",
      );
    case 'exhausted':
      return error(402, 'billing_error', 'Your credit balance is too low to access the Claude API.');
    case 'overloaded':
    case 'loading':
      return error(529, 'overloaded_error', 'Overloaded');
    case 'server_error':
      return error(500, 'api_error', detail.message ?? 'Internal server error');
    case 'invalid_request':
      return error(400, 'invalid_request_error', detail.message ?? 'The request is invalid.');
  }
};

const RENDERERS: Record<Vendor, Renderer> = {
  vllm: renderVllm,
  openai: renderOpenAi,
  moonshot: renderMoonshot,
  xai: renderXai,
  anthropic: renderAnthropic,
};
