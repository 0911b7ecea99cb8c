import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadConsoleToken } from '../../../electron/control/console-token.ts';
import { type ControlPlane, createControlPlane } from '../../../electron/control/control-plane.ts';
import { type ConsoleServer, startConsoleServer } from '../../../electron/control/http-server.ts';
import { createMessagePortServer } from '../../../electron/control/message-port.ts';
import { systemClock } from '../../../electron/engine/clock.ts';
import type { contract } from '../../../shared/contract/contract.ts';
import { FakeEngine } from '../../support/control-engine.ts';

type Client = ContractRouterClient<typeof contract>;

const token = 'test-token-of-the-console';
const auth = { authorization: `Bearer ${token}` };
const override = { provider: 'claude', ttl_seconds: 600, reason: 'kimi is being reloaded', operator: 'ada' };

let engine: FakeEngine;
let plane: ControlPlane;
let server: ConsoleServer;
let reported: string[];

beforeEach(async () => {
  const rendererDirectory = mkdtempSync(join(tmpdir(), 'switchyard-console-'));
  mkdirSync(join(rendererDirectory, 'assets'));
  writeFileSync(join(rendererDirectory, 'index.html'), '<title>console</title>');
  writeFileSync(join(rendererDirectory, 'assets', 'index-abcdef12.js'), 'export {};');
  reported = [];
  engine = new FakeEngine();
  const report = (context: string, error: unknown): void => void reported.push(`${context}: ${String(error)}`);
  plane = createControlPlane({ engine, clock: systemClock, report });
  server = await startConsoleServer({
    plane,
    host: '127.0.0.1',
    port: 0,
    token,
    rendererDirectory,
    version: '0.0.0-test',
    clock: systemClock,
    report,
  });
});

afterEach(async () => {
  plane.close();
  await server.stop();
});

async function call(
  path: string,
  options: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, never> }> {
  const headers = { ...auth, ...(options.body ? { 'content-type': 'application/json' } : {}), ...options.headers };
  const response = await fetch(server.url + path, { ...options, headers });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

/** A request whose Host header is not what it connects to, which fetch would not send. */
function rawGet(path: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(server.url + path, { headers }, (response) => resolve(response.resume()))
      .on('error', reject)
      .end();
  });
}

