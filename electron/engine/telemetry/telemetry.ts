import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ROOT_CONTEXT, SpanKind, trace as traceApi, TraceFlags } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { startTrace } from '../trace-context.ts';
import type { DecideSampling } from '../trace-context.ts';
import { ExportHealth } from './export-health.ts';
import { PROVIDER_NAMES } from './genai-names.ts';
import { RequestMeasures } from './request-measures.ts';
import { requestSpans } from './request-spans.ts';
import type { ProviderFacts, SpanGround } from './request-spans.ts';
import type { OtlpTarget, TelemetrySettings } from './settings.ts';
import { SpanQueue } from './span-queue.ts';
import type { Telemetry, TelemetryGround } from './types.ts';

/** How long a stop waits for the last export. */
const STOP_MS = 1_500;
/** The span that a sampler is asked about: it decides by the trace alone. */
const ANY_SPAN = '0000000000000001';

/** Builds what is configured and listens to the bus from now on. */
export function createTelemetry(settings: TelemetrySettings, ground: TelemetryGround): Telemetry {
  const agents = new Agents();
  const spans = settings.traces && sendSpans(settings, settings.traces, ground, agents);
  const metrics = settings.metrics && sendMetrics(settings, settings.metrics, ground, agents);
  return {
    startTrace: spans?.startTrace,
    async stop() {
      await Promise.all([spans?.stop(), metrics?.stop()]);
      agents.destroy();
    },
  };
}

/** The connections of the exporters, so that a stop can cut what a slow collector keeps open. */
class Agents {
  readonly #open: HttpAgent[] = [];

  readonly make = (protocol: string): HttpAgent => {
    const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.#open.push(agent);
    return agent;
  };

  destroy(): void {
    for (const agent of this.#open) agent.destroy();
  }
}

function sendSpans(settings: TelemetrySettings, target: OtlpTarget, ground: TelemetryGround, agents: Agents) {
  const { events, clock, logger, version } = ground;
  const health = new ExportHealth('traces', target.url, logger);
  const queue = new SpanQueue({
    ...settings.queue,
    exporter: new OTLPTraceExporter({ ...exporterOptions(target, ground, agents), concurrencyLimit: 1 }),
    clock,
    onDropped: (count, reason) => {
      health.dropped(count);
      events.emit('telemetry_dropped', { spans: count, reason });
    },
    onExport: (error) => health.note(error),
  });
  const spanGround: SpanGround = {
    resource: resourceOf(settings, ground),
    scope: { name: 'switchyard', version },
    provider: (name) => factsOf(name, ground),
    redact: ground.redact,
  };
  const decide = decideWith(samplerOf(settings.sampler));
  const detach = [
    events.on('request_traced', ({ trace, request }) => {
      if (trace.sampled) queue.add(requestSpans(trace, request, spanGround));
    }),
    // What the engine asks by itself has no caller to come from.
    events.on('request_finished', (request) => {
      if (request.origin === 'client') return;
      const caller = { traceparent: undefined, tracestate: undefined };
      const trace = startTrace({ requestId: request.id, operation: 'chat', caller }, decide);
      if (trace.sampled) queue.add(requestSpans(trace, request, spanGround));
    }),
  ];
  return {
    startTrace: (arrival: Parameters<typeof startTrace>[0]) => startTrace(arrival, decide),
    async stop() {
      for (const off of detach) off();
      await queue.stop(STOP_MS);
    },
  };
}

function sendMetrics(settings: TelemetrySettings, target: OtlpTarget, ground: TelemetryGround, agents: Agents) {
  const { events, clock, logger, version } = ground;
  const health = new ExportHealth('metrics', target.url, logger);
  const exporter = watched(new OTLPMetricExporter(exporterOptions(target, ground, agents)), health);
  const provider = new MeterProvider({
    resource: resourceOf(settings, ground),
    readers: [
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: settings.metricIntervalMs,
        exportTimeoutMillis: Math.min(target.timeoutMs, settings.metricIntervalMs),
      }),
    ],
  });
  const measures = new RequestMeasures(
    provider.getMeter('switchyard', version),
    (name) => factsOf(name, ground).vendor,
  );
  const detach = events.on('request_finished', (request) => measures.note(request));
  return {
    async stop() {
      detach();
      const over = new AbortController();
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        clock.sleep(STOP_MS, over.signal).catch(() => undefined),
      ]);
      over.abort();
    },
  };
}

/** The exporter, with its results told. A failed export loses nothing: totals go out again with the next one. */
function watched(exporter: OTLPMetricExporter, health: ExportHealth): PushMetricExporter {
  return {
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        health.note(result.code === 0 ? null : (result.error ?? new Error('the export failed')));
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregation: (type) => exporter.selectAggregation(type),
    selectAggregationTemporality: (type) => exporter.selectAggregationTemporality(type),
  };
}

function exporterOptions({ url, headers, timeoutMs }: OtlpTarget, { version }: TelemetryGround, agents: Agents) {
  return {
    url,
    headers,
    timeoutMillis: timeoutMs,
    httpAgentOptions: agents.make,
    userAgent: `switchyard/${version}`,
  };
}

function resourceOf(settings: TelemetrySettings, { version, environmentName }: TelemetryGround) {
  return resourceFromAttributes({
    'service.name': 'switchyard',
    'service.version': version,
    'service.instance.id': INSTANCE_ID,
    'deployment.environment.name': environmentName,
    ...settings.resource,
  });
}

/** Tells engines on one host apart; both signals carry the same. */
const INSTANCE_ID = randomUUID();

function factsOf(name: string, { registry }: TelemetryGround): ProviderFacts {
  const config = registry().providers.find((one) => one.name === name);
  return { vendor: PROVIDER_NAMES[config?.adapter ?? ''] ?? '_OTHER', baseUrl: config?.baseUrl ?? null };
}

function samplerOf({ name, ratio }: TelemetrySettings['sampler']): Sampler {
  const root = (kind: string): Sampler => {
    if (kind === 'traceidratio') return new TraceIdRatioBasedSampler(ratio);
    return kind === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
  };
  const [prefix, kind] = name.startsWith('parentbased_')
    ? ['parentbased', name.slice('parentbased_'.length)]
    : ['', name];
  return prefix === '' ? root(kind) : new ParentBasedSampler({ root: root(kind) });
}

function decideWith(sampler: Sampler): DecideSampling {
  return (traceId, parentSampled) => {
    const context =
      parentSampled === null
        ? ROOT_CONTEXT
        : traceApi.setSpanContext(ROOT_CONTEXT, {
            traceId,
            spanId: ANY_SPAN,
            traceFlags: parentSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
            isRemote: true,
          });
    const { decision } = sampler.shouldSample(context, traceId, 'request', SpanKind.SERVER, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  };
}
