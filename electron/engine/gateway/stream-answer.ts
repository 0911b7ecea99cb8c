import { addUsage, NO_USAGE } from '../../../shared/domain/usage.ts';
import { GistCollector } from '../attempt/answer-gist.ts';
import { ProviderFailure } from '../providers/types.ts';
import type { Capabilities, Failure } from '../providers/types.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { StreamFailover } from '../registry/types.ts';
import { errorBody, sendError } from './answer-error.ts';
import { stoppingError } from './attempt-errors.ts';
import type { AdmittedRun, AttemptLoop } from './attempt-loop.ts';
import { continueRequest, obstacleToContinuing } from './continuation.ts';
import type { ContinuationStrategy } from './continuation.ts';
import type { Exchange } from './exchange.ts';
import { leftOr } from './gateway-error.ts';
import type { Settle } from './record.ts';
import type { ShadowOffer } from './shadow-offer.ts';
import { responseHeaders } from './response-headers.ts';
import { Seam } from './seam.ts';
import { StreamRelay } from './stream-relay.ts';
import type { GatewayRooms, Question } from './types.ts';

/** What is done when an answer is whole: it is recorded, and handed on where it is in the sample of the shadow. */
export interface Closing {
  settle: Settle;
  offer: ShadowOffer | null;
}

/**
 * Answers a request as a stream. Until the first token has gone out, a provider that fails is replaced unseen; after that
 * the stream policy decides: `resume` has another provider go on, `buffer` never gets there, `error` ends with an error.
 */
export async function streamAnswer(
  rooms: GatewayRooms,
  exchange: Exchange,
  question: Question,
  loop: AttemptLoop,
  { settle, offer }: Closing,
): Promise<void> {
  const policy = streamPolicy(rooms, question);
  const relay = new StreamRelay({
    exchange,
    request: question.request,
    buffer: policy === 'buffer',
    created: Math.floor(rooms.clock.now() / 1000),
    fallbackId: question.id,
  });
  const resumption = new Resumption(question.request, loop, relay);
  try {
    for (;;) {
      const admitted = await loop.next(relay.begun ? resumption.resume : null);
      const gist = offer && new GistCollector();
      const failure = await relayRun(exchange, loop, relay, admitted, gist);
      if (failure) await takeFailure(policy, question, loop, relay, resumption, admitted, failure);
      else {
        loop.succeeded(admitted);
        const record = await settle({ ok: true });
        relay.close();
        if (gist) offer?.(record, gist.gist());
        return;
      }
    }
  } catch (error) {
    const failure = leftOr(exchange.callerLeft, error);
    const status = relay.begun && failure.code !== 'caller_left' ? 200 : failure.status;
    await settle({ ok: false, error: failure, status });
    if (relay.begun) relay.fail(errorBody(question.id, failure));
    else sendError(exchange, question.request.dialect, question.id, failure, responseHeaders(loop, null));
  }
}

/** Relays one run; null when the answer is whole, else how the provider failed. Throws when the caller has left. */
async function relayRun(
  exchange: Exchange,
  loop: AttemptLoop,
  relay: StreamRelay,
  admitted: AdmittedRun,
  gist: GistCollector | null,
): Promise<Failure | null> {
  const { run } = admitted;
  const source = {
    dialect: run.input.provider.dialect,
    model: () => run.answerModel,
    headers: () => responseHeaders(loop, null, run),
  };
  try {
    await run.open();
    for await (const chunk of run.chunks()) {
      if (gist) for (const event of chunk.events) gist.add(event);
      await relay.push(source, chunk);
    }
    return null;
  } catch (error) {
    const left = exchange.callerLeft.aborted;
    if (!left && error instanceof ProviderFailure && error.failure.class !== 'cancelled') return error.failure;
    loop.cancelled(admitted);
    throw error;
  }
}

/** Returns when another attempt may be made; throws what ends the request. */
async function takeFailure(
  policy: StreamFailover,
  question: Question,
  loop: AttemptLoop,
  relay: StreamRelay,
  resumption: Resumption,
  admitted: AdmittedRun,
  failure: Failure,
): Promise<void> {
  if (!relay.begun) {
    await loop.failed(admitted, failure);
    relay.discardHeld();
    return;
  }
  loop.breakOff(failure);
  if (resumption.blamesPrefill(admitted, failure)) {
    loop.refusedPrefill(admitted, failure);
    return;
  }
  await loop.failed(admitted, failure);
  const obstacle =
    policy === 'resume' ? obstacleToContinuing(question.request, relay.sent) : 'the stream policy is error';
  if (obstacle === null) return;
  const cause = { ...failure, message: `${failure.message}; it was not continued elsewhere, since ${obstacle}` };
  throw stoppingError(cause, loop.decision);
}

/** How a broken-off answer is gone on with, provider by provider. */
class Resumption {
  readonly #request: ChatRequest;
  readonly #loop: AttemptLoop;
  readonly #relay: StreamRelay;
  readonly #refusedPrefill = new Set<string>();
  #strategy: ContinuationStrategy | null = null;

  constructor(request: ChatRequest, loop: AttemptLoop, relay: StreamRelay) {
    this.#request = request;
    this.#loop = loop;
    this.#relay = relay;
  }

  /** The request for the provider that goes on; the relay is told how its text joins. */
  readonly resume = (provider: string, capabilities: Capabilities): ChatRequest => {
    const { sent } = this.#relay;
    const { request, strategy } = continueRequest(
      this.#request,
      sent,
      capabilities,
      this.#refusedPrefill.has(provider),
    );
    this.#strategy = strategy;
    const used = this.#loop.attempts.map((attempt) => attempt.usage).reduce(addUsage, NO_USAGE);
    this.#relay.resume(strategy === 'restart' ? null : new Seam(sent.text, strategy === 'prompt'), used);
    return request;
  };

  /** Whether a refusal may be due to the begun answer that the request ended with; noted, so that words are tried next. */
  blamesPrefill({ run, config }: AdmittedRun, failure: Failure): boolean {
    const blamed = run.input.resume && this.#strategy === 'prefill' && failure.class === 'invalid_request';
    if (blamed) this.#refusedPrefill.add(config.name);
    return blamed;
  }
}

function streamPolicy(rooms: GatewayRooms, question: Question): StreamFailover {
  const registry = rooms.registry();
  const site = registry.policy.callSites.find((entry) => entry.name === question.intent.callSite);
  return question.options.streamFailover ?? site?.streamFailover ?? registry.routing.streamFailover;
}
