import { createAnthropicBodyCollector } from '../dialects/anthropic/collect-body.ts';
import { parseAnthropicAnswer } from '../dialects/anthropic/parse-answer.ts';
import { createAnthropicStreamReader } from '../dialects/anthropic/stream-reader.ts';
import { objectOf, parseJson } from '../dialects/json.ts';
import { MalformedAnswer } from '../dialects/malformed-answer.ts';
import { createOpenAiBodyCollector } from '../dialects/openai/collect-body.ts';
import { parseOpenAiAnswer } from '../dialects/openai/parse-answer.ts';
import { createOpenAiStreamReader } from '../dialects/openai/stream-reader.ts';
import type { StreamReader } from '../dialects/openai/stream-reader.ts';
import type { ChatAnswer, ChatRequest, JsonObject } from '../dialects/types.ts';
import type { Adapter } from './adapters/adapter.ts';
import { errorObject } from './classify.ts';
import { malformed, truncated } from './connection-failures.ts';
import { classifyPosted, LARGEST_ERROR, post } from './post.ts';
import type { CallContext, Posted } from './post.ts';
import { readStream } from './read-stream.ts';
import type { StreamSource } from './read-stream.ts';
import { renderFor } from './render-for.ts';
import { readText } from './transport.ts';
import type { HttpAnswer } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { GenerateResult, ProviderCall, StreamResult } from './types.ts';

/** Bytes of the largest whole answer taken. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * Asks for a whole answer. Where the provider streams, it is asked for a stream that is put together here: the limits of
 * streams then apply, and an answer that breaks off is known as such. Otherwise nothing is seen before the end.
 */
export async function generate(call: ProviderCall, context: CallContext): Promise<GenerateResult> {
  const collected = context.adapter.collectsStreams && streamsAlike(call.request);
  const sent = await send(call, collected, context);
  const { answer, adjusted } = sent;
  const accepted = { timings: { headersMs: answer.headersMs }, adjusted };
  call.progress?.accepted(accepted);
  const body = collected && !isJson(answer) ? await collect(sent, call, context) : await readBody(sent, context);
  return { answer: parseAnswer(body, context), ...accepted };
}

/** Asks for a streamed answer; resolves when the headers have come with a good status. */
export async function stream(call: ProviderCall, context: CallContext): Promise<StreamResult> {
  const sent = await send(call, true, context);
  const { answer, attempt, adjusted, key } = sent;
  if (isJson(answer)) {
    const body = objectOf(parseJson(await readText(answer, attempt, LARGEST_ERROR)));
    const failure =
      body !== null && errorObject(body) !== null
        ? classifyPosted(answer, body, key, context)
        : malformed(context.peer, 'a stream was asked for and something else came');
    throw new ProviderFailure(failure);
  }
  const chunks = readStream(streamSource(sent, call, context));
  return { chunks, timings: { headersMs: answer.headersMs }, adjusted };
}

/**
 * What is given whole only: vLLM's log-probabilities of the prompt ("not available when `stream=True`"), beams and
 * parameters of a KV transfer (https://docs.vllm.ai, `ChatCompletionRequest`), and speech in the formats that are no stream
 * (https://platform.openai.com/docs/guides/audio).
 */
const WHOLE_ONLY = ['prompt_logprobs', 'use_beam_search', 'kv_transfer_params', 'audio'];

/** Whether a stream says all that the whole answer would. */
function streamsAlike({ dialect, raw }: ChatRequest): boolean {
  return dialect !== 'openai' || !WHOLE_ONLY.some((field) => Boolean(raw[field]));
}

function isJson(answer: HttpAnswer): boolean {
  return String(answer.headers['content-type'] ?? '').includes('application/json');
}

function streamSource({ answer, attempt, key }: Posted, call: ProviderCall, context: CallContext): StreamSource {
  const { adapter, clock } = context;
  return { answer, attempt, reader: streamReader(adapter), limits: call.limits, clock, secret: key };
}

/** Puts a stream together. Throws ProviderFailure where it breaks off. */
async function collect(sent: Posted, call: ProviderCall, context: CallContext): Promise<() => JsonObject> {
  const { dialect, emptyMessage } = context.adapter;
  const collector = dialect === 'anthropic' ? createAnthropicBodyCollector() : createOpenAiBodyCollector(emptyMessage);
  for await (const chunk of readStream({ ...streamSource(sent, call, context), maximumBytes: LARGEST_ANSWER })) {
    if (chunk.raw) collector.add(chunk.raw);
    call.progress?.chunk(chunk);
  }
  return () => collector.body();
}

/** Reads an answer that comes whole, asked for or not: some servers do not stream. */
async function readBody({ answer, attempt, key }: Posted, context: CallContext): Promise<() => JsonObject> {
  attempt.disarm('first_token');
  const body = objectOf(parseJson(await readText(answer, attempt, LARGEST_ANSWER)));
  if (body === null) throw new ProviderFailure(malformed(context.peer, 'the answer is not JSON'));
  if (errorObject(body) !== null && body['choices'] === undefined && body['content'] === undefined) {
    throw new ProviderFailure(classifyPosted(answer, body, key, context));
  }
  return () => body;
}

async function send(
  call: ProviderCall,
  streamed: boolean,
  context: CallContext,
): Promise<Posted & { adjusted: string[] }> {
  const { body, adjusted } = renderFor(call, streamed, context);
  const { dialect, chatPath } = context.adapter;
  // The caller's own headers mean something only to a provider of the caller's dialect.
  const headers = dialect === call.request.dialect ? (call.headers ?? {}) : {};
  return { ...(await post({ ...call, headers, path: chatPath, body, streamed }, context)), adjusted };
}

function parseAnswer(readBody: () => JsonObject, context: CallContext): ChatAnswer {
  try {
    const body = readBody();
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
