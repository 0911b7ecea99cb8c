import type { IncomingHttpHeaders } from 'node:http';
import { quote } from '../../../shared/format/quote.ts';
import { parseAnthropicRequest } from '../dialects/anthropic/parse-request.ts';
import { InvalidRequest } from '../dialects/invalid-request.ts';
import { parseOpenAiRequest } from '../dialects/openai/parse-request.ts';
import type { ChatRequest, ContentPart, Dialect, JsonObject } from '../dialects/types.ts';
import { resolveIntent } from '../policy/resolve-intent.ts';
import type { IntentQuestion } from '../policy/types.ts';
import { estimateTokens, tokenCounter } from '../providers/estimate-tokens.ts';
import type { Needs } from '../router/types.ts';
import { callerTrace } from '../trace-context.ts';
import type { RequestTrace } from '../trace-context.ts';
import { readCallOptions, userOf } from './call-options.ts';
import type { CallOptions } from './call-options.ts';
import { GatewayError } from './gateway-error.ts';
import { onlyInDialect } from './only-in.ts';
import { prefixKey } from './prefix-key.ts';
import type { GatewayRooms, Question } from './types.ts';

/** Output tokens assumed for a request that names no limit, when asking whether it fits a context window. */
const ASSUMED_OUTPUT_TOKENS = 256;

/** Characters of a prompt that are enough to tell the type of task. */
const SAMPLE_CHARACTERS = 2000;

export interface Arrival {
  id: string;
  dialect: Dialect;
  body: JsonObject;
  headers: IncomingHttpHeaders;
  trace?: RequestTrace | null;
}

/** Reads a request and finds out what is wanted. Throws `GatewayError` with the field or header that is wrong. */
export function understand(rooms: GatewayRooms, arrival: Arrival): Question {
  const options = readCallOptions(arrival.headers);
  const request = parse(arrival);
  requireKnownProvider(rooms, options.forceProvider);
  const intent = resolveIntent(
    intentQuestion(request, options),
    rooms.registry(),
    rooms.environment,
    (provider) => rooms.provider(provider).availability(),
    (provider) => rooms.provider(provider).discoveredModel(),
  );
  if (!intent.ok) throw new GatewayError(intent.code, intent.message);
  const inputTokens = estimateTokens(request, tokenCounter());
  return {
    id: arrival.id,
    origin: 'client',
    request,
    options: { ...options, user: options.user ?? userOf(request.user) },
    intent: intent.intent,
    needs: needsOf(request, inputTokens),
    inputTokens,
    ...callerTrace(arrival.headers),
    trace: arrival.trace ?? null,
    headers: vendorHeaders(arrival),
    affinityKey: rooms.registry().routing.loadBalancing.prefixAffinity ? prefixKey(request) : null,
  };
}

/** Anthropic's API version and beta features are chosen by header, and the answer's shape follows them. */
function vendorHeaders({ dialect, headers }: Arrival): Record<string, string> {
  if (dialect !== 'anthropic') return {};
  const kept = ['anthropic-version', 'anthropic-beta'].flatMap((name) => {
    const value = headers[name];
    return value === undefined || value === '' ? [] : [[name, String(value)] as const];
  });
  return Object.fromEntries(kept);
}

/** What whoever serves the request must be able to do. */
function needsOf(request: ChatRequest, inputTokens: number): Needs {
  return {
    tools: request.tools.length > 0,
    images: request.messages.some((message) => message.content.some(holdsImage)),
    jsonSchema: request.responseFormat?.type === 'json_schema',
    onlyIn: onlyInDialect(request),
    tokens: inputTokens + (request.maxTokens ?? ASSUMED_OUTPUT_TOKENS),
  };
}

function parse({ dialect, body }: Arrival): ChatRequest {
  try {
    return dialect === 'openai' ? parseOpenAiRequest(body) : parseAnthropicRequest(body);
  } catch (error) {
    if (error instanceof InvalidRequest) throw new GatewayError('invalid_request', error.message);
    throw error;
  }
}

function intentQuestion(request: ChatRequest, options: CallOptions): IntentQuestion {
  return {
    model: request.model,
    callSite: options.callSite,
    tier: options.tier,
    task: options.task,
    promptCharacters: charactersOf(request),
    messageCount: request.messages.length,
    promptSample: sampleOf(request),
  };
}

function charactersOf(request: ChatRequest): number {
  let characters = 0;
  const count = (part: ContentPart): void => {
    if (part.type === 'text' || part.type === 'thinking') characters += part.text.length;
    else if (part.type === 'tool_result') part.content.forEach(count);
  };
  request.system.forEach(count);
  for (const message of request.messages) message.content.forEach(count);
  return characters;
}

/** The beginning of the last user message. */
function sampleOf(request: ChatRequest): string {
  const last = request.messages.findLast((message) => message.role === 'user');
  const text = last?.content.map((part) => (part.type === 'text' ? part.text : '')).join(' ') ?? '';
  return text.slice(0, SAMPLE_CHARACTERS);
}

function holdsImage(part: ContentPart): boolean {
  return part.type === 'image' || (part.type === 'tool_result' && part.content.some(holdsImage));
}

function requireKnownProvider(rooms: GatewayRooms, name: string | null): void {
  if (name === null) return;
  const names = rooms.registry().providers.map((provider) => provider.name);
  if (names.includes(name)) return;
  throw new GatewayError(
    'invalid_request',
    `The header x-switchyard-force-provider names ${quote(name)}, which the registry does not have; it has ${names.join(', ') || 'none'}.`,
  );
}
