import type { TracedOperation } from '../trace-context.ts';

/**
 * Every name that leaves as OpenTelemetry, in one place: the conventions for generative AI are still in development. From
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/ (gen-ai-spans, gen-ai-metrics) and, for HTTP, errors and servers,
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/. What has no name there is under `switchyard.`.
 */
export const ATTRIBUTES = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseModel: 'gen_ai.response.model',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  tokenType: 'gen_ai.token.type',
  agentId: 'gen_ai.agent.id',
  errorType: 'error.type',
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  requestId: 'switchyard.request.id',
  origin: 'switchyard.request.origin',
  entry: 'switchyard.provider',
  rule: 'switchyard.route.rule',
  reason: 'switchyard.route.reason',
  callSite: 'switchyard.call_site',
  tier: 'switchyard.tier',
  attempts: 'switchyard.attempts',
  attemptIndex: 'switchyard.attempt.index',
  retry: 'switchyard.attempt.retry',
  resume: 'switchyard.attempt.resume',
  queueMs: 'switchyard.queue_ms',
  costUsd: 'switchyard.cost_usd',
  pricingUnknown: 'switchyard.pricing_unknown',
  failureClass: 'switchyard.failure_class',
  failureMessage: 'switchyard.failure_message',
  fallbackFrom: 'switchyard.fallback.from',
  fallbackTo: 'switchyard.fallback.to',
  fallbackReason: 'switchyard.fallback.reason',
} as const;

/** Names of span events. */
export const SPAN_EVENTS = {
  fallback: 'switchyard.fallback',
  failure: 'switchyard.failure',
  firstToken: 'switchyard.first_token',
} as const;

const SECONDS_OF_OPERATION = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/** Instruments with their units (UCUM) and the buckets that the conventions advise. */
export const METRICS = {
  operationDuration: {
    name: 'gen_ai.client.operation.duration',
    unit: 's',
    description: 'Time of one request to one provider.',
    buckets: SECONDS_OF_OPERATION,
  },
  tokenUsage: {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    description: 'Tokens of one request to one provider, as the provider reported them.',
    buckets: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  },
  requestDuration: {
    name: 'gen_ai.server.request.duration',
    unit: 's',
    description: "Time of a caller's request, waiting, retries and fallbacks included.",
    buckets: SECONDS_OF_OPERATION,
  },
  timeToFirstToken: {
    name: 'gen_ai.server.time_to_first_token',
    unit: 's',
    description: "Time from a caller's request to the first token of its successful answer.",
    buckets: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  timePerOutputToken: {
    name: 'gen_ai.server.time_per_output_token',
    unit: 's',
    description: 'Time for each output token after the first, of successful streamed answers.',
    buckets: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
  },
} as const;

/** `gen_ai.provider.name` by adapter; the conventions have no word for a server of one's own, so its software is named. */
export const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  xai: 'x_ai',
  moonshot: 'moonshot_ai',
  vllm: 'vllm',
  'openai-compatible': 'openai_compatible',
};

/** The route of a request, by what it asks for and in which dialect. */
export function routeOf(operation: TracedOperation, dialect: 'openai' | 'anthropic'): string {
  if (operation === 'embeddings') return '/v1/embeddings';
  return dialect === 'anthropic' ? '/v1/messages' : '/v1/chat/completions';
}
