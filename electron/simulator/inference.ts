import { planAnswer, type AnswerPlan, type Piece } from './answer-plan.ts';
import { createAnthropicWire } from './anthropic-wire.ts';
import type { Exchange } from './exchange.ts';
import type { Fault, Misfortune } from './faults.ts';
import { createOpenAiWire } from './openai-wire.ts';
import { QueueFull, sleepUntil } from './pace.ts';
import type { ProviderState, SimulatedModel, SimulatedProviderOptions } from './provider-state.ts';
import { promptText, type SimulatedRequest } from './simulated-request.ts';
import { splitTokens } from './tokens.ts';
import { Rejected, renderRejection, renderStatus, type Rejection, type Vendor } from './vendor-errors.ts';
import type { CountedUsage, WireFormat } from './wire-format.ts';

/** A request that will be answered, with what the answer needs. */
interface Job {
  request: SimulatedRequest;
  plan: AnswerPlan;
  usage: CountedUsage;
  wire: WireFormat;
  misfortune: Misfortune;
  headers: Record<string, string>;
}

/**
 * Answers one inference request: faults that strike at the door, then the vendor's own checks, the queue, and the
 * answer token by token with whatever goes wrong on the way. Throws `Rejected` for what the vendor refuses.
 */
export async function serveInference(
  exchange: Exchange,
  state: ProviderState,
  misfortune: Misfortune,
  read: (model: SimulatedModel | null) => SimulatedRequest,
): Promise<void> {
  if (await strikeAtTheDoor(exchange, state, misfortune.fault)) return;
  const known = state.model(typeof exchange.entry.body?.model === 'string' ? exchange.entry.body.model : null);
  const request = read(known);
  if (!known || misfortune.fault?.kind === 'model_missing')
    throw new Rejected('model_missing', { model: request.model });
  const job = prepare(request, known, state, misfortune);
  const { batch } = state;
  const arrived = state.clock.monotonic();
  try {
    await batch.enter(exchange.signal);
  } catch (error) {
    if (error instanceof QueueFull) throw new Rejected('overloaded');
    return;
  }
  const metrics = state.metrics.get(known.id);
  metrics?.admitted(state.clock.monotonic() - arrived, job.usage.promptTokens, job.usage.cacheReadTokens);
  try {
    await answer(exchange, state, job);
    metrics?.finished(job.plan.finish === 'length' ? 'length' : 'stop', state.clock.monotonic() - arrived);
  } catch (error) {
    metrics?.finished('abort', state.clock.monotonic() - arrived);
    if (!exchange.signal.aborted) throw error;
  } finally {
    batch.leave();
  }
}

/** Faults that need no look at the request. True when the exchange is over. */
async function strikeAtTheDoor(exchange: Exchange, state: ProviderState, fault: Fault | null): Promise<boolean> {
  if (fault === null) return false;
  if (fault.kind === 'reset_before_headers') exchange.reset();
  else if (fault.kind === 'silence') await exchange.hang();
  else if (fault.kind === 'status') {
    send(exchange, state, renderStatus(state.vendor, fault.status, fault.retry_after_seconds));
  } else if (fault.kind === 'loading') {
    send(exchange, state, { ...renderRejection(state.vendor, 'loading'), status: 503 });
  } else {
    const rejected = rejectionFor(fault);
    if (rejected) throw rejected;
    return false;
  }
  return true;
}

function rejectionFor(fault: Fault): Rejected | null {
  if (fault.kind === 'rate_limited') {
    return new Rejected('rate_limited', {
      retryAfterSeconds: fault.retry_after_seconds,
      ...(fault.retry_after_ms === undefined ? {} : { retryAfterMs: fault.retry_after_ms }),
    });
  }
  if (fault.kind === 'content_filter') return fault.style === 'reject' ? new Rejected('content_filtered') : null;
  if (fault.kind === 'overloaded') return new Rejected('overloaded');
  if (fault.kind === 'exhausted') return new Rejected('exhausted');
  return fault.kind === 'wrong_key' ? new Rejected('unauthorized') : null;
}

/** Sends an error answer with the vendor's request id. */
export function send(exchange: Exchange, state: ProviderState, rejection: Rejection): void {
  const anthropic = state.vendor === 'anthropic';
  const id = state.nextId('req_');
  const body = anthropic ? { ...rejection.body, request_id: id } : rejection.body;
  exchange.sendJson(rejection.status, body, {
    ...state.rate.headers(state.vendor),
    ...rejection.headers,
    [anthropic ? 'request-id' : 'x-request-id']: id,
  });
}

