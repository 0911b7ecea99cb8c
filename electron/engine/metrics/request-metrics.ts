import { Counter, Histogram, type Registry } from 'prom-client';
import { SHADOW_OUTCOMES } from '../../../shared/domain/experiments.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import {
  fallbackReasonSchema,
  REQUEST_STATUSES,
  type Attempt,
  type RequestDetail,
} from '../../../shared/domain/request.ts';
import type { EventBus } from '../events.ts';
import { boundedName } from './labels.ts';

/** Seconds, as the operators' dashboards and alerts expect them. */
const INFERENCE_BUCKETS = [0.1, 0.5, 1, 2, 5, 10, 30, 60];
/** First tokens are quicker than whole answers: finer at the low end. */
const FIRST_TOKEN_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

const ATTEMPT_STATUSES = ['success', 'error', 'timeout'] as const;

/** The metrics that grow with what happens: requests, fallbacks, breaker openings, probes. */
export class RequestMetrics {
  readonly #knownModels: () => readonly string[];
  readonly #attempts;
  readonly #fallbacks;
  readonly #latency;
  readonly #requests;
  readonly #firstToken;
  readonly #tokens;
  readonly #cost;
  readonly #pricingUnknown;
  readonly #breakerTransitions;
  readonly #probes;
  readonly #restricted;
  readonly #notifications;
  readonly #spansDropped;
  readonly #shadow;

