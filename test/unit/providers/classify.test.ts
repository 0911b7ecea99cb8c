import { expect, test } from 'vitest';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { JsonValue } from '../../../electron/engine/dialects/types.ts';
import { classifyAnswer } from '../../../electron/engine/providers/classify.ts';

const cases: [string, number, JsonValue, FailureClass][] = [
  [
    'xAI wrong key (a 400)',
    400,
    {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided. You can obtain an API key from https://console.x.ai.',
    },
    'unauthorized',
  ],
  ['xAI bad request', 400, { code: 'Client specified an invalid argument', error: 'bad tool' }, 'invalid_request'],
  [
    'xAI rate limit',
    429,
    { code: 'Some resource has been exhausted', error: 'Too many requests: the rate limit of your team is reached.' },
    'rate_limited',
  ],
  [
    'xAI credit used up',
    429,
    {
      code: 'Some resource has been exhausted',
      error: 'Your team has used all available credits or reached its monthly spending limit.',
    },
    'exhausted',
  ],
  [
    'Moonshot overloaded (a 429)',
    429,
    {
      error: { type: 'engine_overloaded_error', message: 'The engine is currently overloaded, please try again later' },
    },
    'overloaded',
  ],
  ['vLLM wrong key (string body)', 401, { error: 'Unauthorized' }, 'unauthorized'],
  [
    'vLLM context overflow',
    400,
    {
      error: {
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000",
        type: 'BadRequestError',
        code: 400,
      },
    },
    'context_overflow',
  ],
  [
    'vLLM prompt too long',
    400,
    {
      object: 'error',
      message: 'The decoder prompt (length 9) is longer than the maximum model length of 4',
      type: 'BadRequestError',
      code: 400,
    },
    'context_overflow',
  ],
  [
    'llama.cpp context overflow',
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size',
        type: 'exceed_context_size_error',
      },
    },
    'context_overflow',
  ],
  [
    'vLLM missing model',
    404,
    { error: { message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 } },
    'model_missing',
  ],
  ['vLLM queue full', 503, { error: { message: 'queue full', type: 'ServiceUnavailable', code: 503 } }, 'overloaded'],
  [
    'vLLM error inside a stream',
    200,
    { error: { message: 'EngineCore died', type: 'InternalServerError', code: 500 } },
    'server_error',
  ],
  [
    'vLLM bad request inside a stream',
    200,
    { error: { message: 'bad', type: 'BadRequestError', code: 400 } },
    'invalid_request',
  ],
  [
    'OpenAI context overflow',
    400,
    {
      error: {
        message: 'too many tokens',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
    'context_overflow',
  ],
  [
    'OpenAI quota',
    429,
    { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' } },
    'exhausted',
  ],
  [
    'OpenAI rate limit',
    429,
    { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } },
    'rate_limited',
  ],
  [
    'OpenAI content policy',
    400,
    { error: { message: 'rejected', code: 'content_policy_violation' } },
    'content_filtered',
  ],
  [
    'OpenAI missing model',
    404,
    {
      error: { message: 'The model `gpt-9` does not exist or you do not have access to it.', code: 'model_not_found' },
    },
    'model_missing',
  ],
  [
    'OpenAI wrong key',
    401,
    { error: { message: 'Incorrect API key provided: sk-abcdef123456.', code: 'invalid_api_key' } },
    'unauthorized',
  ],
  ['OpenAI failure', 500, { error: { message: 'The server had an error', type: 'server_error' } }, 'server_error'],
  [
    'Anthropic context overflow',
    400,
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    },
    'context_overflow',
  ],
  [
    'Anthropic credit',
    400,
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' },
    },
    'exhausted',
  ],
  [
    'Anthropic spend limit',
    429,
    { type: 'error', error: { type: 'rate_limit_error', message: 'You have reached your monthly spend limit.' } },
    'exhausted',
  ],
  [
    'Anthropic rate limit without a hint',
    429,
    { type: 'error', error: { type: 'rate_limit_error', message: 'Number of requests exceeded' } },
    'rate_limited',
  ],
  [
    'Anthropic overloaded',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    'overloaded',
  ],
  [
    'Anthropic overloaded inside a stream',
    200,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    'overloaded',
  ],
  ['Anthropic billing', 402, { type: 'error', error: { type: 'billing_error', message: 'payment' } }, 'exhausted'],
  [
    'Anthropic missing model',
    404,
    { type: 'error', error: { type: 'not_found_error', message: 'model: claude-x' } },
    'model_missing',
  ],
  [
    'Anthropic request too large',
    413,
    { type: 'error', error: { type: 'request_too_large', message: 'big' } },
    'invalid_request',
  ],
  [
    'Anthropic no permission',
    403,
    { type: 'error', error: { type: 'permission_error', message: 'no' } },
    'unauthorized',
  ],
  [
    'Moonshot context overflow',
    400,
    {
      error: {
        message: 'Invalid request: Your request exceeded model token limit: 131072',
        type: 'invalid_request_error',
      },
    },
    'context_overflow',
  ],
  [
    'Moonshot quota',
    429,
    {
      error: { message: 'Your account is suspended due to insufficient balance', type: 'exceeded_current_quota_error' },
    },
    'exhausted',
  ],
  [
    'Moonshot overloaded',
    429,
    { error: { message: 'The engine is currently overloaded', type: 'engine_overloaded_error' } },
    'overloaded',
  ],
  [
    'Moonshot content filter',
    400,
    { error: { message: 'The request was rejected because it was considered high risk', type: 'content_filter' } },
    'content_filtered',
  ],
  [
    'xAI context overflow',
    400,
    {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
    },
    'context_overflow',
  ],
  ['xAI credits', 403, { code: 'permission-denied', error: 'Your team has run out of credits.' }, 'exhausted'],
  ['a proxy without JSON', 502, null, 'server_error'],
  ['a proxy timeout', 504, null, 'server_error'],
  ['a redirect', 302, null, 'malformed'],
  ['unprocessable', 422, { detail: 'Field required' }, 'invalid_request'],
];

test.each(cases)('%s', (_name, status, body, expected) => {
  expect(classifyAnswer({ provider: 'p', status, headers: {}, body, now: 0, secret: null }).class).toBe(expected);
});

test('the reason of a refusal is kept in FastAPI’s form too', () => {
  const body = {
    detail: [
      { loc: ['body', 'messages', 0], msg: 'Field required' },
      { loc: ['body'], msg: 'bad' },
    ],
  };
  expect(classifyAnswer({ provider: 'p', status: 422, headers: {}, body, now: 0, secret: null })).toMatchObject({
    class: 'invalid_request',
    message: 'p: HTTP 422: body.messages.0: Field required; body: bad',
  });
});

test('the message names provider and status, and never repeats a key', () => {
  const body = { error: { message: 'Incorrect API key provided: sk-proj-abcdef123456.', code: 'invalid_api_key' } };
  const { message } = classifyAnswer({ provider: 'gpt4', status: 401, headers: {}, body, now: 0, secret: null });
  expect(message).toBe('gpt4: HTTP 401: Incorrect API key provided: [key].');
});