describe('REST', () => {
  it('answers the status to the bearer of the token only, uncached', async () => {
    const refused = await fetch(`${server.url}/api/status`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(refused.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await refused.json()).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('token') });
    const answer = await fetch(`${server.url}/api/status`, { headers: auth });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toMatchObject({
      verdict: 'primary',
      providers: [{ name: 'kimi' }, { name: 'claude' }],
    });
  });

  it('sets and releases an override, with and without a body', async () => {
    const set = await call('/api/override', { method: 'PUT', body: JSON.stringify(override) });
    expect(set).toMatchObject({ status: 200, body: { provider: 'claude', scope: 'all' } });
    expect(await call('/api/override', { method: 'DELETE' })).toMatchObject({
      status: 200,
      body: { released: { provider: 'claude' } },
    });
    const body = JSON.stringify({ operator: 'ada', reason: 'done with it' });
    expect(await call('/api/override', { method: 'DELETE', body })).toMatchObject({ body: { released: null } });
  });

  it('applies a price, and changes nothing in a dry run unless told otherwise', async () => {
    const application = { model: 'm', pricing: { input: 1, output: 2 }, operator: 'ada', reason: 'the invoice came' };
    const body = JSON.stringify({ ...application, since: '7d', dry_run: true });
    const answer = await call('/api/prices/apply', { method: 'POST', body });
    expect(answer).toMatchObject({ status: 200, body: { dry_run: true, attempts: 1, cost_usd: 0.1 } });
    expect(engine.lastQueries['prices']).toEqual({ ...application, since: '7d', dry_run: true });
    await call('/api/prices/apply', { method: 'POST', body: JSON.stringify(application) });
    expect(engine.lastQueries['prices']).toEqual({ ...application, dry_run: false });
  });

  it('answers how reliable providers were, and costs by agent against a model', async () => {
    expect(await call('/api/reliability?since=7d')).toMatchObject({
      status: 200,
      body: { providers: [{ provider: 'claude', failed_attempts: 1 }] },
    });
    expect(await call('/api/costs?group_by=agent&reference_model=claude-opus')).toMatchObject({ status: 200 });
    expect(engine.lastQueries['costs']).toMatchObject({ group_by: 'agent', reference_model: 'claude-opus' });
  });

  it.each([
    ['an unknown provider', 'GET', '/api/providers/nobody', undefined, 404, 'NOT_FOUND', 'nobody'],
    ['an unknown request', 'GET', '/api/requests/none', undefined, 404, 'NOT_FOUND', 'none'],
    [
      'an override without reason',
      'PUT',
      '/api/override',
      '{"provider":"claude"}',
      400,
      'INVALID_REQUEST',
      'ttl_seconds',
    ],
    [
      'a price without who and why',
      'POST',
      '/api/prices/apply',
      '{"model":"m","pricing":{"input":1,"output":2}}',
      400,
      'INVALID_REQUEST',
      'operator',
    ],
    [
      'a price below zero',
      'POST',
      '/api/prices/apply',
      '{"model":"m","pricing":{"input":-1,"output":2},"operator":"ada","reason":"invoice"}',
      400,
      'INVALID_REQUEST',
      'pricing',
    ],
    ['invalid JSON', 'PUT', '/api/override', '{"provider":', 400, 'INVALID_REQUEST', 'JSON'],
    [
      'a bad limit',
      'GET',
      '/api/requests?limit=many',
      undefined,
      400,
      'INVALID_REQUEST',
      'limit must be a whole number from 1 to 500, not "many".',
    ],
    [
      'no body at all',
      'PUT',
      '/api/override',
      undefined,
      400,
      'INVALID_REQUEST',
      'The input is missing: send a JSON object with provider, ttl_seconds, reason and operator.',
    ],
    [
      'a number that is none in a path',
      'GET',
      '/api/incidents/abc',
      undefined,
      400,
      'INVALID_REQUEST',
      'id must be a whole number, not "abc".',
    ],
    ['an unknown call', 'GET', '/api/nothing', undefined, 404, 'NOT_FOUND', '/api/nothing'],
    [
      'a body over 1 MB',
      'POST',
      '/api/route',
      `{"model":"${'x'.repeat(1_100_000)}"}`,
      413,
      'PAYLOAD_TOO_LARGE',
      '1 MB',
    ],
  ])('meets %s with one sentence', async (_name, method, path, body, status, code, word) => {
    const answer = await call(path, { method, ...(body === undefined ? {} : { body }) });
    expect(answer).toMatchObject({ status, body: { code, message: expect.stringContaining(word) } });
    expect(answer.body['message']).not.toContain('\n');
    expect(reported).toEqual([]);
  });

  it('keeps a defect to the log', async () => {
    engine.defect = new Error('wires crossed');
    const answer = await call('/api/quotas');
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(JSON.stringify(answer.body)).not.toContain('wires');
    expect(reported.join()).toContain('wires crossed');
  });

  it('reads query parameters as the contract types them', async () => {
    await call('/api/requests?limit=7&fallback=true&since=24h');
    expect(engine.lastQueries['requests']).toEqual({ limit: 7, fallback: true, since: '24h' });
    await call('/api/costs');
    expect(engine.lastQueries['costs']).toEqual({ group_by: 'provider' });
  });

  it('describes itself', async () => {
    const { body } = await call('/api/openapi.json');
    const paths: Record<string, object> = body['paths'] ?? {};
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/status', '/providers/{name}', '/override', '/costs', '/compare']),
    );
    expect(JSON.stringify(paths['/override'])).toContain('ttl_seconds');
  });

  it('takes an override by cookie only from its own page', async () => {
    const cookie = await signIn();
    const change = { method: 'PUT', body: JSON.stringify(override), headers: { cookie, authorization: '' } };
    const from = (origin: string) => call('/api/override', { ...change, headers: { ...change.headers, origin } });
    expect((await from('http://evil.example')).status).toBe(403);
    expect((await from(server.url)).status).toBe(200);
  });
});

