import type { KeyStanding, Settings } from '../../shared/domain/settings.ts';

const anthropic: KeyStanding = {
  env: 'ANTHROPIC_API_KEY',
  purpose: 'provider',
  present: true,
  providers: ['claude_opus'],
};

/** An installation with a registry file, one key there and one missing. */
export function someSettings(now: number, changes: Partial<Settings> = {}): Settings {
  return {
    at: now,
    version: '0.1.0',
    environment: 'staging',
    simulated: false,
    started_at: now - 3_600_000,
    gateway: { url: 'http://10.0.0.5:4180', key_required: false },
    keys: [
      anthropic,
      { ...anthropic, env: 'OPENAI_API_KEY', present: false, providers: ['gpt4_api'] },
      { ...anthropic, env: 'XAI_API_KEY', present: false, providers: [] },
      { env: 'SLACK_WEBHOOK_URL', purpose: 'notification', present: false, providers: [] },
      { env: 'PAGERDUTY_ROUTING_KEY', purpose: 'notification', present: false, providers: [] },
    ],
    config: {
      path: '/etc/switchyard/switchyard.yaml',
      version: 'b7704471e9e9',
      loaded_at: now - 60_000,
      error: null,
      env_file: { path: '/etc/switchyard/.env', exists: true },
      stored_version: 0,
    },
    storage: {
      driver: 'sqlite',
      data_directory: '/var/lib/switchyard',
      database_bytes: 43_100_000,
      free_bytes: 90_000_000_000,
      retention_days: 30,
      requests_kept: 123_456,
      oldest_request_at: now - 86_400_000,
      audit_entries: 12,
    },
    monitoring: {
      metrics_url: 'http://10.0.0.5:4180/metrics',
      prometheus_port: 9464,
      grafana_url: 'http://10.0.0.5:3000',
      otlp: { traces: null, metrics: null, disabled: false, problems: [] },
    },
    ...changes,
  };
}
