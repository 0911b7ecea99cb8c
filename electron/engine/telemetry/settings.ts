import type { Environment } from '../registry/types.ts';

/** Where one signal goes. */
export interface OtlpTarget {
  url: string;
  headers: Record<string, string>;
  /** Milliseconds for one export, its retries included. */
  timeoutMs: number;
}

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export interface TelemetrySettings {
  /** Null where spans are not asked for. */
  traces: OtlpTarget | null;
  /** Null where metrics are not asked for. */
  metrics: OtlpTarget | null;
  sampler: { name: (typeof SAMPLERS)[number]; ratio: number };
  /** What describes this process: of `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`. */
  resource: Record<string, string>;
  queue: { maximumSpans: number; batchSpans: number; delayMs: number };
  metricIntervalMs: number;
  /** Settings that were set aside, each a sentence that names the variable; values are never quoted. */
  problems: string[];
}

/**
 * Reads OpenTelemetry's standard variables. Null where no endpoint is set or `OTEL_SDK_DISABLED` is true: telemetry is off
 * unless somebody asks for it. Names and defaults: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 * and https://opentelemetry.io/docs/specs/otel/protocol/exporter/. A value that cannot be used is set aside with a remark,
 * as the specification wants it, and never keeps the engine from starting.
 */
export function readTelemetrySettings(environment: Environment): TelemetrySettings | null {
  const reader = new Reader(environment);
  if (reader.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return null;
  const traces = reader.target('TRACES', 'v1/traces');
  const metrics = reader.target('METRICS', 'v1/metrics');
  if (!traces && !metrics && reader.problems.length === 0) return null;
  if (reader.text('OTEL_EXPORTER_OTLP_PROTOCOL') === 'grpc') {
    reader.problems.push('OTEL_EXPORTER_OTLP_PROTOCOL asks for gRPC; OTLP over HTTP with JSON is sent.');
  }
  const maximumSpans = reader.number('OTEL_BSP_MAX_QUEUE_SIZE', 2048);
  return {
    traces,
    metrics,
    sampler: reader.sampler(),
    resource: reader.resource(),
    queue: {
      maximumSpans,
      batchSpans: Math.min(maximumSpans, reader.number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512)),
      delayMs: reader.number('OTEL_BSP_SCHEDULE_DELAY', 5_000),
    },
    metricIntervalMs: reader.number('OTEL_METRIC_EXPORT_INTERVAL', 60_000),
    problems: reader.problems,
  };
}

/** Reads variables and gathers what is wrong with them. */
class Reader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** An empty value counts as unset. */
  text(name: string): string | null {
    return this.#environment[name]?.trim() || null;
  }

  number(name: string, otherwise: number): number {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = Number(text);
    if (Number.isFinite(value) && value >= 1) return Math.floor(value);
    this.problems.push(`${name} must be a number of at least 1; ${otherwise} is used.`);
    return otherwise;
  }

  /** A signal's own endpoint is taken as it is, the common one gets the signal's path. */
  target(signal: 'TRACES' | 'METRICS', path: string): OtlpTarget | null {
    if (this.text(`OTEL_${signal}_EXPORTER`) === 'none') return null;
    const own = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`;
    const common = this.text('OTEL_EXPORTER_OTLP_ENDPOINT');
    const ownEndpoint = this.text(own);
    const address = ownEndpoint ?? (common === null ? null : `${common.replace(/\/+$/, '')}/${path}`);
    if (address === null) return null;
    const url = URL.parse(address);
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      const name = ownEndpoint === null ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : own;
      this.problems.push(`${name} must be an http or https URL; ${signal.toLowerCase()} are not sent.`);
      return null;
    }
    return {
      url: url.href,
      headers: {
        ...this.#pairs('OTEL_EXPORTER_OTLP_HEADERS'),
        ...this.#pairs(`OTEL_EXPORTER_OTLP_${signal}_HEADERS`),
      },
      timeoutMs: this.number(`OTEL_EXPORTER_OTLP_${signal}_TIMEOUT`, this.number('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000)),
    };
  }

  sampler(): TelemetrySettings['sampler'] {
    const text = this.text('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
    const name = SAMPLERS.find((one) => one === text);
    if (!name) this.problems.push(`OTEL_TRACES_SAMPLER must be one of ${SAMPLERS.join(', ')}; every trace is sampled.`);
    const argument = this.text('OTEL_TRACES_SAMPLER_ARG');
    const ratio = argument === null ? 1 : Number(argument);
    const holds = ratio >= 0 && ratio <= 1;
    if (!holds) this.problems.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; 1 is used.');
    return { name: name ?? 'parentbased_always_on', ratio: holds ? ratio : 1 };
  }

  resource(): Record<string, string> {
    const name = this.text('OTEL_SERVICE_NAME');
    return { ...this.#pairs('OTEL_RESOURCE_ATTRIBUTES'), ...(name === null ? {} : { 'service.name': name }) };
  }

  /** `key=value,key=value`, percent-encoded. The whole of it is set aside when a part cannot be read. */
  #pairs(variable: string): Record<string, string> {
    const pairs = (this.text(variable) ?? '').split(',').filter((pair) => pair.trim() !== '');
    try {
      return Object.fromEntries(
        pairs.map((pair) => {
          const split = pair.indexOf('=');
          if (split < 1) throw new Error('no key');
          return [decodeURIComponent(pair.slice(0, split).trim()), decodeURIComponent(pair.slice(split + 1).trim())];
        }),
      );
    } catch {
      this.problems.push(
        `${variable} must be a list of key=value, percent-encoded, with commas between; it is left out.`,
      );
      return {};
    }
  }
}
