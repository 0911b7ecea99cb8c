import { routeQuestionSchema } from '../../../shared/domain/decision.ts';
import type { Decision, RouteQuestion } from '../../../shared/domain/decision.ts';
import { inputSentence } from '../../../shared/format/input-sentence.ts';
import type { JsonObject } from '../dialects/types.ts';
import { resolveIntent } from '../policy/resolve-intent.ts';
import { readCallOptions } from './call-options.ts';
import type { CallOptions } from './call-options.ts';
import { decideFor } from './decide-for.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayRooms } from './types.ts';

/** Characters a token stands for when a bare question is sized. */
const CHARACTERS_PER_TOKEN = 4;

/** `POST /v1/route`: the decision alone; nothing is sent and nothing is taken from a budget. */
export async function explainRoute(rooms: GatewayRooms, exchange: Exchange): Promise<void> {
  const body = await exchange.readJson(rooms.registry().server.gateway.maximumBodyBytes);
  const question = routeQuestionSchema.safeParse(body);
  if (!question.success) {
    const { issues } = question.error;
    throw new GatewayError(
      'invalid_request',
      inputSentence({ schema: routeQuestionSchema, value: body, issues, name: 'The question' }),
    );
  }
  const decision = decideQuestion(rooms, question.data, readCallOptions(exchange.request.headers));
  exchange.sendJson(200, {
    ...decision,
    candidates: decision.candidates.map((candidate) => ({ ...candidate })),
  } satisfies JsonObject);
}

/**
 * Decides a bare question as if it had been asked now, without the providers that are `out` for the reason given.
 * Throws `GatewayError` for a model that does not exist.
 */
export function decideQuestion(
  rooms: GatewayRooms,
  question: RouteQuestion,
  options: CallOptions,
  out: ReadonlyMap<string, string> = new Map(),
): Decision {
  const messages = question.messages ?? [];
  const promptCharacters = messages.reduce((sum, message) => sum + JSON.stringify(message['content'] ?? '').length, 0);
  const intent = resolveIntent(
    {
      model: question.model ?? 'auto',
      callSite: question.call_site ?? options.callSite,
      tier: options.tier,
      task: question.task ?? options.task,
      promptCharacters,
      messageCount: messages.length,
    },
    rooms.registry(),
    rooms.environment,
    (provider) => rooms.provider(provider).availability(),
    (provider) => rooms.provider(provider).discoveredModel(),
  );
  if (!intent.ok) throw new GatewayError(intent.code, intent.message);
  const needs = {
    tools: false,
    images: false,
    jsonSchema: false,
    tokens: Math.ceil(promptCharacters / CHARACTERS_PER_TOKEN),
  };
  return decideFor(rooms, { intent: intent.intent, needs, options, origin: 'client' }, out);
}

/** The options of a caller that set no header. */
export const NO_CALL_OPTIONS: CallOptions = {
  forceProvider: null,
  callSite: null,
  tier: null,
  effort: null,
  task: null,
  noFallback: false,
  streamFailover: null,
  timeoutMs: null,
  user: null,
};
