import { afterEach, describe, expect, test } from 'vitest';
import type { ProviderConfig } from '../../../electron/engine/registry/types.ts';
import { createProvider } from '../../../electron/engine/providers/create-provider.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { failureOf } from '../../support/providers-calls.ts';
import { providerConfig } from '../../support/providers-config.ts';
import { sendJson, startServer } from '../../support/providers-server.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close();
});

async function setUp(handler: Parameters<typeof startServer>[0], overrides: Partial<ProviderConfig> = {}) {
  const clock = createManualClock();
  const server = await startServer(handler);
  const suffix = overrides.adapter === 'anthropic' ? '' : '/v1';
  const config = providerConfig({ name: 'p', baseUrl: server.origin + suffix, ...overrides });
  const provider = createProvider(config, { environment: { P_KEY: 'sk-secret-key' }, clock, random: () => 0 });
  cleanup.push(async () => {
    await server.close();
    await provider.close();
  });
  return { clock, server, provider, signal: new AbortController().signal };
}

const MODELS = { object: 'list', data: [{ id: 'kimi-k2', object: 'model', created: 1, owned_by: 'x' }] };
const API = { deployment: 'api', apiKeyEnv: 'P_KEY' } as const;
const TEST_REQUEST = { enabled: true, endpoint: null, method: 'test_request', intervalMs: 1, timeoutMs: 2000 } as const;

describe('a vLLM probe', () => {
  test('asks /health, then the model list, and learns the model', async () => {
    const { provider, server, signal } = await setUp(
      (request, response) => {
        if (request.path === '/health') response.end();
        else sendJson(response, 200, MODELS);
      },
      { model: null },
    );
    expect(provider.discoveredModel()).toBeNull();
    expect(await provider.probe(signal)).toMatchObject({
      ok: true,
      kind: 'model_list',
      models: ['kimi-k2'],
      failureClass: null,
    });
    expect(server.seen.map((request) => request.path)).toEqual(['/health', '/v1/models']);
    expect(provider.discoveredModel()).toBe('kimi-k2');
  });

  test.each([
    ['dead engine', 503, 'health_endpoint', 'overloaded', 'HTTP 503 from /health'],
    ['model not there yet', 200, 'model_list', 'model_missing', 'the server does not list other; it lists kimi-k2'],
  ] as const)('%s is not ok', async (_name, status, kind, failureClass, reason) => {
    const { provider, signal } = await setUp(
      (request, response) => {
        if (request.path === '/health') response.writeHead(status).end();
        else sendJson(response, 200, MODELS);
      },
      { model: 'other' },
    );
    expect(await provider.probe(signal)).toMatchObject({ ok: false, kind, failureClass, reason });
  });

  test('silence ends at the probe’s own limit', async () => {
    const { provider, clock, server, signal } = await setUp(() => {});
    const result = provider.probe(signal);
    await server.arrived(1);
    clock.advance(2000);
    expect(await result).toMatchObject({ ok: false, failureClass: 'timeout' });
  });

  test('a server that is gone is unreachable', async () => {
    const { provider, server, signal } = await setUp(() => {});
    await server.close();
    expect(await provider.probe(signal)).toMatchObject({
      ok: false,
      failureClass: 'unreachable',
      reason: expect.stringContaining('connection refused'),
    });
  });

  test('a configured endpoint counts instead of its own', async () => {
    const { provider, server, signal } = await setUp((request, response) => {
      if (request.path === '/custom') response.end();
      else sendJson(response, 200, MODELS);
    });
    await provider.close();
    const config = providerConfig({
      baseUrl: `${server.origin}/v1`,
      healthCheck: {
        enabled: true,
        endpoint: `${server.origin}/custom`,
        method: 'endpoint',
        intervalMs: 1,
        timeoutMs: 1000,
      },
    });
    const other = createProvider(config, { environment: {}, clock: createManualClock(), random: () => 0 });
    expect((await other.probe(signal)).ok).toBe(true);
    expect(server.seen.map((request) => request.path)).toEqual(['/custom', '/v1/models']);
    await other.close();
  });
});

