import { describe, expect, it } from 'vitest';
import { keyStandings, monitoringOf } from '../../../electron/engine/operations/settings-operations.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';

const REGISTRY = `
models:
  claude: { adapter: anthropic, model: claude-opus-4-6 }
  mine: { adapter: openai-compatible, endpoint: "http://gpu-1:8000/v1", provider_kwargs: { api_key_env: MY_KEY } }
routing: { primary: claude, fallback_chain: [claude, mine] }
`;

function standings(environment: Record<string, string>) {
  const result = parseRegistry(REGISTRY, { environment, path: null, simulated: false });
  if (!result.ok) throw new Error('The registry holds.');
  return keyStandings(result.registry, environment);
}

describe('the keys', () => {
  it('are those that the registry names, those of the four APIs, and the others, each once', () => {
    const names = standings({}).map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
    for (const name of ['MY_KEY', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'KIMI_API_KEY', 'XAI_API_KEY'])
      expect(names).toContain(name);
    expect(names).toContain('PAGERDUTY_ROUTING_KEY');
  });

  it('are present where they are set to something, and told with who uses them', () => {
    const keys = standings({ ANTHROPIC_API_KEY: 'sk-ant-secret', MY_KEY: '' });
    const key = keys.find(({ env }) => env === 'ANTHROPIC_API_KEY');
    expect(key).toMatchObject({ purpose: 'provider', present: true });
    expect(key?.providers).toContain('claude');
    expect(keys.find(({ env }) => env === 'MY_KEY')).toMatchObject({ present: false, providers: ['mine'] });
    expect(JSON.stringify(keys)).not.toContain('sk-ant-secret');
  });
});

describe('the monitoring', () => {
  it('names ports and addresses, and nothing where none is set', () => {
    expect(monitoringOf('http://127.0.0.1:4180', {})).toEqual({
      metrics_url: 'http://127.0.0.1:4180/metrics',
      prometheus_port: null,
      grafana_url: null,
      otlp: { traces: null, metrics: null, disabled: false, problems: [] },
    });
    expect(monitoringOf('http://10.0.0.5:4180', { PROMETHEUS_PORT: '9464', GRAFANA_PORT: '3000' })).toMatchObject({
      prometheus_port: 9464,
      grafana_url: 'http://10.0.0.5:3000',
    });
    expect(monitoringOf('http://10.0.0.5:4180', { GRAFANA_PORT: 'x' }).grafana_url).toBeNull();
  });

  const otlp = (environment: Record<string, string>) => monitoringOf('http://127.0.0.1:1', environment).otlp;

  it.each([
    [
      'the common endpoint for both signals',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318' },
      { traces: 'http://otel:4318', metrics: 'http://otel:4318', disabled: false },
    ],
    [
      "a signal's own endpoint before the common one",
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://tempo:4318/v1/x' },
      { traces: 'http://tempo:4318', metrics: 'http://otel:4318', disabled: false },
    ],
    [
      "a signal's own endpoint alone",
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://mimir:9009/otlp' },
      { traces: null, metrics: 'http://mimir:9009', disabled: false },
    ],
    [
      'a signal that is switched off',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318', OTEL_TRACES_EXPORTER: 'none' },
      { traces: null, metrics: 'http://otel:4318', disabled: false },
    ],
    [
      'that all of it is disabled',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318', OTEL_SDK_DISABLED: 'TRUE' },
      { traces: null, metrics: null, disabled: true },
    ],
    ['nothing where only the switch is set', { OTEL_SDK_DISABLED: 'true' }, { traces: null, disabled: false }],
  ])('tells of OpenTelemetry %s', (_, environment, expected) => {
    expect(otlp(environment)).toMatchObject(expected);
  });

  it('leaves the secrets of an address out, and says what it could not use', () => {
    const address = 'https://user:secret@otel.example:4318/secret/v1?key=secret';
    expect(otlp({ OTEL_EXPORTER_OTLP_ENDPOINT: address })).toMatchObject({ traces: 'https://otel.example:4318' });
    const unusable = otlp({ OTEL_EXPORTER_OTLP_ENDPOINT: 'secret' });
    expect(unusable).toMatchObject({ traces: null, metrics: null });
    expect(unusable.problems[0]).toBe('OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL; traces are not sent.');
    expect(JSON.stringify(unusable)).not.toContain('secret');
  });
});
