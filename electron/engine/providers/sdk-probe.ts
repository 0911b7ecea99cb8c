import { objectOf, textOf } from '../dialects/json.ts';
import type { ChatAnswer, JsonObject, JsonValue } from '../dialects/types.ts';
import { readAnthropicUsage, readOpenAiUsage } from '../dialects/usage.ts';
import type { TraceHeaders } from '../trace-context.ts';
import type { ProviderConfig } from '../registry/types.ts';
import type { Adapter } from './adapters/adapter.ts';
import { classifyAnswer } from './classify.ts';
import { unreachable } from './connection-failures.ts';
import type { Peer } from './connection-failures.ts';
import { modelFacts } from './model-facts.ts';
import type { Failure } from './types.ts';

/** What a vendor's own client needs to be built; the clients are loaded when first used, never on the way of traffic. */
export interface SdkContext {
  config: ProviderConfig;
  adapter: Adapter;
  key: string | null;
  /** Ends the call; carries the time limit too. */
  signal: AbortSignal;
}

/** Servers of OpenAI's dialect that need no key still need a text in its place. */
const NO_KEY = 'none';
/** Output limit of a test request, in tokens; a reasoning model refuses to answer within one. */
const TEST_TOKENS = 1;
const TEST_TOKENS_REASONING = 16;

/** Traffic follows no redirect, so neither does a probe: nothing of ours travels to where an answer points. */
const NO_REDIRECTS = { redirect: 'manual' } as const;

/** Lists the models, which is free. Throws what the client throws: see `sdkFailure`. */
export async function listModels(context: SdkContext): Promise<string[]> {
  if (context.adapter.dialect === 'anthropic') {
    const page = await (await anthropicClient(context)).models.list({ limit: 1000 }, { signal: context.signal });
    return page.data.map((model) => model.id);
  }
  const page = await (await openAiClient(context)).models.list({ signal: context.signal });
  return page.data.map((model) => model.id);
}

/** Asks for the shortest answer there is, which costs money; resolves with its usage. */
export async function testRequest(
  context: SdkContext,
  model: string,
  trace: TraceHeaders,
): Promise<ChatAnswer['usage']> {
  const messages = [{ role: 'user' as const, content: 'ping' }];
  const options = { signal: context.signal, headers: { ...trace } };
  if (context.adapter.dialect === 'anthropic') {
    const client = await anthropicClient(context);
    const answer = await client.messages.create({ model, max_tokens: TEST_TOKENS, messages }, options);
    return readAnthropicUsage(toJson(answer.usage)).usage;
  }
  const client = await openAiClient(context);
  const reasons = modelFacts(context.config.adapter, model).thinking === 'reasoning_effort';
  const limit = { [context.adapter.writing.maxTokensField]: reasons ? TEST_TOKENS_REASONING : TEST_TOKENS };
  const answer = await client.chat.completions.create({ model, messages, ...limit }, options);
  return answer.usage === undefined ? null : readOpenAiUsage(toJson(answer.usage), context.adapter.usageRules);
}

async function openAiClient(context: SdkContext) {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    apiKey: context.key ?? NO_KEY,
    baseURL: context.config.baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    fetchOptions: NO_REDIRECTS,
  });
}

async function anthropicClient(context: SdkContext) {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  return new Anthropic({
    apiKey: context.key,
    authToken: null,
    baseURL: context.config.baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    fetchOptions: NO_REDIRECTS,
  });
}

/** Reads a client's exception as the same failure that traffic would have met. */
export function sdkFailure(error: unknown, peer: Peer, now: number, secret: string | null): Failure {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const { status, headers, error: body } = thrown as { status?: unknown; headers?: unknown; error?: unknown };
  if (typeof status !== 'number') return unreachable(peer, rootCause(thrown), false);
  const whole = objectOf((body ?? null) as JsonValue);
  return classifyAnswer({
    provider: peer.provider,
    status,
    headers: headers instanceof Headers ? Object.fromEntries(headers.entries()) : {},
    // OpenAI's client hands out the inner error object, Anthropic's the whole body.
    body: whole === null ? null : objectOf(whole['error']) || textOf(whole['error']) ? whole : { error: whole },
    now,
    secret,
  });
}

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error;
}

function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
