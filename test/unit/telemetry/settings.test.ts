import { describe, expect, it } from 'vitest';
import { readTelemetrySettings } from '../../../electron/engine/telemetry/settings.ts';

const ENDPOINT = 'http://collector.test:4318';

describe('telemetry', () => {
  it.each([
    ['nothing is set', {}],
    ['an endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['it is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }],
    ['only a name is set', { OTEL_SERVICE_NAME: 'gateway' }],
    [
      'no exporter is wanted',
      { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    ],
  ])('is off when %s', (_, environment) => {
    expect(readTelemetrySettings(environment)).toBeNull();
  });

  it('sends both signals to the common endpoint, under their paths, with the defaults of the specification', () => {
    expect(readTelemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: `${ENDPOINT}/` })).toEqual({
      traces: { url: `${ENDPOINT}/v1/traces`, headers: {}, timeoutMs: 10_000 },
      metrics: { url: `${ENDPOINT}/v1/metrics`, headers: {}, timeoutMs: 10_000 },
      sampler: { name: 'parentbased_always_on', ratio: 1 },
      resource: {},
      queue: { maximumSpans: 2048, batchSpans: 512, delayMs: 5_000 },
      metricIntervalMs: 60_000,
      problems: [],
    });
  });

  it("takes a signal's own endpoint as it is, with its own headers over the common ones", () => {
    const settings = readTelemetrySettings({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.test/custom',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-a=1,x-b=two%20words',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-a=3',
    });
    expect(settings?.traces).toMatchObject({
      url: 'https://traces.test/custom',
      headers: { 'x-a': '3', 'x-b': 'two words' },
    });
    expect(settings?.metrics).toBeNull();
  });

  it('takes the name of the service over the one among the attributes', () => {
    const settings = readTelemetrySettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,team=serving',
      OTEL_SERVICE_NAME: 'gateway',
    });
    expect(settings?.resource).toEqual({ 'service.name': 'gateway', team: 'serving' });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'no-equals-secret-value' }, 'OTEL_EXPORTER_OTLP_HEADERS'],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'a=%zz' }, 'OTEL_RESOURCE_ATTRIBUTES'],
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER'],
    [{ OTEL_TRACES_SAMPLER_ARG: '7' }, 'OTEL_TRACES_SAMPLER_ARG'],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: 'many' }, 'OTEL_BSP_MAX_QUEUE_SIZE'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  ])('sets %o aside with a remark that names it and not its value', (wrong, name) => {
    const settings = readTelemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, ...wrong });
    expect(settings?.problems.join('\n')).toContain(name);
    expect(settings?.problems.join('\n')).not.toContain('secret-value');
    expect(settings?.traces?.url).toBe(`${ENDPOINT}/v1/traces`);
  });

  it('says that an endpoint is no address, and sends nothing there', () => {
    const settings = readTelemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' });
    expect(settings).toMatchObject({ traces: null, metrics: null });
    expect(settings?.problems).toHaveLength(2);
  });
});
