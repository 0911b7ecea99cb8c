import { LONGEST_NAME } from '../dialects/json.ts';
import type { ChatRequest, JsonObject, JsonValue } from '../dialects/types.ts';
import { resolveIntent } from '../policy/resolve-intent.ts';
import { countWith, tokenCounter } from '../providers/estimate-tokens.ts';
import { ProviderFailure } from '../providers/types.ts';
import type { Provider } from '../providers/types.ts';
import { callerTrace } from '../trace-context.ts';
import { sendError } from './answer-error.ts';
import { AttemptLoop } from './attempt-loop.ts';
import type { AdmittedRun } from './attempt-loop.ts';
import { readCallOptions, userOf } from './call-options.ts';
import type { Exchange } from './exchange.ts';
import { asGatewayError, GatewayError, leftOr } from './gateway-error.ts';
import { buildRecord, refusedRecord } from './record.ts';
import type { Settle } from './record.ts';
import { publish, traceOf } from './publish.ts';
import { responseHeaders } from './response-headers.ts';
import type { GatewayRooms, Question } from './types.ts';

/** How the console and reports tell embeddings from chats. */
const TASK_TYPE = 'embeddings';

const CHARACTERS_PER_TOKEN = 4;

/**
 * `POST /v1/embeddings`: the body goes on as it is but for `model`, and so does the answer. Budgets, retries, failover
 * and the record are those of a chat; only who may stand in differs, since the vectors of two models do not compare.
 */
export async function serveEmbeddings(rooms: GatewayRooms, exchange: Exchange, id: string): Promise<void> {
  const startedAt = rooms.clock.now();
  const started = rooms.clock.monotonic();
  const elapsed = (): number => rooms.clock.monotonic() - started;
  const trace = traceOf(rooms, exchange, id, 'embeddings');
  let question: Question;
  try {
    const body = await exchange.readJson(rooms.registry().server.gateway.maximumBodyBytes);
    question = { ...understandEmbeddings(rooms, exchange, id, body), trace };
  } catch (error) {
    const refusal = asGatewayError(error);
    if (refusal.code !== 'caller_left')
      await publish(
        rooms,
        refusedRecord({ id, dialect: 'openai', startedAt, error: refusal, durationMs: elapsed() }),
        trace,
      );
    sendError(exchange, 'openai', id, refusal);
    return;
  }
  const { raw } = question.request;
  const embedders: GatewayRooms = {
    ...rooms,
    provider: (name) => embedderOf(rooms.provider(name), raw, question.inputTokens),
  };
  const loop = new AttemptLoop(embedders, question, exchange.callerLeft);
  const settle: Settle = async (ending) => {
    const record = buildRecord({ question, loop, ending, startedAt, durationMs: elapsed() });
    if (loop.fallback) rooms.announceFallback(loop.fallback);
    await publish(rooms, record, trace);
    return record;
  };
  await answer(exchange, question, loop, settle);
}

async function answer(exchange: Exchange, question: Question, loop: AttemptLoop, settle: Settle): Promise<void> {
  try {
    for (;;) {
      const admitted = await loop.next();
      const body = await ask(admitted, loop);
      if (body === null) continue;
      loop.succeeded(admitted);
      const record = await settle({ ok: true });
      exchange.sendJson(200, body, responseHeaders(loop, record));
      return;
    }
  } catch (error) {
    const failure = leftOr(exchange.callerLeft, error);
    await settle({ ok: false, error: failure, status: failure.status });
    sendError(exchange, 'openai', question.id, failure, responseHeaders(loop, null));
  }
}

/** The provider's body; null when another attempt is to be made. */
async function ask(admitted: AdmittedRun, loop: AttemptLoop): Promise<JsonObject | null> {
  try {
    return (await admitted.run.generate()).raw;
  } catch (error) {
    if (!(error instanceof ProviderFailure) || error.failure.class === 'cancelled') {
      loop.cancelled(admitted);
      throw error;
    }
    await loop.failed(admitted, error.failure);
    return null;
  }
}

/** The provider as the attempt loop asks it: what it generates are embeddings. */
function embedderOf(provider: Provider, body: JsonObject, inputTokens: number): Provider {
  return {
    ...provider,
    estimateTokens: () => inputTokens,
    async generate(call) {
      const { body: raw, model, usage, timings } = await provider.embed({ ...call, body });
      return {
        answer: { id: '', model, content: [], finishReason: 'stop', stopSequence: null, usage, raw },
        timings,
        adjusted: [],
      };
    },
  };
}

function understandEmbeddings(rooms: GatewayRooms, exchange: Exchange, id: string, body: JsonObject): Question {
  const { headers } = exchange.request;
  const options = readCallOptions(headers);
  const { model, user } = body;
  if (typeof model !== 'string') throw new GatewayError('invalid_request', '`model` must be a string.');
  if (model.length > LONGEST_NAME)
    throw new GatewayError('invalid_request', `\`model\` must have at most ${LONGEST_NAME} characters.`);
  const sizes = inputTokens(body['input']);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const intent = resolveIntent(
    {
      model,
      callSite: options.callSite,
      tier: options.tier,
      task: options.task,
      promptCharacters: total * CHARACTERS_PER_TOKEN,
      messageCount: sizes.length,
      embeddings: true,
    },
    rooms.registry(),
    rooms.environment,
    (provider) => rooms.provider(provider).availability(),
    (provider) => rooms.provider(provider).discoveredModel(),
  );
  if (!intent.ok) throw new GatewayError(intent.code, intent.message);
  return {
    id,
    origin: 'client',
    request: requestOf(body, model),
    options: { ...options, user: options.user ?? userOf(user) },
    intent: { ...intent.intent, taskType: TASK_TYPE },
    // Each input is read by itself, so the longest one must fit the window.
    needs: {
      tools: false,
      images: false,
      jsonSchema: false,
      embeddings: true,
      tokens: sizes.reduce((most, size) => Math.max(most, size), 0),
    },
    inputTokens: total,
    ...callerTrace(headers),
  };
}

/** Tokens of each input, estimated; texts and lists of token ids, one or several. Throws `GatewayError`. */
function inputTokens(input: JsonValue | undefined): number[] {
  const count = countWith(tokenCounter());
  const sizeOf = (item: JsonValue): number | null => {
    if (typeof item === 'string') return Math.max(1, count(item));
    return isTokenList(item) ? item.length : null;
  };
  const one = sizeOf(input ?? null);
  const sizes = one !== null ? [one] : Array.isArray(input) ? input.map(sizeOf) : [];
  const known = sizes.filter((size) => size !== null);
  if (known.length === 0 || known.length < sizes.length)
    throw new GatewayError(
      'invalid_request',
      '`input` must be a text, a list of texts, a list of tokens, or a list of such lists, and not empty.',
    );
  return known;
}

function isTokenList(value: JsonValue): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => Number.isInteger(item));
}

/** The request as far as budgets, records and errors look at it. */
function requestOf(raw: JsonObject, model: string): ChatRequest {
  return {
    dialect: 'openai',
    raw,
    model,
    system: [],
    messages: [],
    tools: [],
    toolChoice: null,
    parallelToolCalls: null,
    responseFormat: null,
    maxTokens: 0,
    temperature: null,
    topP: null,
    topK: null,
    seed: null,
    presencePenalty: null,
    frequencyPenalty: null,
    stop: [],
    thinking: null,
    reasoningEffort: null,
    stream: false,
    includeUsage: false,
    user: null,
  };
}