async function signIn(): Promise<string> {
  const response = await fetch(`${server.url}/?token=${token}`, { redirect: 'manual' });
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('the page', () => {
  it('signs a browser in by its link and takes the token out of the address', async () => {
    const response = await fetch(`${server.url}/fallbacks?token=${token}&since=1h`, { redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/fallbacks?since=1h');
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    const page = await fetch(`${server.url}/fallbacks`, { headers: { cookie: await signIn() } });
    expect(await page.text()).toContain('<title>console</title>');
  });

  it.each([
    ['/sign-in', {}, '/'],
    ['/fallbacks', { 'sec-fetch-site': 'cross-site' }, '/fallbacks'],
    ['/fallbacks', { referer: 'http://chat.example/channel' }, '/fallbacks'],
  ])(
    'leads on by a page of its own where a redirect would lose the strict cookie: %s %j',
    async (path, headers, to) => {
      const response = await fetch(`${server.url}${path}?token=${token}`, { redirect: 'manual', headers });
      expect(response.status).toBe(200);
      expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
      const page = await response.text();
      expect(page).toContain(`<meta http-equiv="refresh" content="0; url=${to}">`);
      expect(page).not.toContain(token);
    },
  );

  it('leads on to no other host and holds no markup of its address', async () => {
    const path = `//evil.example/"><script>?x="><img>&token=${token}`;
    const response = await fetch(server.url + path, { headers: { 'sec-fetch-site': 'cross-site' } });
    const body = await response.text();
    expect(body).toMatch(/url=\/[^/]/);
    expect(body).not.toMatch(/<script|<img/);
  });

  it('never redirects to another host', async () => {
    const response = await rawGet(`//evil.example/?token=${token}`, {});
    expect(response.headers.location).toMatch(/^\/[^/]/);
  });

  it.each(['/', '/?token=wrong', '/assets/index-abcdef12.js'])('shows %s to nobody without the token', async (path) => {
    const response = await fetch(server.url + path, { redirect: 'manual' });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('switchyard serve');
  });

  it('serves hashed files for good and says so of missing ones', async () => {
    const asset = await fetch(`${server.url}/assets/index-abcdef12.js`, { headers: auth });
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${server.url}/assets/none.js`, { headers: auth })).status).toBe(404);
    expect((await fetch(`${server.url}/..%2f..%2fetc%2fpasswd.txt`, { headers: auth })).status).toBe(404);
  });

  it.each(['/', '/api/status', '/assets/index-abcdef12.js'])('refuses %s under a rebound name', async (path) => {
    const response = await rawGet(path, { ...auth, host: 'evil.example:4181' });
    expect(response.statusCode).toBe(403);
  });
});

async function connect(headers: Record<string, string>): Promise<{ client: Client; socket: WebSocket }> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/rpc`, { headers });
  const client: Client = createORPCClient(new RPCLink({ websocket: socket as never }));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { client, socket };
}

describe('the socket', () => {
  it('carries calls, their errors and the live stream', async () => {
    const { client, socket } = await connect(auth);
    expect(await client.status()).toMatchObject({ verdict: 'primary' });
    await expect(client.providers.get({ name: 'nobody' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      defined: true,
      message: expect.stringContaining('nobody'),
    });
    const live = await client.live();
    expect((await live.next()).value).toMatchObject({ type: 'snapshot', seq: 0 });
    await client.override.set(override);
    expect((await live.next()).value).toMatchObject({
      type: 'status',
      seq: 1,
      status: { override: { operator: 'ada' } },
    });
    await live.return();
    socket.close();
  });

  it('stops the work of a caller who leaves', async () => {
    const { client, socket } = await connect(auth);
    const live = await client.live();
    await live.next();
    const before = engine.statusCalls;
    socket.terminate();
    await expect.poll(() => countsStatusOn(engine, before)).toBe(false);
  });

  it('streams a comparison', async () => {
    const { client, socket } = await connect(auth);
    const types: string[] = [];
    for await (const event of await client.compare.stream({ prompt: 'hi', targets: [{ provider: 'kimi' }] })) {
      types.push(event.type);
    }
    expect(types).toEqual(['started', 'text', 'done']);
    socket.close();
  });

  it('tells a browser without a token by its close code, and others by 401', async () => {
    const browser = new WebSocket(`${server.url.replace('http', 'ws')}/rpc`, { headers: { origin: server.url } });
    expect(await new Promise((resolve) => browser.once('close', resolve))).toBe(1008);
    await expect(connect({})).rejects.toThrow('401');
  });

  it.each([
    ['another page', () => ({ origin: 'http://evil.example' })],
    ['a rebound name', () => ({ ...auth, host: 'evil.example' })],
  ])('refuses %s', async (_name, headers) => {
    await expect(signIn().then((cookie) => connect({ cookie, ...headers() }))).rejects.toThrow('403');
  });

  it('takes the cookie from its own page', async () => {
    const { client, socket } = await connect({ cookie: await signIn(), origin: server.url });
    expect(await client.quotas()).toMatchObject({ quotas: [] });
    socket.close();
  });

  it('closes on rubbish and serves the next caller', async () => {
    const { socket } = await connect(auth);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send('this is not a message');
    await closed;
    const { client, socket: next } = await connect(auth);
    expect(await client.status()).toMatchObject({ serving: 'kimi' });
    next.close();
  });
});

/** Whether the feed still listens: an event would then ask the engine for its status. */
function countsStatusOn(target: FakeEngine, before: number): boolean {
  const calls = target.statusCalls;
  target.events.emit('isolation_changed', { provider: 'kimi' });
  return target.statusCalls > calls && target.statusCalls > before;
}

it('serves the same contract over a message port', async () => {
  const { port1, port2 } = new MessageChannel();
  createMessagePortServer(plane)(port1 as never);
  port1.start();
  const client: Client = createORPCClient(new PortLink({ port: port2 as never }));
  port2.start();
  const live = await client.live();
  expect((await live.next()).value).toMatchObject({ type: 'snapshot' });
  expect(await client.route({ model: 'auto' })).toMatchObject({ provider: 'kimi' });
  port2.close();
});

it('keeps one token per data directory, readable by its owner alone', () => {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-token-'));
  const first = loadConsoleToken(directory, {});
  expect(first.value).toMatch(/^[\w-]{43}$/);
  expect(loadConsoleToken(directory, {})).toEqual(first);
  if (process.platform !== 'win32') expect(statSync(join(directory, 'console-token')).mode & 0o777).toBe(0o600);
  const given = loadConsoleToken(directory, { SWITCHYARD_CONSOLE_TOKEN: 'mine' });
  expect(given).toEqual({ value: 'mine', source: 'environment' });
});
