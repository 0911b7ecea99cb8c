import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { realTime } from '../../../electron/simulator/clock.ts';
import { startSimulatedFleet, type SimulatedFleet } from '../../../electron/simulator/fleet.ts';
import { INCIDENT_SCENARIOS, runIncident } from '../../../electron/simulator/incident.ts';
import { INSTANT } from '../../../electron/simulator/pace.ts';
import { createSimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { startTraffic } from '../../../electron/simulator/traffic.ts';

let fleet: SimulatedFleet | null = null;
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

describe('the fleet', () => {
  it('serves every entry of its registry with the key that the registry names', async () => {
    fleet = await startSimulatedFleet({ latency: INSTANT });
    const registry = parse(fleet.registryYaml) as {
      models: Record<string, { endpoint: string; model: string; provider_kwargs?: { api_key_env: string } }>;
    };
    const { environment } = fleet;
    const served = await Promise.all(
      Object.values(registry.models).map(async (entry) => {
        const key = entry.provider_kwargs ? (environment[entry.provider_kwargs.api_key_env] ?? '') : '';
        const claude = entry.model.startsWith('claude');
        const response = await fetch(claude ? `${entry.endpoint}/v1/messages` : `${entry.endpoint}/chat/completions`, {
          method: 'POST',
          headers: claude
            ? { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
            : { authorization: `Bearer ${key}` },
          body: JSON.stringify({ model: entry.model, max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] }),
        });
        return response.status;
      }),
    );
    expect(served).toEqual([200, 200, 200, 200, 200]);
  });

  it('lets no real key or address into the demo', async () => {
    fleet = await startSimulatedFleet({ latency: INSTANT });
    const merged: Record<string, string | undefined> = {
      ANTHROPIC_API_KEY: 'real',
      OPENAI_BASE_URL: 'real',
      ...fleet.environment,
    };
    expect(Object.values(merged)).not.toContain('real');
    for (const name of ['OPENAI_API_KEY', 'KIMI_API_KEY', 'XAI_API_KEY']) expect(merged[name]).toBeUndefined();
  });
});

describe('the incident', () => {
  it('plays every scenario to its end and leaves all mended', async () => {
    fleet = await startSimulatedFleet({ latency: INSTANT });
    let now = 0;
    const clock = {
      monotonic: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const told: string[] = [];
    const kimi = fleet.providers.kimi_k2_self_hosted;
    const states: boolean[] = [];
    await runIncident(fleet, clock, {
      rounds: 1,
      announce: (words) => {
        told.push(words);
        states.push(kimi.running);
      },
    });
    expect(told).toEqual(INCIDENT_SCENARIOS.flatMap((scenario) => scenario.steps.map((step) => step.words)));
    expect(states).toContain(false);
    expect(now).toBe(INCIDENT_SCENARIOS.reduce((sum, scenario) => sum + scenario.seconds * 1000, 0));
    for (const provider of Object.values(fleet.providers))
      expect([provider.running, provider.faults.list()]).toEqual([true, []]);
  });

  it('shows a fallback and its end within the first 80 seconds', () => {
    const steps = INCIDENT_SCENARIOS[0]?.steps ?? [];
    const crash = steps.find((step) => step.actions.some((action) => action.do === 'crash'));
    const ready = steps.findLast((step) => step.actions.length > 0);
    expect(crash?.at).toBeLessThan(40);
    expect(ready?.at).toBeLessThan(80);
  });

  it('is mended when it is ended midway', async () => {
    fleet = await startSimulatedFleet({ latency: INSTANT });
    const ending = new AbortController();
    let now = 0;
    const clock = {
      monotonic: () => now,
      sleep: async (ms: number, signal?: AbortSignal) => {
        now += ms;
        signal?.throwIfAborted();
      },
    };
    await runIncident(fleet, clock, {
      signal: ending.signal,
      announce: (words) => {
        if (words.includes('crashes')) ending.abort(new Error('enough'));
      },
    });
    expect(fleet.providers.kimi_k2_self_hosted.running).toBe(true);
  });
});

describe('traffic', () => {
  it('reaches a gateway with every kind of call, and stops clean', async () => {
    const gateway = await createSimulatedProvider({
      name: 'gateway',
      kind: 'vllm',
      models: [
        'call-site:chat',
        'call-site:processing',
        'call-site:analysis',
        'tier:fast',
        'auto',
        'claude_opus_api',
      ].map((id) => ({ id, contextWindow: 100_000 })),
      apiKey: 'gateway-key',
    });
    // A clock that runs a hundred times as fast, so that a moment holds many arrivals.
    const traffic = startTraffic({
      gatewayUrl: gateway.origin,
      key: 'gateway-key',
      requestsPerSecond: 3,
      clock: {
        ...realTime,
        monotonic: () => realTime.monotonic() * 100,
        sleep: (ms, signal) => realTime.sleep(ms / 100, signal),
      },
    });
    await expect.poll(() => traffic.stats().answered, { timeout: 20_000 }).toBeGreaterThan(60);
    await traffic.stop();
    const { sent, inFlight, answered, failed, left } = traffic.stats();
    expect(inFlight).toBe(0);
    expect(answered + failed + left).toBe(sent);
    const models = new Set(gateway.log.map((entry) => entry.body?.model));
    expect(models.has('call-site:chat') && models.has('call-site:processing') && models.has('auto')).toBe(true);
    expect(gateway.log.some((entry) => entry.body?.stream === true)).toBe(true);
    expect(gateway.log.some((entry) => entry.headers['x-switchyard-task'] !== undefined)).toBe(true);
    await gateway.stop();
  });

  it('makes no more calls than may be in flight', async () => {
    const gateway = await createSimulatedProvider({ name: 'silent', kind: 'vllm', models: [] });
    gateway.faults.set([{ kind: 'silence' }]);
    const traffic = startTraffic({
      gatewayUrl: gateway.origin,
      maxInFlight: 3,
      clock: { ...realTime, sleep: (ms, signal) => realTime.sleep(ms / 100, signal) },
    });
    await expect.poll(() => traffic.stats().withheld).toBeGreaterThan(0);
    expect(traffic.stats().inFlight).toBeLessThanOrEqual(3);
    await traffic.stop();
    await gateway.stop();
  });
});
