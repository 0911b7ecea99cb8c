import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../electron/engine/clock.ts';
import { EventBus } from '../../../electron/engine/events.ts';
import { createHealthMonitor, type EngineHealthMonitor } from '../../../electron/engine/health/health-monitor.ts';
import { createProvider } from '../../../electron/engine/providers/create-provider.ts';
import type { Provider } from '../../../electron/engine/providers/types.ts';
import type { ProviderConfig } from '../../../electron/engine/registry/types.ts';
import { memoryHealthStorage, providerConfig, registryOf } from '../../support/health-fixtures.ts';

/** A server with vLLM's health page and model list, that can be made to misbehave. */
class InferenceServer {
  health: (response: ServerResponse) => void = (response) => void response.writeHead(200).end();
  models = ['kimi-model'];
  port = 0;
  #server: Server | null = null;

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      if (request.url === '/health') this.health(response);
      else if (request.url === '/v1/models') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) }));
      } else response.writeHead(404).end();
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

let server: InferenceServer;
let provider: Provider;
let monitor: EngineHealthMonitor;
let storage: ReturnType<typeof memoryHealthStorage>;

async function start(change: Partial<ProviderConfig['healthCheck']> = {}): Promise<void> {
  const config = providerConfig('kimi', {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    // Probes are asked for by the test; the interval must not come between.
    healthCheck: {
      enabled: true,
      endpoint: null,
      method: 'endpoint',
      intervalMs: 600_000,
      timeoutMs: 5_000,
      ...change,
    },
  });
  provider = createProvider(config, { environment: {}, clock: systemClock, random: () => 0.5 });
  monitor = createHealthMonitor({
    registry: () => registryOf(config),
    provider: () => provider,
    clock: systemClock,
    random: () => 0.5,
    events: new EventBus((error) => {
      throw error;
    }),
    storage,
    restored: { isolations: [], lastHealth: [] },
  });
  monitor.start();
  await monitor.waitForFirstProbes(10_000);
}

beforeEach(async () => {
  storage = memoryHealthStorage();
  server = new InferenceServer();
  await server.start();
});

afterEach(async () => {
  await monitor.stop();
  await provider.close();
  await server.stop();
});

describe('a real server', () => {
  it('is healthy while it answers and lists the model', async () => {
    await start();
    expect(monitor.standing('kimi').health).toMatchObject({ status: 'healthy' });
  });

  it('is not healthy while it does not list the model, though its health page is good', async () => {
    server.models = [];
    await start();
    expect(monitor.standing('kimi').health.status).toBe('unhealthy');
    server.models = ['kimi-model'];
    expect((await monitor.probeNow('kimi')).status).not.toBe('unhealthy');
  });

  it('is unhealthy with one refused connection, and on trial with one good probe after it is back', async () => {
    await start();
    await server.stop();
    expect(await monitor.probeNow('kimi')).toMatchObject({ status: 'unhealthy' });
    expect(monitor.standing('kimi').health.reason).toMatch(/refused/);
    expect(monitor.admit('kimi', 0).admitted).toBe(false);
    await server.start();
    await monitor.probeNow('kimi');
    expect(monitor.standing('kimi').breaker.state).toBe('half_open');
    const trial = monitor.admit('kimi', 0);
    if (!trial.admitted) throw new Error(trial.reason);
    expect(trial.admission.trial).toBe(true);
    trial.admission.report({ ok: true, latencyMs: 100, firstTokenMs: 10 });
    expect(monitor.standing('kimi')).toMatchObject({
      health: { status: 'healthy' },
      breaker: { state: 'closed', admitted_share: expect.closeTo(0.1, 1) },
    });
    expect(storage.transitions.map(({ to_status }) => to_status)).toEqual([
      'healthy',
      'unhealthy',
      'degraded',
      'healthy',
    ]);
  });

  it('is unhealthy with one 503: its engine is dead', async () => {
    await start();
    server.health = (response) => void response.writeHead(503).end();
    expect((await monitor.probeNow('kimi')).status).toBe('unhealthy');
  });

  it('that accepts and says nothing is given up after the timeout, and its connection with it', async () => {
    const closed = new Promise<void>((resolve) => {
      server.health = (response) => response.once('close', resolve);
    });
    await start({ timeoutMs: 50 });
    expect(monitor.standing('kimi').health).toMatchObject({ status: 'unhealthy', reason: 'no answer within 50 ms' });
    await closed;
  });
});