  constructor(registry: Registry, knownModels: () => readonly string[]) {
    const registers = [registry];
    this.#knownModels = knownModels;
    this.#attempts = new Counter({
      name: 'llm_requests_total',
      help: "Clients' requests sent to a model, by outcome; one that fell back counts at each model it was sent to.",
      labelNames: ['model_name', 'status'],
      registers,
    });
    this.#fallbacks = new Counter({
      name: 'llm_fallback_events_total',
      help: 'Requests that another model than the intended one had to take, by reason.',
      labelNames: ['from_model', 'to_model', 'reason'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'llm_inference_latency_seconds',
      help: 'Time to the whole answer of successful requests, by model.',
      labelNames: ['model_name'],
      buckets: INFERENCE_BUCKETS,
      registers,
    });
    this.#requests = new Counter({
      name: 'switchyard_requests_total',
      help: 'Requests as callers saw them end, by status and origin; each counts once however many models were tried.',
      labelNames: ['status', 'origin'],
      registers,
    });
    this.#firstToken = new Histogram({
      name: 'switchyard_time_to_first_token_seconds',
      help: 'Time to the first token of successful requests, by model.',
      labelNames: ['model_name'],
      buckets: FIRST_TOKEN_BUCKETS,
      registers,
    });
    this.#tokens = new Counter({
      name: 'switchyard_tokens_total',
      help: 'Tokens by model and type; cache_read and cache_write are parts of input, reasoning is a part of output.',
      labelNames: ['model_name', 'type'],
      registers,
    });
    this.#cost = new Counter({
      name: 'switchyard_cost_usd_total',
      help: 'Cost in USD of everything whose price is known, failed attempts included, by model and origin.',
      labelNames: ['model_name', 'origin'],
      registers,
    });
    this.#pricingUnknown = new Counter({
      name: 'switchyard_pricing_unknown_requests_total',
      help: 'Requests sent to a model that has no known price; their cost is not in switchyard_cost_usd_total.',
      labelNames: ['model_name'],
      registers,
    });
    this.#breakerTransitions = new Counter({
      name: 'switchyard_breaker_transitions_total',
      help: 'Times a breaker entered a state, by model.',
      labelNames: ['model_name', 'state'],
      registers,
    });
    this.#probes = new Counter({
      name: 'switchyard_probes_total',
      help: 'Health probes by model, kind and result (good, bad).',
      labelNames: ['model_name', 'kind', 'result'],
      registers,
    });
    this.#notifications = new Counter({
      name: 'switchyard_notifications_total',
      help: 'Tries to deliver a notification, by channel and outcome.',
      labelNames: ['channel', 'outcome'],
      registers,
    });
    this.#spansDropped = new Counter({
      name: 'switchyard_telemetry_spans_dropped_total',
      help: 'Spans that no OpenTelemetry collector took, by reason (queue_full, export_failed).',
      labelNames: ['reason'],
      registers,
    });
    this.#shadow = new Counter({
      name: 'switchyard_shadow_requests_total',
      help: 'Requests in the sample of the shadow experiment, by what their copy came to: an answer, a failure, or why it was not sent.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of SHADOW_OUTCOMES) this.#shadow.inc({ outcome }, 0);
    // By pattern: those come from the configuration, while callers name what models they like.
    this.#restricted = new Counter({
      name: 'switchyard_restricted_replacements_total',
      help: 'Requests for a restricted model that another one stood in for, by the pattern of denied_models it matched.',
      labelNames: ['pattern'],
      registers,
    });
  }

  /**
   * Shows the counters of these models, the outcomes of clients' requests and the fallbacks of the chain from 0 on:
   * Prometheus sees no increase in a series that begins at 1, so the first request to a fallback would go unnoticed.
   */
  show(providers: readonly Pick<ProviderStatus, 'name' | 'role'>[]): void {
    for (const { name: model_name } of providers) {
      for (const status of ATTEMPT_STATUSES) this.#attempts.inc({ model_name, status }, 0);
      this.#pricingUnknown.inc({ model_name }, 0);
      this.#breakerTransitions.inc({ model_name, state: 'open' }, 0);
    }
    for (const status of REQUEST_STATUSES) this.#requests.inc({ status, origin: 'client' }, 0);
    const named = (role: ProviderStatus['role']) => providers.filter((one) => one.role === role);
    for (const { name: from_model } of named('primary')) {
      for (const { name: to_model } of named('fallback')) {
        for (const reason of fallbackReasonSchema.options) this.#fallbacks.inc({ from_model, to_model, reason }, 0);
      }
    }
  }

  /** Counts from the bus until the returned function is called. */
  listen(events: EventBus): () => void {
    const breakerStates = new Map<string, string>();
    const ends = [
      events.on('request_finished', (request) => this.#countRequest(request)),
      events.on('shadow_ended', ({ outcome }) => this.#shadow.inc({ outcome })),
      events.on('notification_tried', ({ channel, outcome }) => this.#notifications.inc({ channel, outcome })),
      events.on('fallback', (event) =>
        this.#fallbacks.inc({
          from_model: this.#bounded(event.from_provider),
          to_model: this.#bounded(event.to_provider),
          reason: event.reason,
        }),
      ),
      events.on('breaker_changed', ({ provider, breaker }) => {
        const before = breakerStates.get(provider) ?? 'closed';
        breakerStates.set(provider, breaker.state);
        if (before === breaker.state) return;
        this.#breakerTransitions.inc({ model_name: this.#bounded(provider), state: breaker.state });
      }),
      events.on('telemetry_dropped', ({ spans, reason }) => this.#spansDropped.inc({ reason }, spans)),
      events.on('probe_finished', ({ provider, kind, ok }) =>
        this.#probes.inc({ model_name: this.#bounded(provider), kind, result: ok ? 'good' : 'bad' }),
      ),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  #countRequest(request: RequestDetail): void {
    this.#requests.inc({ status: request.status, origin: request.origin });
    const { restricted } = request.decision ?? {};
    if (restricted) this.#restricted.inc({ pattern: restricted.pattern });
    for (const attempt of request.attempt_list) this.#countAttempt(request, attempt);
  }

  /** The seed's metrics tell of clients alone: a playground run or a shadow test is no use of a fallback. */
  #countAttempt(request: RequestDetail, attempt: Attempt): void {
    const labels = { model_name: this.#bounded(attempt.provider) };
    this.#cost.inc({ ...labels, origin: request.origin }, attempt.pricing_unknown ? 0 : attempt.cost_usd);
    if (attempt.pricing_unknown) this.#pricingUnknown.inc(labels);
    this.#countTokens(labels, attempt);
    if (request.origin !== 'client' || attempt.outcome === 'cancelled') return;
    this.#attempts.inc({ ...labels, status: statusOf(attempt) });
    if (attempt.outcome !== 'success') return;
    this.#latency.observe(labels, attempt.duration_ms / 1_000);
    if (attempt.first_token_ms !== null) this.#firstToken.observe(labels, attempt.first_token_ms / 1_000);
  }

  #countTokens(labels: { model_name: string }, { usage }: Attempt): void {
    const types = {
      input: usage.input_tokens,
      cache_read: usage.cache_read_tokens,
      cache_write: usage.cache_write_tokens,
      output: usage.output_tokens,
      reasoning: usage.reasoning_tokens,
    };
    for (const [type, count] of Object.entries(types)) {
      if (count > 0) this.#tokens.inc({ ...labels, type }, count);
    }
  }

  #bounded(name: string): string {
    return boundedName(name, this.#knownModels());
  }
}

function statusOf(attempt: Attempt): (typeof ATTEMPT_STATUSES)[number] {
  if (attempt.outcome === 'success') return 'success';
  return attempt.failure_class === 'timeout' ? 'timeout' : 'error';
}
