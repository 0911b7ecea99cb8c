import type { FailureClass, TimeoutPhase } from '../../../shared/domain/failure.ts';
import type { AdapterKind, InferenceLoad } from '../../../shared/domain/provider.ts';
import type { ChatAnswer, ChatEvent, ChatRequest, Dialect, JsonObject } from '../dialects/types.ts';

/** What kind of thinking parameter a model takes; sending another one is refused by its API. */
type ThinkingKind = 'none' | 'enabled' | 'adaptive' | 'reasoning_effort' | 'always';

/** The sampling parameters that some models refuse. */
export type SamplingParameter =
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'stop'
  | 'seed'
  | 'presence_penalty'
  | 'frequency_penalty'
  | 'parallel_tool_calls';

/** What one provider's model takes. Facts with their sources are in `model-facts.ts`; the registry can override them. */
export interface Capabilities {
  /** What its API speaks; a part of a request that only one dialect can say goes to nobody of the other. */
  dialect: Dialect;
  tools: boolean;
  images: boolean;
  jsonSchema: boolean;
  thinking: ThinkingKind;
  /** Tokens, inclusive; null where the API takes no explicit budget. */
  thinkingBudgetRange: readonly [number, number] | null;
  /** The target continues an assistant message that ends the conversation. */
  prefill: boolean;
  /** Tokens. */
  contextWindow: number;
  maximumOutputTokens: number | null;
  refusedParameters: readonly SamplingParameter[];
  embeddings: boolean;
  /** False for a model that makes embeddings and nothing else. */
  chat?: boolean;
  strengths: readonly string[];
}

/** Whether a provider can be asked at all, found without building a client. */
export type Availability = { available: true } | { available: false; keyEnv: string; reason: string };

/** Parameters an effort of 0 to 1 becomes for one model. */
export interface EffortParameters {
  temperature: number | null;
  maxTokens: number;
  thinking: ChatRequest['thinking'];
  reasoningEffort: 'low' | 'medium' | 'high' | null;
}

/** Time limits of one attempt in milliseconds; all count from the moment the request is sent, `idle` between tokens. */
export interface AttemptLimits {
  connectMs: number;
  firstTokenMs: number;
  idleMs: number;
  totalMs: number;
}

export interface ProviderCall {
  request: ChatRequest;
  /** Upstream model id. */
  model: string;
  /** 0 to 1, or null when the caller did not ask for effort regulation. */
  effort: number | null;
  limits: AttemptLimits;
  /** Aborting cancels the upstream request within a tick. */
  signal: AbortSignal;
  /** Sent upstream for tracing. */
  requestId: string;
  traceparent?: string | undefined;
  tracestate?: string | undefined;
  /** The caller's own headers for the vendor, lower-case; sent on only where caller and provider speak one dialect. */
  headers?: Record<string, string>;
  /** Told how a whole answer comes on, where it is collected from a stream. */
  progress?: AnswerProgress;
}

/** What shows of a whole answer before it is whole; it counts even when the answer then breaks off. */
interface AnswerProgress {
  /** The headers have come with a good status. */
  accepted(result: Pick<GenerateResult, 'timings' | 'adjusted'>): void;
  chunk(chunk: UpstreamChunk): void;
}

/** One request for embeddings, in OpenAI's dialect, which is the only one that has them. */
export interface EmbedCall extends Omit<ProviderCall, 'request' | 'effort' | 'headers' | 'progress'> {
  /** The caller's body; only `model` is replaced. */
  body: JsonObject;
}

export interface EmbedResult {
  /** The provider's own body, for passing on as it is. */
  body: JsonObject;
  /** The model that the provider says answered; empty where it says none. */
  model: string;
  /** Null where the provider reported none. */
  usage: ChatAnswer['usage'];
  timings: CallTimings;
}

/** Milliseconds since the request was sent. */
interface CallTimings {
  headersMs: number;
}

/** What went wrong, as a value. */
export interface Failure {
  class: FailureClass;
  /** One sentence that names the provider and the cause; carries no secret. */
  message: string;
  /** Upstream status; null when no answer came. */
  httpStatus: number | null;
  phase: TimeoutPhase | null;
  retryAfterMs: number | null;
  /** The provider's own error object, for passing on to a caller of the same dialect. */
  body: JsonObject | null;
  /** True when the connection was a reused one that was reset before any byte of the answer came. */
  staleSocket: boolean;
}

/** Thrown by every call to a provider that does not succeed. */
export class ProviderFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'ProviderFailure';
    this.failure = failure;
  }
}

/** One server-sent event, parsed; `raw` is the provider's own JSON, for passing through in the same dialect. */
export interface UpstreamChunk {
  events: ChatEvent[];
  raw: JsonObject | null;
  /** Anthropic's SSE event name; null for OpenAI. */
  rawEvent: string | null;
}

export interface GenerateResult {
  answer: ChatAnswer;
  timings: CallTimings;
  /** Parameters left out or translated because the target would have rejected them, in words. */
  adjusted: string[];
}

export interface StreamResult {
  /**
   * Throws `ProviderFailure` when the stream breaks; ends without a `finish` event never: a stream that closes before
   * its finish reason throws class `truncated`.
   */
  chunks: AsyncIterable<UpstreamChunk>;
  timings: CallTimings;
  adjusted: string[];
}

export type ProbeKind = 'health_endpoint' | 'model_list' | 'test_request';

export interface ProbeResult {
  ok: boolean;
  kind: ProbeKind;
  latencyMs: number;
  /** One sentence without a final stop. */
  reason: string;
  failureClass: FailureClass | null;
  /** Model ids the server lists; null when it was not asked. */
  models: string[] | null;
  /** Tokens spent by a paid test request. */
  usage: ChatAnswer['usage'];
  /** The id that a paid test request was sent under; left out where none was sent. */
  requestId?: string | undefined;
}

/** One provider of the registry, ready to be asked. Holds no decision: it translates, sends, and says what happened. */
export interface Provider {
  readonly name: string;
  readonly adapter: AdapterKind;
  readonly dialect: Dialect;
  /** What the model takes; `model` null means the provider's own default. */
  capabilities(model: string | null): Capabilities;
  availability(): Availability;
  /** The model id that a self-hosted server has told of itself; null until a probe learnt it, and for APIs. */
  discoveredModel(): string | null;
  effortToParams(effort: number, model: string): EffortParameters;
  /** Input tokens of a request, estimated without the network; never 0. */
  estimateTokens(request: ChatRequest): number;
  generate(call: ProviderCall): Promise<GenerateResult>;
  /** Resolves when the response headers have come with a good status. */
  stream(call: ProviderCall): Promise<StreamResult>;
  /** Throws `ProviderFailure`; class `invalid_request` where the provider makes no embeddings. */
  embed(call: EmbedCall): Promise<EmbedResult>;
  /** Asks the vendor for a request's input tokens, which is free; null where it cannot be asked. Throws `ProviderFailure`. */
  countTokens: ((call: ProviderCall) => Promise<number>) | null;
  probe(signal: AbortSignal): Promise<ProbeResult>;
  /** Scrapes the inference server's own metrics; null for APIs, which have none. */
  scrapeLoad: ((signal: AbortSignal) => Promise<InferenceLoad>) | null;
  /** Closes the connection pool once running calls have ended. */
  close(): Promise<void>;
}
