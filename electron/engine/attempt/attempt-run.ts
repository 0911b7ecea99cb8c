import type { Attempt, Usage } from '../../../shared/domain/request.ts';
import type { Clock } from '../clock.ts';
import type { ComputeCost, Cost } from '../cost/types.ts';
import type { ChatAnswer, ChatRequest } from '../dialects/types.ts';
import { ProviderFailure } from '../providers/types.ts';
import type { AttemptLimits, Failure, GenerateResult, Provider, UpstreamChunk } from '../providers/types.ts';
import type { Reservation } from '../quota/types.ts';
import type { ProviderConfig } from '../registry/types.ts';

/** What one attempt is made of. */
export interface AttemptInput {
  index: number;
  config: ProviderConfig;
  provider: Provider;
  /** Upstream model id. */
  model: string;
  request: ChatRequest;
  effort: number | null;
  limits: AttemptLimits;
  signal: AbortSignal;
  requestId: string;
  traceparent: string | undefined;
  tracestate?: string | undefined;
  /** The caller's headers for the vendor. */
  headers?: Record<string, string>;
  /** The same provider had been asked before for this request. */
  retry: boolean;
  /** It continues a stream that broke off. */
  resume: boolean;
  reservation: Reservation;
  queuedMs: number;
}

/** What the engine lends to an attempt. */
export interface AttemptTools {
  clock: Clock;
  computeCost: ComputeCost;
}

/** English text averages about four characters a token; used only where a provider reported no usage. */
const CHARACTERS_PER_TOKEN = 4;

const ONE_TOKEN: Usage = {
  input_tokens: 1,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 1,
  reasoning_tokens: 0,
  estimated: true,
};

/**
 * One request to one provider, from sending to settled: measures its stages, gathers usage, computes what it cost,
 * and gives back or settles its reservation. It ends exactly once, through `succeed`, `fail` or `cancel`; `generate`
 * and `chunks` call `fail` by themselves before they throw.
 */
export class AttemptRun {
  readonly input: AttemptInput;
  readonly #tools: AttemptTools;
  readonly #startedAt: number;
  readonly #startedMonotonic: number;
  #headersMs: number | null = null;
  /** The caller left when the provider had the request and had not answered: it is billed for reading it. */
  #leftAfterSending = false;
  #firstTokenMs: number | null = null;
  #usage: Usage | null = null;
  #adjusted: string[] = [];
  #receivedCharacters = 0;
  #answerModel: string | null = null;
  #record: Attempt | null = null;
  #opened: AsyncIterable<UpstreamChunk> | null = null;

  constructor(input: AttemptInput, tools: AttemptTools) {
    this.input = input;
    this.#tools = tools;
    this.#startedAt = tools.clock.now();
    this.#startedMonotonic = tools.clock.monotonic();
  }

  /** Milliseconds from sending to the first token; null while none came. */
  get firstTokenMs(): number | null {
    return this.#firstTokenMs;
  }

  /** The model that the provider says answered, or the one that was asked. */
  get answerModel(): string {
    return this.#answerModel ?? this.input.model;
  }

  /** Whether there is no rate for this model, known before the answer has come. */
  get pricingUnknown(): boolean {
    return this.#price(ONE_TOKEN).pricingUnknown;
  }

  get elapsedMs(): number {
    return this.#tools.clock.monotonic() - this.#startedMonotonic;
  }

