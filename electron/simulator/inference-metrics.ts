/** Bucket bounds in seconds, as vLLM has them (vllm/v1/metrics/loggers.py). */
const FIRST_TOKEN_BUCKETS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
] as const;
const TOKEN_GAP_BUCKETS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
] as const;
const REQUEST_BUCKETS = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
] as const;

class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count += 1;
    for (const [index, bound] of this.#bounds.entries()) {
      if (value <= bound) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    }
  }

  render(name: string, labels: string): string {
    const buckets = this.#bounds.map(
      (bound, index) => `${name}_bucket{${labels},le="${bound}"} ${this.#counts[index] ?? 0}`,
    );
    return [
      ...buckets,
      `${name}_bucket{${labels},le="+Inf"} ${this.#count}`,
      `${name}_count{${labels}} ${this.#count}`,
      `${name}_sum{${labels}} ${this.#sum}`,
    ].join('\n');
  }
}

/** What vLLM says of its present state; `kvCacheUsage` is 0 to 1. */
export interface InferenceGauges {
  running: number;
  waiting: number;
  kvCacheUsage: number;
}

/** How an answer ended, in the words of `finished_reason`. */
export type FinishedReason = 'stop' | 'length' | 'abort' | 'error';

/** vLLM's own metrics for one model: https://docs.vllm.ai/en/latest/usage/metrics.html. Lost when the process dies. */
export class InferenceMetrics {
  readonly #labels: string;
  readonly #firstToken = new Histogram(FIRST_TOKEN_BUCKETS);
  readonly #tokenGap = new Histogram(TOKEN_GAP_BUCKETS);
  readonly #wholeRequest = new Histogram(REQUEST_BUCKETS);
  readonly #queueTime = new Histogram(REQUEST_BUCKETS);
  readonly #finished: Record<FinishedReason, number> = { stop: 0, length: 0, abort: 0, error: 0 };
  #promptTokens = 0;
  #generationTokens = 0;
  #cacheQueries = 0;
  #cacheHits = 0;

  constructor(model: string) {
    this.#labels = `engine="0",model_name="${model}"`;
  }

  /** A request left the queue; times in milliseconds. */
  admitted(queueMs: number, promptTokens: number, cachedTokens: number): void {
    this.#queueTime.observe(queueMs / 1000);
    this.#promptTokens += promptTokens;
    this.#cacheQueries += promptTokens;
    this.#cacheHits += cachedTokens;
  }

  /** So many tokens came out `gapMs` after the ones before, or after the request when they are the first. */
  generated(tokens: number, gapMs: number, first: boolean): void {
    this.#generationTokens += tokens;
    if (first) this.#firstToken.observe(gapMs / 1000);
    else this.#tokenGap.observe(gapMs / 1000 / tokens);
  }

  finished(reason: FinishedReason, durationMs: number): void {
    this.#finished[reason] += 1;
    this.#wholeRequest.observe(durationMs / 1000);
  }

  /** Prometheus' text format, version 0.0.4. */
  render(gauges: InferenceGauges): string {
    const labels = this.#labels;
    const single = (type: 'gauge' | 'counter', name: string, help: string, value: number): string =>
      `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}{${labels}} ${value}`;
    const histogram = (name: string, help: string, values: Histogram): string =>
      `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${values.render(name, labels)}`;
    const success = Object.entries(this.#finished)
      .map(([reason, count]) => `vllm:request_success_total{${labels},finished_reason="${reason}"} ${count}`)
      .join('\n');
    return `${[
      single('gauge', 'vllm:num_requests_running', 'Requests in the batch.', gauges.running),
      single('gauge', 'vllm:num_requests_waiting', 'Requests waiting for the batch.', gauges.waiting),
      single('gauge', 'vllm:kv_cache_usage_perc', 'Share of the KV cache in use, 1 is all of it.', gauges.kvCacheUsage),
      single('counter', 'vllm:num_preemptions_total', 'Preemptions.', 0),
      single('counter', 'vllm:prompt_tokens_total', 'Prefill tokens.', this.#promptTokens),
      single('counter', 'vllm:generation_tokens_total', 'Generated tokens.', this.#generationTokens),
      single('counter', 'vllm:prefix_cache_queries_total', 'Tokens looked up in the prefix cache.', this.#cacheQueries),
      single('counter', 'vllm:prefix_cache_hits_total', 'Tokens found in the prefix cache.', this.#cacheHits),
      `# HELP vllm:request_success_total Requests that ended.\n# TYPE vllm:request_success_total counter\n${success}`,
      histogram('vllm:time_to_first_token_seconds', 'Time to first token.', this.#firstToken),
      histogram('vllm:inter_token_latency_seconds', 'Time between tokens.', this.#tokenGap),
      histogram('vllm:e2e_request_latency_seconds', 'Time of a whole request.', this.#wholeRequest),
      histogram('vllm:request_queue_time_seconds', 'Time in the queue.', this.#queueTime),
    ].join('\n')}\n`;
  }
}
