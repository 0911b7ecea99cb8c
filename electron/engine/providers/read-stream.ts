import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';
import type { Clock } from '../clock.ts';
import { objectOf, parseJson, textOf } from '../dialects/json.ts';
import type { StreamReader } from '../dialects/openai/stream-reader.ts';
import type { ChatEvent, JsonObject } from '../dialects/types.ts';
import { bringsUnreadContent } from '../dialects/unread-content.ts';
import type { Attempt } from './attempt.ts';
import { classifyAnswer, errorObject } from './classify.ts';
import { malformed, truncated } from './connection-failures.ts';
import type { HttpAnswer } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { AttemptLimits, UpstreamChunk } from './types.ts';

/** Characters one event may have before the stream is taken for broken. */
const LONGEST_EVENT = 16 * 1024 * 1024;
/** How long a finished answer may still bring its usage and its end, in milliseconds. */
const TAIL_MS = 2000;

export interface StreamSource {
  answer: HttpAnswer;
  attempt: Attempt;
  reader: StreamReader;
  limits: AttemptLimits;
  clock: Clock;
  /** The key that was sent, to be kept out of messages. */
  secret: string | null;
  /** Bytes of the longest stream taken; no limit when left out. */
  maximumBytes?: number;
}

/**
 * Reads a stream of server-sent events. Ends after a finish reason, with or without `[DONE]`; throws ProviderFailure
 * for everything else: the time limits, an error frame, data that is not JSON, or an end before the finish reason.
 */
export async function* readStream(source: StreamSource): AsyncGenerator<UpstreamChunk> {
  const { answer, attempt, limits } = source;
  const state: StreamState = { began: false, finished: false, closed: false };
  try {
    for await (const message of messages(source)) {
      if (message.data === '[DONE]') {
        state.closed = true;
        break;
      }
      const chunk = toChunk(message, source, state);
      if (chunk === null) break;
      const unread = chunk.raw !== null && bringsUnreadContent(chunk.raw, chunk.events.length > 0);
      if (!state.began && (unread || chunk.events.some(carriesContent))) {
        state.began = true;
        attempt.disarm('first_token');
      }
      const alive = unread || chunk.events.some((event) => event.type !== 'ping' && !isEmpty(event));
      if (state.began && alive) attempt.touchIdle(state.finished ? TAIL_MS : limits.idleMs);
      attempt.hold();
      yield chunk;
      attempt.resume();
      if (state.closed) break;
    }
  } catch (error) {
    // After the finish reason the answer is whole: a socket that breaks or stalls then takes nothing away.
    if (!state.finished || isCancelled(error)) throw error;
  } finally {
    answer.release(state.finished);
  }
  if (!state.finished) throw new ProviderFailure(truncated(attempt.peer, 'the stream ended'));
}

interface StreamState {
  /** The first token has come. */
  began: boolean;
  /** The finish reason has come. */
  finished: boolean;
  /** The dialect's own end of the stream has come. */
  closed: boolean;
}

async function* messages(source: StreamSource): AsyncGenerator<EventSourceMessage> {
  const pending: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => pending.push(event), maxBufferSize: LONGEST_EVENT });
  const decoder = new TextDecoder();
  const { maximumBytes = Infinity } = source;
  let received = 0;
  for (;;) {
    const bytes = await source.answer.next();
    received += bytes?.length ?? 0;
    if (received > maximumBytes) {
      throw new ProviderFailure(malformed(source.attempt.peer, `the answer is larger than ${maximumBytes} bytes`));
    }
    // An end without the last blank line still delivers what stands in it.
    feed(parser, bytes === null ? `${decoder.decode()}\n\n` : decoder.decode(bytes, { stream: true }), source);
    yield* pending.splice(0);
    if (bytes === null) return;
  }
}

function feed(parser: ReturnType<typeof createParser>, text: string, source: StreamSource): void {
  try {
    parser.feed(text);
  } catch {
    throw new ProviderFailure(
      malformed(source.attempt.peer, `an event of the stream is longer than ${LONGEST_EVENT} characters`),
    );
  }
}

/** Null where the stream has nothing more to say: an error after the finish reason, or an end that is none of the answer. */
function toChunk(message: EventSourceMessage, source: StreamSource, state: StreamState): UpstreamChunk | null {
  const { attempt, reader, answer, clock } = source;
  const raw = objectOf(parseJson(message.data));
  if (raw === null) throw new ProviderFailure(malformed(attempt.peer, 'an event of the stream is not JSON'));
  if (message.event === 'error' || isErrorFrame(raw)) {
    if (state.finished) return null;
    const { provider } = attempt.peer;
    throw new ProviderFailure(
      classifyAnswer({
        provider,
        status: 200,
        headers: answer.headers,
        body: raw,
        now: clock.now(),
        secret: source.secret,
      }),
    );
  }
  const events = reader.read(raw);
  const finish = events.find((event) => event.type === 'finish');
  if (finish?.reason === 'abort') throw new ProviderFailure(truncated(attempt.peer, 'the server gave the request up'));
  if (finish) state.finished = true;
  if (raw['type'] === 'message_stop') {
    // Without a stop reason it ends the stream and no answer: shown to the caller, it would pass for a whole one.
    if (!state.finished) return null;
    state.closed = true;
  }
  return { events, raw, rawEvent: message.event ?? null };
}

function isErrorFrame(raw: JsonObject): boolean {
  if (raw['choices'] !== undefined) return false;
  return (
    raw['type'] === 'error' ||
    (raw['error'] !== undefined && raw['error'] !== null) ||
    (textOf(raw['object']) === 'error' && errorObject(raw) !== null)
  );
}

/** Some servers keep a stream open with pieces of no length: they are no tokens. */
function isEmpty(event: ChatEvent): boolean {
  return (event.type === 'text' || event.type === 'thinking') && event.text === '';
}

function carriesContent(event: ChatEvent): boolean {
  switch (event.type) {
    case 'text':
    case 'thinking':
      return !isEmpty(event);
    case 'thinking_signature':
    case 'redacted_thinking':
    case 'tool_call_start':
    case 'tool_call_arguments':
    case 'finish':
      return true;
    case 'start':
    case 'block_stop':
    case 'usage':
    case 'ping':
      return false;
  }
}

function isCancelled(error: unknown): boolean {
  return !(error instanceof ProviderFailure) || error.failure.class === 'cancelled';
}
