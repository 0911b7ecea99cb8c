import { parseAnthropicRequest } from '../dialects/anthropic/parse-request.ts';
import { InvalidRequest } from '../dialects/invalid-request.ts';
import type { ChatRequest, JsonObject } from '../dialects/types.ts';
import { estimateTokens, tokenCounter } from '../providers/estimate-tokens.ts';
import { attemptTraceHeaders } from '../trace-context.ts';
import { decideFor } from './decide-for.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayRooms, Question } from './types.ts';
import { understand } from './understand.ts';

/** Milliseconds that the vendor's count is waited for: a caller who only wants to know a size should not wait longer. */
const LIMIT_MS = 2000;

/**
 * `POST /v1/messages/count_tokens`: Anthropic's own count, which is free, where an Anthropic provider would serve the
 * request now; else, or when it does not answer soon, an estimate made here and marked `x-switchyard-estimated`.
 */
export async function countTokens(rooms: GatewayRooms, exchange: Exchange, id: string): Promise<void> {
  const sent = await exchange.readJson(rooms.registry().server.gateway.maximumBodyBytes);
  // The call takes no max_tokens, which a message must have.
  const body = { max_tokens: 1, ...sent };
  const request = parse(body);
  const question = questionOf(rooms, exchange, id, body);
  const counted = question && (await askVendor(rooms, question, exchange.callerLeft));
  if (counted) {
    const { tokens, provider } = counted;
    exchange.sendJson(200, { input_tokens: tokens }, { 'x-switchyard-provider': provider });
    return;
  }
  const estimate = estimateTokens(request, tokenCounter());
  exchange.sendJson(200, { input_tokens: estimate }, { 'x-switchyard-estimated': 'true' });
}

function parse(body: JsonObject): ChatRequest {
  try {
    return parseAnthropicRequest(body);
  } catch (error) {
    if (error instanceof InvalidRequest) throw new GatewayError('invalid_request', error.message);
    throw error;
  }
}

/** The request as it would be routed; null where nobody could serve it, which does not keep its size from being told. */
function questionOf(rooms: GatewayRooms, exchange: Exchange, id: string, body: JsonObject): Question | null {
  try {
    return understand(rooms, { id, dialect: 'anthropic', body, headers: exchange.request.headers });
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : null;
    if (code === 'model_not_found' || code === 'provider_not_configured') return null;
    throw error;
  }
}

/** The vendor's count; null where the provider that would serve cannot count, or does not answer. */
async function askVendor(
  rooms: GatewayRooms,
  question: Question,
  callerLeft: AbortSignal,
): Promise<{ tokens: number; provider: string } | null> {
  // Counting takes no turn of the round robin.
  const { provider: name, model } = decideFor({ ...rooms, nextTurn: () => 0 }, question, new Map());
  if (name === null || model === null) return null;
  const { countTokens: count } = rooms.provider(name);
  if (count === null) return null;
  try {
    const tokens = await count({
      request: question.request,
      model,
      effort: null,
      limits: { connectMs: LIMIT_MS, firstTokenMs: LIMIT_MS, idleMs: LIMIT_MS, totalMs: LIMIT_MS },
      signal: callerLeft,
      requestId: question.id,
      ...attemptTraceHeaders(question, 0),
      headers: question.headers ?? {},
    });
    return { tokens, provider: name };
  } catch (error) {
    // Whatever kept the vendor from counting, an estimate is still an answer.
    rooms.logger.debug('count_estimated', { provider: name, error });
    return null;
  }
}
