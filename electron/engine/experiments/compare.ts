import type { CompareEvent, CompareRequest, CompareResult } from '../../../shared/domain/compare.ts';
import type { Attempt, RequestDetail } from '../../../shared/domain/request.ts';
import { NO_USAGE } from '../../../shared/domain/usage.ts';
import { AttemptRun } from '../attempt/attempt-run.ts';
import type { AttemptTools } from '../attempt/attempt-run.ts';
import { recordOfAttempt } from '../attempt/request-record.ts';
import type { Clock } from '../clock.ts';
import { estimateCost } from '../cost/compute-cost.ts';
import type { ChatRequest, FinishReason, JsonObject } from '../dialects/types.ts';
import { ProviderFailure } from '../providers/types.ts';
import type { Failure, Provider } from '../providers/types.ts';
import type { QuotaManager } from '../quota/types.ts';
import { attemptTraceHeaders } from '../trace-context.ts';
import type { OwnRequest } from '../trace-context.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { AsyncQueue } from './async-queue.ts';

/** The call site of every comparison; it has limits where `policy.call_sites` gives it some. */
const PLAYGROUND = 'playground';

export interface CompareTools {
  config: (name: string) => ProviderConfig;
  provider: (name: string) => Provider;
  quota: QuotaManager;
  attempt: AttemptTools;
  record: (request: RequestDetail) => Promise<void>;
  clock: Clock;
  startOwnRequest: () => OwnRequest;
}

/**
 * One prompt to several providers at once, streamed as it comes. Nothing is retried, nothing falls back and nothing counts
 * against health: the point is to see what each does. Budgets hold, those of the call site `playground` too, and every answer is recorded as from there.
 */
export function compare(
  request: CompareRequest,
  tools: CompareTools,
  signal: AbortSignal,
): AsyncIterable<CompareEvent> {
  const queue = new AsyncQueue<CompareEvent>();
  const runs = request.targets.map((_, target) =>
    new Column(request, target, tools, (event) => queue.push(event)).run(signal),
  );
  void Promise.allSettled(runs).then(() => queue.end());
  return queue;
}

/** One column of the comparison. */
class Column {
  readonly #request: CompareRequest;
  readonly #target: number;
  readonly #tools: CompareTools;
  readonly #emit: (event: CompareEvent) => void;
  #text = '';
  #thinking = '';
  #finishReason: FinishReason | null = null;