function prepare(request: SimulatedRequest, model: SimulatedModel, state: ProviderState, misfortune: Misfortune): Job {
  const prompt = countPrompt(request, state);
  const overflow = {
    model: model.id,
    promptTokens: prompt.promptTokens,
    maxTokens: request.maxTokens ?? 0,
    contextWindow: model.contextWindow,
  };
  const asked = prompt.promptTokens + (state.vendor === 'anthropic' ? 0 : (request.maxTokens ?? 0));
  if (misfortune.fault?.kind === 'context_overflow' || asked > model.contextWindow)
    throw new Rejected('context_overflow', overflow);
  const wait = state.rate.take(prompt.promptTokens);
  if (wait !== null) throw new Rejected('rate_limited', { retryAfterSeconds: wait, model: model.id });
  const plan = filtered(planAnswer(request, state.vendor), misfortune.fault);
  const thinkingTokens = plan.pieces.filter((piece) => piece.type === 'thinking').length;
  const usage = { ...prompt, outputTokens: plan.pieces.length, thinkingTokens };
  state.promptTokens += usage.promptTokens;
  const id = state.nextId('req_');
  const anthropic = state.vendor === 'anthropic';
  return {
    request,
    plan,
    usage,
    wire: createWire(request, usage, state, id),
    misfortune,
    headers: { ...state.rate.headers(state.vendor), [anthropic ? 'request-id' : 'x-request-id']: id },
  };
}

function countPrompt(
  request: SimulatedRequest,
  state: ProviderState,
): Omit<CountedUsage, 'outputTokens' | 'thinkingTokens'> {
  const tokens = splitTokens(promptText(request));
  const promptTokens = tokens.length;
  if (state.vendor !== 'anthropic') {
    return { promptTokens, cacheReadTokens: state.cache.visit(tokens), cacheWriteTokens: 0 };
  }
  // Anthropic caches only what the caller marked, and charges for writing it.
  const marked = request.turns.findLastIndex((turn) => turn.cacheMark);
  if (marked < 0) return { promptTokens, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const prefix = splitTokens(promptText({ ...request, turns: request.turns.slice(0, marked + 1) }));
  const cacheReadTokens = state.cache.visit(prefix);
  const cacheable = prefix.length >= 1024 ? prefix.length : 0;
  return { promptTokens, cacheReadTokens, cacheWriteTokens: Math.max(0, cacheable - cacheReadTokens) };
}

/** A filter that steps in midway keeps the first half of the text. */
function filtered(plan: AnswerPlan, fault: Fault | null): AnswerPlan {
  if (fault?.kind !== 'content_filter') return plan;
  return {
    pieces: plan.pieces.slice(0, Math.floor(plan.pieces.length / 2)),
    finish: 'content_filter',
    stopSequence: null,
  };
}

function createWire(
  request: SimulatedRequest,
  usage: CountedUsage,
  state: ProviderState,
  requestId: string,
): WireFormat {
  const { vendor, options } = state;
  if (vendor === 'anthropic') {
    return createAnthropicWire({ id: state.nextId('msg_'), requestId, model: request.model, prompt: usage });
  }
  return createOpenAiWire({
    vendor,
    id: state.nextId('chatcmpl-'),
    model: request.model,
    created: Math.floor(state.clock.now() / 1000),
    includeUsage: request.includeUsage,
    reasoningField: reasoningField(vendor, options),
    reportsCachedTokens: options.reportsCachedTokens ?? false,
  });
}

/** Where thinking text stands; OpenAI and xAI keep it to themselves. */
function reasoningField(vendor: Vendor, options: SimulatedProviderOptions): 'reasoning' | 'reasoning_content' | null {
  if (vendor === 'vllm') return options.reasoningField ?? 'reasoning';
  return vendor === 'moonshot' ? 'reasoning_content' : null;
}

async function answer(exchange: Exchange, state: ProviderState, job: Job): Promise<void> {
  if (job.request.streamed) await answerStreamed(exchange, state, job);
  else await answerWhole(exchange, state, job);
}

/** The token after which the fault strikes; null where it does not strike between tokens. */
function strikesAfter(fault: Fault | null): number | null {
  return fault && 'after_tokens' in fault ? fault.after_tokens : null;
}

async function answerStreamed(exchange: Exchange, state: ProviderState, job: Job): Promise<void> {
  const { wire, plan, misfortune } = job;
  const { fault } = misfortune;
  const { pieces } = plan;
  exchange.begin(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...job.headers,
  });
  // Anthropic opens the message at once; the others say nothing before the first token.
  const anthropic = state.vendor === 'anthropic';
  if (anthropic) await exchange.write(wire.open());
  let unopened = !anthropic;
  const emit = async (part: readonly Piece[]): Promise<void> => {
    const opening = unopened ? wire.open() : '';
    unopened = false;
    await exchange.write(opening + wire.pieces(part));
    exchange.entry.tokensSent += part.length;
  };
  const boundary = Math.min(strikesAfter(fault) ?? pieces.length, pieces.length);
  const generation = new Generation(exchange, state, job, emit);
  await generation.run(pieces.slice(0, boundary));
  if (boundary === 0 && unopened) await emit([]);
  if (fault?.kind === 'cut') return exchange.breakOff();
  if (fault?.kind === 'stall') return exchange.hang();
  if (fault?.kind === 'error_in_stream') return endWith(exchange, wire.error(), 'broken');
  if (fault?.kind === 'malformed_event') await exchange.write(wire.malformed());
  await generation.run(pieces.slice(boundary));
  if (unopened) await emit([]);
  return endWith(exchange, wire.finish(plan, job.usage) + (fault?.kind === 'no_done' ? '' : wire.done()), 'served');
}

