import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import type { Attempt, RequestDetail } from '../../../shared/domain/request.ts';
import { ATTRIBUTES, METRICS } from './genai-names.ts';

/** Models that answered are remembered up to this many, so that no caller can make the number of series grow. */
const MOST_MODELS = 200;
const OTHER = 'other';

/** Histograms under the conventions' names, filled from finished requests. */
export class RequestMeasures {
  readonly #vendor: (provider: string) => string;
  readonly #models = new Set<string>();
  readonly #operationDuration: Histogram;
  readonly #tokenUsage: Histogram;
  readonly #requestDuration: Histogram;
  readonly #timeToFirstToken: Histogram;
  readonly #timePerOutputToken: Histogram;

  constructor(meter: Meter, vendor: (provider: string) => string) {
    this.#vendor = vendor;
    const histogram = (name: keyof typeof METRICS): Histogram => {
      const { name: fullName, unit, description, buckets } = METRICS[name];
      return meter.createHistogram(fullName, { unit, description, advice: { explicitBucketBoundaries: [...buckets] } });
    };
    this.#operationDuration = histogram('operationDuration');
    this.#tokenUsage = histogram('tokenUsage');
    this.#requestDuration = histogram('requestDuration');
    this.#timeToFirstToken = histogram('timeToFirstToken');
    this.#timePerOutputToken = histogram('timePerOutputToken');
  }

  note(request: RequestDetail): void {
    const operation = request.task_type === 'embeddings' ? 'embeddings' : 'chat';
    for (const attempt of request.attempt_list) this.#noteAttempt(operation, attempt);
    if (request.origin !== 'client' || request.status === 'refused') return;
    const attributes = {
      [ATTRIBUTES.operation]: operation,
      ...(request.provider !== null && {
        [ATTRIBUTES.provider]: this.#vendor(request.provider),
        [ATTRIBUTES.entry]: request.provider,
      }),
      ...(request.model !== null && { [ATTRIBUTES.responseModel]: this.#bounded(request.model) }),
      ...errorType(request.status === 'success' ? null : (request.failure_class ?? request.error_code)),
    };
    this.#requestDuration.record(request.duration_ms / 1_000, attributes);
    if (request.status !== 'success' || request.first_token_ms === null) return;
    this.#timeToFirstToken.record(request.first_token_ms / 1_000, attributes);
    const { usage } = request;
    if (!request.streamed || usage.estimated || usage.output_tokens < 2) return;
    const afterFirst = (request.duration_ms - request.first_token_ms) / 1_000;
    this.#timePerOutputToken.record(afterFirst / (usage.output_tokens - 1), attributes);
  }

  #noteAttempt(operation: string, attempt: Attempt): void {
    const { outcome, usage } = attempt;
    if (outcome === 'success' && this.#models.size < MOST_MODELS) this.#models.add(attempt.model);
    const model = this.#bounded(attempt.model);
    const attributes = {
      [ATTRIBUTES.operation]: operation,
      [ATTRIBUTES.provider]: this.#vendor(attempt.provider),
      [ATTRIBUTES.entry]: attempt.provider,
      [ATTRIBUTES.requestModel]: model,
      [ATTRIBUTES.responseModel]: model,
      ...errorType(outcome === 'success' ? null : attempt.failure_class),
    };
    this.#operationDuration.record(attempt.duration_ms / 1_000, attributes);
    // Without usage there is no token metric: the conventions forbid an estimate in its place.
    if (usage.estimated || usage.input_tokens + usage.output_tokens === 0) return;
    this.#tokenUsage.record(usage.input_tokens, { ...attributes, [ATTRIBUTES.tokenType]: 'input' });
    this.#tokenUsage.record(usage.output_tokens, { ...attributes, [ATTRIBUTES.tokenType]: 'output' });
  }

  #bounded(model: string): string {
    return this.#models.has(model) ? model : OTHER;
  }
}

function errorType(error: string | null): Attributes {
  return error === null ? {} : { [ATTRIBUTES.errorType]: error };
}
