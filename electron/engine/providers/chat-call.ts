import { parseAnthropicAnswer } from '../dialects/anthropic/parse-answer.ts';
import { renderAnthropicRequest } from '../dialects/anthropic/render-request.ts';
import { createAnthropicStreamReader } from '../dialects/anthropic/stream-reader.ts';
import { objectOf, parseJson } from '../dialects/json.ts';
import { MalformedAnswer } from '../dialects/malformed-answer.ts';
import { parseOpenAiAnswer } from '../dialects/openai/parse-answer.ts';
import { renderOpenAiRequest } from '../dialects/openai/render-request.ts';
import { createOpenAiStreamReader } from '../dialects/openai/stream-reader.ts';
import type { StreamReader } from '../dialects/openai/stream-reader.ts';
import { Untranslatable } from '../dialects/render-target.ts';
import type { RenderedRequest, RenderTarget } from '../dialects/render-target.ts';
import type { ChatAnswer, ChatRequest, JsonObject } from '../dialects/types.ts';
import type { Clock } from '../clock.ts';
import type { ProviderConfig } from '../registry/types.ts';
import type { Adapter } from './adapters/adapter.ts';
import { Attempt } from './attempt.ts';
import { configuredFacts } from './capabilities.ts';
import { classifyAnswer, errorObject } from './classify.ts';
import { malformed, refused, truncated } from './connection-failures.ts';
import type { Peer } from './connection-failures.ts';
import { applyEffort, effortToParameters } from './effort.ts';
import { readStream } from './read-stream.ts';
import { readText } from './transport.ts';
import type { HttpAnswer, Transport } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { GenerateResult, ProviderCall, StreamResult } from './types.ts';

/** Bytes of the largest whole answer taken. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** Bytes of an error body that are read. */
const LARGEST_ERROR = 256 * 1024;

/** What a call needs of its provider. */
export interface CallContext {
  config: ProviderConfig;
  adapter: Adapter;
  peer: Peer;
  transport: Transport;
  clock: Clock;
  /** The key as it is now; null where none is needed. Throws ProviderFailure where it is missing. */
  key(): string | null;
}

/** Asks for a whole answer. The first-token limit does not apply: nothing is seen before the end. */
export async function generate(call: ProviderCall, context: CallContext): Promise<GenerateResult> {
  const { answer, attempt, adjusted, key } = await send(call, false, context);
  const text = await readText(answer, attempt, LARGEST_ANSWER);
  const body = objectOf(parseJson(text));
  if (body === null) throw new ProviderFailure(malformed(context.peer, 'the answer is not JSON'));
  if (errorObject(body) !== null && body['choices'] === undefined && body['content'] === undefined) {
    throw new ProviderFailure(classify(answer, body, key, context));
  }
  return { answer: parseAnswer(body, context), timings: { headersMs: answer.headersMs }, adjusted };
}

/** Asks for a streamed answer; resolves when the headers have come with a good status. */
export async function stream(call: ProviderCall, context: CallContext): Promise<StreamResult> {
  const { answer, attempt, adjusted, key } = await send(call, true, context);
  const contentType = String(answer.headers['content-type'] ?? '');
  if (contentType.includes('application/json')) {
    const body = objectOf(parseJson(await readText(answer, attempt, LARGEST_ERROR)));
    const failure =
      body !== null && errorObject(body) !== null
        ? classify(answer, body, key, context)
        : malformed(context.peer, 'a stream was asked for and something else came');
    throw new ProviderFailure(failure);
  }
  const chunks = readStream({
    answer,
    attempt,
    reader: streamReader(context.adapter),
    limits: call.limits,
    clock: context.clock,
    secret: key,
  });
  return { chunks, timings: { headersMs: answer.headersMs }, adjusted };
}

interface Sent {
  /** The key it was sent with. */
  key: string | null;
  answer: HttpAnswer;
  attempt: Attempt;
  adjusted: string[];
}

async function send(call: ProviderCall, streamed: boolean, context: CallContext): Promise<Sent> {
  const key = context.key();
  const { body, adjusted } = render(call, streamed, context);
  const attempt = new Attempt(context.peer, context.clock, call.signal);
  attempt.arm('total', call.limits.totalMs);
  if (streamed) attempt.arm('first_token', call.limits.firstTokenMs);
  const answer = await context.transport.open(
    {
      method: 'POST',
      url: new URL(context.config.baseUrl + context.adapter.chatPath),
      headers: {
        'content-type': 'application/json',
        accept: streamed ? 'text/event-stream' : 'application/json',
        'user-agent': 'switchyard',
        'x-request-id': call.requestId,
        ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
        ...context.adapter.authentication(key),
      },
      body: JSON.stringify(body),
      connectMs: call.limits.connectMs,
    },
    attempt,
  );
  if (answer.status >= 200 && answer.status < 300) return { answer, attempt, adjusted, key };
  const text = await readText(answer, attempt, LARGEST_ERROR);
  throw new ProviderFailure(classify(answer, parseJson(text) ?? null, key, context));
}

function render(call: ProviderCall, streamed: boolean, context: CallContext): RenderedRequest {
  const facts = configuredFacts(context.config, call.model);
  const target: RenderTarget = {
    ...facts,
    ...context.adapter.writing,
    provider: context.config.name,
    model: call.model,
  };
  const asked: ChatRequest = { ...call.request, stream: streamed };
  const request = call.effort === null ? asked : applyEffort(asked, effortToParameters(call.effort, facts));
  try {
    return context.adapter.dialect === 'anthropic'
      ? renderAnthropicRequest(request, target)
      : renderOpenAiRequest(request, target);
  } catch (error) {
    if (error instanceof Untranslatable)
      throw new ProviderFailure(refused(context.peer, 'invalid_request', error.message));
    throw error;
  }
}

function parseAnswer(body: JsonObject, context: CallContext): ChatAnswer {
  try {
    const answer =
      context.adapter.dialect === 'anthropic'
        ? parseAnthropicAnswer(body)
        : parseOpenAiAnswer(body, context.adapter.usageRules);
    if (answer.finishReason === 'abort')
      throw new ProviderFailure(truncated(context.peer, 'the server gave the request up'));
    return answer;
  } catch (error) {
    if (error instanceof MalformedAnswer) throw new ProviderFailure(malformed(context.peer, error.message));
    throw error;
  }
}

function streamReader(adapter: Adapter): StreamReader {
  return adapter.dialect === 'anthropic' ? createAnthropicStreamReader() : createOpenAiStreamReader(adapter.usageRules);
}

function classify(
  answer: HttpAnswer,
  body: Parameters<typeof classifyAnswer>[0]['body'],
  key: string | null,
  context: CallContext,
) {
  const { status, headers } = answer;
  return classifyAnswer({
    provider: context.peer.provider,
    status,
    headers,
    body,
    now: context.clock.now(),
    secret: key,
  });
}
