import { describe, expect, it } from 'vitest';
import { keyStandings, monitoringOf } from '../../../electron/engine/settings-operations.ts';
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
      otlp_endpoint: null,
    });
    expect(monitoringOf('http://10.0.0.5:4180', { PROMETHEUS_PORT: '9464', GRAFANA_PORT: '3000' })).toMatchObject({
      prometheus_port: 9464,
      grafana_url: 'http://10.0.0.5:3000',
    });
    expect(monitoringOf('http://10.0.0.5:4180', { GRAFANA_PORT: 'x' }).grafana_url).toBeNull();
  });

  it.each([
    ['https://user:secret@otel.example:4318/secret/v1?key=secret', 'https://otel.example:4318'],
    ['secret', 'set, and not a URL'],
  ])('leaves the secrets of an address out', (address, expected) => {
    expect(monitoringOf('http://127.0.0.1:1', { OTEL_EXPORTER_OTLP_ENDPOINT: address }).otlp_endpoint).toBe(expected);
  });
});
