import type { Clock } from '../clock.ts';
import { parseJson } from '../dialects/json.ts';
import type { JsonObject, JsonValue } from '../dialects/types.ts';
import type { ProviderConfig } from '../registry/types.ts';
import type { Adapter } from './adapters/adapter.ts';
import { Attempt } from './attempt.ts';
import { classifyAnswer } from './classify.ts';
import type { Peer } from './connection-failures.ts';
import { readText } from './transport.ts';
import type { HttpAnswer, Transport } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { Failure, ProviderCall } from './types.ts';

/** Bytes of an error body that are read. */
export const LARGEST_ERROR = 256 * 1024;

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

/** One request as it goes out. */
export interface Posting extends Pick<
  ProviderCall,
  'limits' | 'signal' | 'requestId' | 'traceparent' | 'tracestate' | 'headers'
> {
  /** Appended to the base URL. */
  path: string;
  body: JsonObject;
  streamed: boolean;
}

/** An answer with a good status, its body still to be read. */
export interface Posted {
  /** The key it was sent with. */
  key: string | null;
  answer: HttpAnswer;
  attempt: Attempt;
}

/** Sends a request; resolves when the headers have come with a good status. Throws ProviderFailure otherwise. */
export async function post(posting: Posting, context: CallContext): Promise<Posted> {
  const { limits, streamed } = posting;
  const key = context.key();
  const attempt = new Attempt(context.peer, context.clock, posting.signal);
  attempt.arm('total', limits.totalMs);
  if (streamed) attempt.arm('first_token', limits.firstTokenMs);
  const answer = await context.transport.open(
    {
      method: 'POST',
      url: new URL(context.config.baseUrl + posting.path),
      headers: {
        'content-type': 'application/json',
        accept: streamed ? 'text/event-stream' : 'application/json',
        'user-agent': 'switchyard',
        'x-request-id': posting.requestId,
        ...(posting.traceparent === undefined ? {} : { traceparent: posting.traceparent }),
        ...(posting.tracestate === undefined ? {} : { tracestate: posting.tracestate }),
        ...context.adapter.authentication(key),
        ...posting.headers,
      },
      body: JSON.stringify(posting.body),
      connectMs: limits.connectMs,
    },
    attempt,
  );
  if (answer.status >= 200 && answer.status < 300) return { answer, attempt, key };
  const text = await readText(answer, attempt, LARGEST_ERROR);
  throw new ProviderFailure(classifyPosted(answer, parseJson(text) ?? null, key, context));
}

/** What an error answer means. */
export function classifyPosted(
  { status, headers }: HttpAnswer,
  body: JsonValue,
  key: string | null,
  context: CallContext,
): Failure {
  return classifyAnswer({
    provider: context.peer.provider,
    status,
    headers,
    body,
    now: context.clock.now(),
    secret: key,
  });
}
