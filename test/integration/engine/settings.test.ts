import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pair, startPair, startTestEngine, type TestEngine } from '../../support/engine-fixture.ts';

const SECRETS = {
  OPENAI_API_KEY: 'sk-the-openai-key',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/T0/B0/the-slack-secret',
  PAGERDUTY_ROUTING_KEY: 'the-pagerduty-key',
  SWITCHYARD_GATEWAY_KEYS: 'the-gateway-key',
  SWITCHYARD_CONSOLE_TOKEN: 'the-console-token',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=the-otlp-secret',
};

let pair: Pair;
let engine: TestEngine;

beforeAll(async () => {
  pair = await startPair();
  engine = await startTestEngine(pair.registry(), { environment: { ...pair.environment, ...SECRETS } });
});
afterAll(async () => {
  await engine.stop();
  await pair.stop();
});

describe('the settings of a running engine', () => {
  it('hold no secret, whatever the environment holds', async () => {
    const text = JSON.stringify(await engine.api.settings());
    for (const secret of [...Object.values(SECRETS), 'test-key-of-claude', 'the-slack-secret', 'the-otlp-secret'])
      expect(text).not.toContain(secret);
  });

  it('say which keys are there, where the data lie and how much there is', async () => {
    const settings = await engine.api.settings();
    const present = settings.keys.filter((key) => key.present).map(({ env }) => env);
    expect(present).toEqual([
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'SLACK_WEBHOOK_URL',
      'PAGERDUTY_ROUTING_KEY',
      'SWITCHYARD_GATEWAY_KEYS',
      'SWITCHYARD_CONSOLE_TOKEN',
    ]);
    expect(settings.gateway).toEqual({ url: engine.gatewayUrl, key_required: true });
    expect(settings.storage.data_directory).toBe(engine.dataDirectory);
    expect(settings.storage.database_bytes).toBeGreaterThan(4096);
    expect(settings.storage.free_bytes).toBeGreaterThan(0);
    expect(settings.config).toMatchObject({ path: null, env_file: null, error: null, stored_version: 0 });
  });
});

describe('the uptime of a running engine', () => {
  it('has every provider of the registry, one entry a day, and no downtime for the days before it ran', async () => {
    const { providers } = await engine.api.uptime({ days: 30, time_zone: 'Europe/Berlin' });
    expect(providers.map(({ provider }) => provider).slice(0, 2)).toEqual(['kimi', 'claude']);
    const days = providers[0]?.days ?? [];
    expect(days).toHaveLength(30);
    expect(days.slice(0, 28).every((day) => day.no_data_ms === day.to - day.from && day.down_ms === 0)).toBe(true);
  });

  it('needs a time zone that exists', async () => {
    await expect(engine.api.uptime({ days: 1, time_zone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });
});