  constructor(request: CompareRequest, target: number, tools: CompareTools, emit: (event: CompareEvent) => void) {
    this.#request = request;
    this.#target = target;
    this.#tools = tools;
    this.#emit = emit;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { provider: name, model: asked } = this.#request.targets[this.#target] ?? { provider: '' };
    const config = this.#tools.config(name);
    const provider = this.#tools.provider(name);
    const model = asked ?? config.model ?? provider.discoveredModel() ?? name;
    this.#emit({ type: 'started', target: this.#target, provider: name, model });
    const { requestId: id, trace } = this.#tools.startOwnRequest();
    const availability = provider.availability();
    if (!availability.available) {
      this.#done(id, null, name, model, { class: 'unauthorized', message: availability.reason });
      return;
    }
    const reserved = this.#reserve(config, provider, model);
    if (!reserved.ok) {
      this.#done(id, null, name, model, { class: 'rate_limited', message: `${name}: ${reserved.reason}` });
      return;
    }
    const chat = this.#chatRequest(model);
    const run = new AttemptRun(
      {
        index: 0,
        config,
        provider,
        model,
        request: chat,
        effort: this.#request.effort ?? null,
        limits: config.timeouts,
        signal,
        requestId: id,
        ...attemptTraceHeaders({ trace }, 0),
        retry: false,
        resume: false,
        reservation: reserved.reservation,
        queuedMs: 0,
      },
      this.#tools.attempt,
    );
    const failure = await this.#stream(run);
    const attempt = failure ? run.record : run.succeed();
    await this.#tools.record(
      recordOfAttempt(
        {
          id,
          started_at: attempt.started_at,
          origin: 'playground',
          dialect: 'openai',
          streamed: true,
          requested_model: chat.model,
          call_site: PLAYGROUND,
        },
        attempt,
      ),
    );
    this.#done(id, attempt, name, attempt.model, failure);
  }

  #reserve(config: ProviderConfig, provider: Provider, model: string) {
    const request = this.#chatRequest(model);
    const inputTokens = provider.estimateTokens(request);
    const { adapter, deployment, pricing } = config;
    const context = { adapter, deployment, pricing, at: this.#tools.clock.now() };
    const estimate = estimateCost(model, inputTokens, this.#request.max_tokens, context);
    return this.#tools.quota.reserve({
      provider: config.name,
      callSite: PLAYGROUND,
      estimatedTokens: inputTokens + this.#request.max_tokens,
      estimatedCostMicroUsd: estimate.costMicroUsd,
      pricingUnknown: estimate.pricingUnknown,
    });
  }

  async #stream(run: AttemptRun): Promise<Failure | null> {
    try {
      await run.open();
      let announced = false;
      for await (const chunk of run.chunks()) {
        for (const event of chunk.events) {
          if (event.type === 'finish') this.#finishReason = event.reason;
          if (event.type !== 'text' && event.type !== 'thinking') continue;
          if (!announced) {
            announced = true;
            this.#emit({
              type: 'first_token',
              target: this.#target,
              first_token_ms: run.firstTokenMs ?? run.elapsedMs,
            });
          }
          if (event.type === 'text') this.#text += event.text;
          else this.#thinking += event.text;
          this.#emit({ type: event.type, target: this.#target, text: event.text });
        }
      }
      return null;
    } catch (error) {
      if (error instanceof ProviderFailure) return error.failure;
      throw error;
    }
  }

  #done(
    id: string,
    attempt: Attempt | null,
    provider: string,
    model: string,
    failure: Pick<Failure, 'class' | 'message'> | null,
  ): void {
    const generating = attempt && attempt.first_token_ms !== null ? attempt.duration_ms - attempt.first_token_ms : 0;
    const outputTokens = attempt?.usage.output_tokens ?? 0;
    const result: CompareResult = {
      target: this.#target,
      provider,
      model,
      request_id: id,
      outcome: failure ? (failure.class === 'cancelled' ? 'cancelled' : 'failure') : 'success',
      failure_class: failure?.class ?? null,
      message: failure?.message ?? null,
      text: this.#text,
      thinking: this.#thinking,
      finish_reason: this.#finishReason,
      first_token_ms: attempt?.first_token_ms ?? null,
      duration_ms: attempt?.duration_ms ?? 0,
      tokens_per_second: generating > 0 && outputTokens > 0 ? outputTokens / (generating / 1000) : null,
      usage: attempt?.usage ?? NO_USAGE,
      cost_usd: attempt?.cost_usd ?? 0,
      pricing_unknown: attempt?.pricing_unknown ?? false,
    };
    this.#emit({ type: 'done', target: this.#target, result });
  }

  #chatRequest(model: string): ChatRequest {
    const { system, prompt, max_tokens, temperature } = this.#request;
    const raw: JsonObject = {
      model,
      messages: [...(system ? [{ role: 'system', content: system }] : []), { role: 'user', content: prompt }],
      stream: true,
      max_tokens,
      ...(temperature === undefined ? {} : { temperature }),
    };
    return {
      dialect: 'openai',
      raw,
      model,
      system: system ? [{ type: 'text', text: system }] : [],
      messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
      tools: [],
      toolChoice: null,
      parallelToolCalls: null,
      responseFormat: null,
      maxTokens: max_tokens,
      temperature: temperature ?? null,
      topP: null,
      topK: null,
      seed: null,
      presencePenalty: null,
      frequencyPenalty: null,
      stop: [],
      thinking: null,
      reasoningEffort: null,
      stream: true,
      includeUsage: true,
      user: null,
    };
  }
}
