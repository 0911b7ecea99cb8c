import { realTime, type SimulatorClock } from './clock.ts';
import { Faults } from './faults.ts';
import type { LogEntry } from './exchange.ts';
import { InferenceMetrics } from './inference-metrics.ts';
import { Batch, createPace, INSTANT, type LatencyModel, type Pace } from './pace.ts';
import { createRandom, hashText, type Random } from './random.ts';
import { RateWindow, type RateLimit } from './rate-window.ts';
import { PrefixCache, type PrefixCacheShape } from './tokens.ts';
import type { Vendor } from './vendor-errors.ts';

export interface SimulatedModel {
  id: string;
  /** Tokens of prompt and answer together. */
  contextWindow: number;
  /** True for models that think before they answer; Anthropic's think when the request says so. */
  thinking?: boolean;
  /** Whether an answer may be begun by the caller (Anthropic); true when left out. */
  acceptsPrefill?: boolean;
}

export interface SimulatedProviderOptions {
  name: string;
  kind: 'vllm' | 'openai' | 'anthropic';
  /** Whose variant of OpenAI's API it speaks; for kind `openai` only. */
  flavour?: 'openai' | 'moonshot' | 'xai';
  models: readonly SimulatedModel[];
  /** Answers at once when left out. */
  latency?: LatencyModel;
  /** Requests that run together; the rest wait. Unlimited when left out. */
  maxBatch?: number;
  /** Requests that may wait; more are answered "overloaded". Unlimited when left out. */
  maxQueued?: number;
  /** Size of the KV cache that the load figures are measured against. */
  kvCacheTokens?: number;
  /** The key that callers must send; none is asked for when null or left out. */
  apiKey?: string | null;
  rateLimit?: RateLimit;
  /** vLLM's field for thinking text; older servers say `reasoning_content`. */
  reasoningField?: 'reasoning' | 'reasoning_content';
  /** Whether vLLM reports cached tokens; real servers do so only with a flag. */
  reportsCachedTokens?: boolean;
  /** Feeds its own generator of random numbers; derived from the name when left out. */
  seed?: number;
  clock?: SimulatorClock;
  /** 0, the default, takes a free one and keeps it over restarts. */
  port?: number;
  /** Opens `/__faults` for control over HTTP. */
  control?: boolean;
  /** How many requests the log keeps, the newest. */
  logLimit?: number;
}

/** What has happened since the provider was created, restarts included. */
export interface ProviderStats {
  requests: number;
  running: number;
  waiting: number;
  promptTokens: number;
  outputTokens: number;
}

/** Where each vendor begins to recognise repeated prefixes: OpenAI and Anthropic from 1,024 tokens, vLLM by blocks of 16. */
const CACHE_SHAPES: Record<Vendor, PrefixCacheShape> = {
  vllm: { minimumTokens: 16, blockTokens: 16 },
  openai: { minimumTokens: 1024, blockTokens: 128 },
  moonshot: { minimumTokens: 256, blockTokens: 256 },
  xai: { minimumTokens: 64, blockTokens: 64 },
  anthropic: { minimumTokens: 1024, blockTokens: 32 },
};

/** Everything that the handlers of one simulated provider share. */
export class ProviderState {
  readonly options: SimulatedProviderOptions;
  readonly vendor: Vendor;
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly latency: LatencyModel;
  readonly pace: Pace;
  readonly faults: Faults;
  readonly rate: RateWindow;
  readonly log: LogEntry[] = [];
  readonly startedAt: number;
  batch: Batch;
  cache: PrefixCache;
  metrics: Map<string, InferenceMetrics>;
  /** Tokens held in the KV cache by running requests. */
  kvTokens = 0;
  requests = 0;
  promptTokens = 0;
  outputTokens = 0;
  #ids = 0;

  constructor(options: SimulatedProviderOptions) {
    this.options = options;
    this.vendor = options.kind === 'openai' ? (options.flavour ?? 'openai') : options.kind;
    this.clock = options.clock ?? realTime;
    this.random = createRandom(options.seed ?? hashText(options.name));
    this.latency = options.latency ?? INSTANT;
    this.pace = createPace(this.latency, this.random);
    // Its own generator, so that a fault's chance does not change the timing of the others.
    this.faults = new Faults(this.clock, createRandom((options.seed ?? hashText(options.name)) + 1));
    this.rate = new RateWindow(
      options.rateLimit ?? { requestsPerMinute: 10_000, tokensPerMinute: 10_000_000 },
      this.clock,
    );
    this.startedAt = this.clock.now();
    this.batch = this.#newBatch();
    this.cache = new PrefixCache(CACHE_SHAPES[this.vendor]);
    this.metrics = this.#newMetrics();
  }

  /** Forgets what a process forgets when it dies. */
  forget(): void {
    this.batch = this.#newBatch();
    this.cache = new PrefixCache(CACHE_SHAPES[this.vendor]);
    this.metrics = this.#newMetrics();
    this.kvTokens = 0;
  }

  model(id: string | null): SimulatedModel | null {
    return this.options.models.find((model) => model.id === id) ?? null;
  }

  /** A name that no other answer of this provider has, such as `chatcmpl-kimi-1`. */
  nextId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${hashText(this.options.name).toString(36)}${String(this.#ids).padStart(6, '0')}`;
  }

  remember(entry: LogEntry): void {
    this.requests += 1;
    this.log.push(entry);
    const surplus = this.log.length - (this.options.logLimit ?? 10_000);
    if (surplus > 0) this.log.splice(0, surplus);
  }

  stats(): ProviderStats {
    return {
      requests: this.requests,
      running: this.batch.running,
      waiting: this.batch.waiting,
      promptTokens: this.promptTokens,
      outputTokens: this.outputTokens,
    };
  }

  #newBatch(): Batch {
    return new Batch(this.options.maxBatch ?? Infinity, this.options.maxQueued ?? Infinity);
  }

  #newMetrics(): Map<string, InferenceMetrics> {
    return new Map(this.options.models.map((model) => [model.id, new InferenceMetrics(model.id)]));
  }
}