describe('an API probe', () => {
  test('lists OpenAI’s models under the key, for free', async () => {
    const { provider, server, signal } = await setUp((_request, response) => sendJson(response, 200, MODELS), {
      adapter: 'openai',
      ...API,
    });
    expect(await provider.probe(signal)).toMatchObject({
      ok: true,
      kind: 'model_list',
      models: ['kimi-k2'],
      usage: null,
    });
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      path: '/v1/models',
      headers: { authorization: 'Bearer sk-secret-key' },
    });
  });

  test('lists Anthropic’s models under the key, for free', async () => {
    const page = {
      data: [{ id: 'claude-haiku-4-5', type: 'model', display_name: 'x', created_at: 'x' }],
      has_more: false,
      first_id: null,
      last_id: null,
    };
    const { provider, server, signal } = await setUp((_request, response) => sendJson(response, 200, page), {
      adapter: 'anthropic',
      ...API,
    });
    expect(await provider.probe(signal)).toMatchObject({ ok: true, models: ['claude-haiku-4-5'] });
    expect(server.seen[0]).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer sk-secret-key' } });
    expect(server.seen[0]?.path).toMatch(/^\/v1\/models/);
  });

  test.each(['openai', 'anthropic'] as const)('a wrong key at %s is unauthorized and not repeated', async (adapter) => {
    const body = { type: 'error', error: { type: 'authentication_error', message: 'invalid key sk-secret-key' } };
    const { provider, signal } = await setUp((_request, response) => sendJson(response, 401, body), {
      adapter,
      ...API,
    });
    const result = await provider.probe(signal);
    expect(result).toMatchObject({ ok: false, failureClass: 'unauthorized' });
    expect(result.reason).not.toContain('sk-secret-key');
  });

  test('a missing key is told without a request', async () => {
    const { provider, server, signal } = await setUp(() => {}, {
      adapter: 'openai',
      deployment: 'api',
      apiKeyEnv: 'OTHER_KEY',
    });
    expect(await provider.probe(signal)).toMatchObject({
      ok: false,
      failureClass: 'unauthorized',
      reason: 'OTHER_KEY is not set',
    });
    expect(server.seen).toHaveLength(0);
  });

  test.each(['openai', 'anthropic'] as const)(
    'a test request at %s asks for one token and reports its usage',
    async (adapter) => {
      const answers = {
        openai: {
          id: 'x',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message: { role: 'assistant', content: 'p' }, finish_reason: 'length' }],
          usage: { prompt_tokens: 4, completion_tokens: 1, total_tokens: 5 },
        },
        anthropic: {
          id: 'x',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: 'max_tokens',
          usage: { input_tokens: 4, output_tokens: 1 },
        },
      };
      const { provider, server, signal } = await setUp(
        (_request, response) => sendJson(response, 200, answers[adapter]),
        { adapter, ...API, model: adapter === 'openai' ? 'gpt-4o' : 'claude-haiku-4-5', healthCheck: TEST_REQUEST },
      );
      expect(await provider.probe(signal)).toMatchObject({
        ok: true,
        kind: 'test_request',
        usage: { input_tokens: 4, output_tokens: 1 },
      });
      expect(server.seen[0]?.body).toMatchObject(
        adapter === 'openai' ? { max_completion_tokens: 1 } : { max_tokens: 1 },
      );
    },
  );

  test('silence ends at the probe’s own limit', async () => {
    const { provider, clock, server, signal } = await setUp(() => {}, { adapter: 'openai', ...API });
    const result = provider.probe(signal);
    await server.arrived(1);
    clock.advance(2000);
    expect(await result).toMatchObject({ ok: false, failureClass: 'timeout' });
  });
});

describe('the load scrape', () => {
  test('tells tokens a second from the second scrape on, and forgets at a restart', async () => {
    const pages = [100, 350, 10].map(
      (tokens) => `vllm:num_requests_running 2\nvllm:generation_tokens_total{engine="0"} ${tokens}\n`,
    );
    const { provider, clock, server, signal } = await setUp((_request, response) => response.end(pages.shift()));
    const scrape = provider.scrapeLoad;
    expect(await scrape?.(signal)).toMatchObject({
      running: 2,
      waiting: null,
      kv_cache_usage: null,
      generation_tokens_per_second: null,
    });
    clock.advance(5000);
    expect(await scrape?.(signal)).toMatchObject({ generation_tokens_per_second: 50 });
    clock.advance(5000);
    expect(await scrape?.(signal)).toMatchObject({ generation_tokens_per_second: null });
    expect(server.seen[0]?.path).toBe('/metrics');
  });

  test('a server without metrics is unknown, a failing one is a failure, an API has none', async () => {
    let status = 501;
    const { provider, signal } = await setUp((_request, response) => response.writeHead(status).end());
    expect(await provider.scrapeLoad?.(signal)).toMatchObject({ running: null, waiting: null });
    status = 500;
    expect((await failureOf(provider.scrapeLoad?.(signal) ?? Promise.resolve())).class).toBe('server_error');
    const api = await setUp(() => {}, { adapter: 'openai', ...API });
    expect(api.provider.scrapeLoad).toBeNull();
  });
});

describe('a probe that is sent elsewhere', () => {
  test.each([
    ['openai', 'model_list'],
    ['anthropic', 'model_list'],
    ['openai-compatible', 'model_list'],
    ['openai', 'test_request'],
  ] as const)('%s does not follow (%s)', async (adapter, method) => {
    const other = await startServer((_request, response) => sendJson(response, 200, MODELS));
    cleanup.push(() => other.close());
    const { provider, signal } = await setUp(
      (request, response) => {
        response.writeHead(307, { location: other.origin + request.path }).end();
      },
      { adapter, ...API, healthCheck: { ...TEST_REQUEST, method } },
    );
    expect(await provider.probe(signal)).toMatchObject({ ok: false, reason: expect.stringContaining('HTTP 307') });
    expect(other.seen).toEqual([]);
  });
});

test('a server with very many models has a reason of one line', async () => {
  const { provider, signal } = await setUp(
    (request, response) => {
      const data = Array.from({ length: 20_000 }, (_, index) => ({ id: `m${index}\u001b[2J${'x'.repeat(100)}` }));
      if (request.path === '/health') response.end();
      else sendJson(response, 200, { object: 'list', data });
    },
    { model: 'other' },
  );
  const { reason } = await provider.probe(signal);
  expect(reason.length).toBeLessThan(600);
  expect(reason).toMatch(/and 19995 more$/);
  expect(reason).not.toContain('\u001b');
});