function endWith(exchange: Exchange, text: string, outcome: 'served' | 'broken'): void {
  exchange.settle(outcome);
  exchange.response.end(text);
}

async function answerWhole(exchange: Exchange, state: ProviderState, job: Job): Promise<void> {
  const { fault } = job.misfortune;
  const boundary = strikesAfter(fault);
  const pieces = boundary === null ? job.plan.pieces : job.plan.pieces.slice(0, boundary);
  await new Generation(exchange, state, job, async () => undefined).run(pieces);
  if (fault?.kind === 'error_in_stream') throw new Rejected('server_error');
  const text = JSON.stringify(job.wire.whole(job.plan, job.usage));
  const headers = { 'content-type': 'application/json', ...job.headers };
  if (fault?.kind === 'malformed_event') return exchange.sendText(200, text.slice(0, -2), headers);
  if (fault?.kind !== 'cut' && fault?.kind !== 'stall') {
    exchange.entry.tokensSent = job.plan.pieces.length;
    return exchange.sendText(200, text, headers);
  }
  exchange.begin(200, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
  await exchange.write(text.slice(0, Math.floor(text.length / 2)));
  return fault.kind === 'cut' ? exchange.breakOff() : exchange.hang();
}

/** Produces tokens in time, and holds the KV cache that they take. */
class Generation {
  readonly #exchange: Exchange;
  readonly #state: ProviderState;
  readonly #job: Job;
  readonly #emit: (pieces: readonly Piece[]) => Promise<void>;
  #due: number;
  #last: number;
  #first = true;
  #held = 0;

  constructor(exchange: Exchange, state: ProviderState, job: Job, emit: (pieces: readonly Piece[]) => Promise<void>) {
    this.#exchange = exchange;
    this.#state = state;
    this.#job = job;
    this.#emit = emit;
    const { slowdown, extraFirstTokenMs } = job.misfortune;
    this.#last = state.clock.monotonic();
    this.#due = this.#last + state.pace.firstTokenMs(state.batch.load, slowdown) + extraFirstTokenMs;
    this.#hold(job.usage.promptTokens);
    exchange.response.once('close', () => this.#hold(-this.#held));
  }

  /** Emits the pieces, each event when it is due. Rejects when the caller leaves. */
  async run(pieces: readonly Piece[]): Promise<void> {
    const { clock, latency, pace } = this.#state;
    const metrics = this.#state.metrics.get(this.#job.request.model);
    for (let start = 0; start < pieces.length; start += latency.tokensPerEvent) {
      await sleepUntil(this.#due, clock, this.#exchange.signal);
      this.#exchange.signal.throwIfAborted();
      const part = pieces.slice(start, start + latency.tokensPerEvent);
      await this.#emit(part);
      this.#hold(part.length);
      this.#state.outputTokens += part.length;
      const now = clock.monotonic();
      metrics?.generated(part.length, now - this.#last, this.#first);
      [this.#last, this.#first] = [now, false];
      this.#due += pace.eventGapMs(this.#state.batch.load, this.#job.misfortune.slowdown, part.length);
    }
  }

  /** Takes room in the KV cache, which is given back when the answer is out or the connection gone. */
  #hold(tokens: number): void {
    this.#held += tokens;
    this.#state.kvTokens = Math.max(0, this.#state.kvTokens + tokens);
  }
}
