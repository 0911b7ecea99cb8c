import { parseAnthropicRequest } from '../dialects/anthropic/parse-request.ts';
import { InvalidRequest } from '../dialects/invalid-request.ts';
import { estimateTokens, tokenCounter } from '../providers/estimate-tokens.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayRooms } from './types.ts';

/** `POST /v1/messages/count_tokens`: an estimate made here, so that counting costs nothing and works while providers fail. */
export async function countTokens(rooms: GatewayRooms, exchange: Exchange): Promise<void> {
  const body = await exchange.readJson(rooms.registry().server.gateway.maximumBodyBytes);
  try {
    // The call takes no max_tokens, which a message must have.
    const request = parseAnthropicRequest({ max_tokens: 1, ...body });
    exchange.sendJson(
      200,
      { input_tokens: estimateTokens(request, tokenCounter()) },
      { 'x-switchyard-estimated': 'true' },
    );
  } catch (error) {
    if (error instanceof InvalidRequest) throw new GatewayError('invalid_request', error.message);
    throw error;
  }
}