  /** The finished attempt. Throws when it has not ended yet. */
  get record(): Attempt {
    if (!this.#record) throw new Error('An attempt has no record before it has ended.');
    return this.#record;
  }

  /** Asks for a whole answer. Throws `ProviderFailure`. */
  async generate(): Promise<ChatAnswer> {
    try {
      const result = await this.input.provider.generate({
        ...this.#call(),
        progress: { accepted: (accepted) => this.#accepted(accepted), chunk: (chunk) => this.#observe(chunk) },
      });
      this.#accepted(result);
      this.#usage = result.answer.usage;
      this.#answerModel = result.answer.model || null;
      this.#receivedCharacters = charactersOf(result.answer);
      return result.answer;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Opens a stream; resolves when the provider has accepted the request. Throws `ProviderFailure`. */
  async open(): Promise<void> {
    try {
      const result = await this.input.provider.stream(this.#call());
      this.#accepted(result);
      this.#opened = result.chunks;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** The opened stream, measured as it passes. Throws `ProviderFailure` where it breaks. */
  async *chunks(): AsyncGenerator<UpstreamChunk> {
    if (!this.#opened) throw new Error('The stream of an attempt is read after it was opened.');
    try {
      for await (const chunk of this.#opened) {
        this.#observe(chunk);
        yield chunk;
      }
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** The answer is whole. */
  succeed(): Attempt {
    return this.#end('success', null);
  }

  /** The provider failed. */
  fail(failure: Failure): Attempt {
    return this.#end('failure', failure);
  }

  /** The caller left. */
  cancel(): Attempt {
    return this.#end('cancelled', null);
  }

  #call() {
    const { request, model, effort, limits, signal, requestId, traceparent, tracestate, headers = {} } = this.input;
    return { request, model, effort, limits, signal, requestId, headers, traceparent, tracestate };
  }

  #accepted({ timings, adjusted }: Pick<GenerateResult, 'timings' | 'adjusted'>): void {
    this.#headersMs = timings.headersMs;
    this.#adjusted = adjusted;
  }

  #observe(chunk: UpstreamChunk): void {
    for (const event of chunk.events) {
      switch (event.type) {
        case 'start':
          this.#answerModel = event.model || null;
          break;
        case 'text':
        case 'thinking':
          this.#receivedCharacters += event.text.length;
          this.#firstTokenMs ??= this.elapsedMs;
          break;
        case 'tool_call_start':
        case 'redacted_thinking':
          this.#firstTokenMs ??= this.elapsedMs;
          break;
        case 'tool_call_arguments':
          this.#receivedCharacters += event.json.length;
          this.#firstTokenMs ??= this.elapsedMs;
          break;
        case 'usage':
          this.#usage = event.usage;
          break;
        case 'thinking_signature':
        case 'block_stop':
        case 'finish':
        case 'ping':
          break;
      }
    }
  }

  #failed(error: unknown): ProviderFailure {
    const failure = error instanceof ProviderFailure ? error : this.#unexpected(error);
    if (failure.failure.class === 'cancelled') {
      this.#leftAfterSending = failure.failure.phase !== 'connect';
      this.cancel();
    } else this.fail(failure.failure);
    return failure;
  }

  /** What broke before the provider had said anything was the writing of the request, and says nothing of the provider. */
  #unexpected(cause: unknown): ProviderFailure {
    const { name } = this.input.config;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return this.#headersMs === null
      ? unexpectedFailure('invalid_request', `the request could not be written for ${name} (${reason})`, cause)
      : unexpectedFailure('malformed', `${name}: the answer could not be read (${reason})`, cause);
  }

  #end(outcome: Attempt['outcome'], failure: Failure | null): Attempt {
    if (this.#record) return this.#record;
    const { config, request, provider } = this.input;
    const usage =
      this.#reportedUsage(outcome) ??
      this.#estimateUsage(outcome, failure, provider.estimateTokens.bind(provider), request);
    const cost = this.#price(usage);
    this.input.reservation.settle({
      tokens: usage.input_tokens + usage.output_tokens,
      costMicroUsd: cost.costMicroUsd,
    });
    const spent = usage.input_tokens + usage.output_tokens > 0;
    this.#record = {
      index: this.input.index,
      provider: config.name,
      model: this.answerModel,
      started_at: this.#startedAt,
      outcome,
      failure_class: failure?.class ?? (outcome === 'cancelled' ? 'cancelled' : null),
      message: failure?.message ?? null,
      http_status: failure ? failure.httpStatus : outcome === 'success' ? 200 : null,
      retry: this.input.retry,
      resume: this.input.resume,
      queue_ms: this.input.queuedMs,
      headers_ms: this.#headersMs,
      first_token_ms: this.#firstTokenMs,
      duration_ms: this.elapsedMs,
      usage,
      cost_usd: cost.costUsd,
      pricing_unknown: spent && cost.pricingUnknown,
      adjusted: this.#adjusted,
    };
    return this.#record;
  }

  #price(usage: Usage): Cost {
    const { adapter, deployment, pricing } = this.input.config;
    return this.#tools.computeCost(this.input.model, usage, { adapter, deployment, pricing, at: this.#startedAt });
  }

  /**
   * What the provider said it used; null where it said nothing, or filled a block with zeros. Whoever broke off has not
   * counted to the end (Anthropic begins with a single token of output): at least what came was made.
   */
  #reportedUsage(outcome: Attempt['outcome']): Usage | null {
    const usage = this.#usage;
    if (usage === null || usage.input_tokens + usage.output_tokens === 0) return null;
    const received = this.#receivedTokens();
    if (outcome === 'success' || usage.output_tokens >= received) return usage;
    return { ...usage, output_tokens: received, estimated: true };
  }

  /** What came of the answer, estimated from its text. */
  #receivedTokens(): number {
    return Math.ceil(this.#receivedCharacters / CHARACTERS_PER_TOKEN);
  }

  /**
   * Where the provider never said: an answer that came (whole or in part) is estimated from its text; a request that was
   * accepted, timed out or was left by its caller is billed its input; an error status or a connection that never stood costs nothing.
   */
  #estimateUsage(
    outcome: Attempt['outcome'],
    failure: Failure | null,
    estimateTokens: (request: ChatRequest) => number,
    request: ChatRequest,
  ): Usage {
    const answering = outcome === 'success' || this.#headersMs !== null;
    const reached = answering || failure?.class === 'timeout' || this.#leftAfterSending;
    const connecting = failure?.phase === 'connect' || failure?.phase === 'queue';
    const input = reached && !connecting ? estimateTokens(request) : 0;
    return {
      input_tokens: input,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: this.#receivedTokens(),
      reasoning_tokens: 0,
      estimated: input > 0,
    };
  }
}

function charactersOf(answer: ChatAnswer): number {
  let characters = 0;
  for (const part of answer.content) {
    if (part.type === 'text' || part.type === 'thinking') characters += part.text.length;
    else if (part.type === 'tool_use') characters += JSON.stringify(part.input).length;
  }
  return characters;
}

function unexpectedFailure(failureClass: Failure['class'], message: string, cause: unknown): ProviderFailure {
  return new ProviderFailure(
    {
      class: failureClass,
      message,
      httpStatus: null,
      phase: null,
      retryAfterMs: null,
      body: null,
      staleSocket: false,
    },
    { cause },
  );
}
