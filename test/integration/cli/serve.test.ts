import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findLayout } from '../../../electron/host/layout.ts';
import { type HeadlessHost, startHeadless } from '../../../electron/serve.ts';
import { announceRunningInstance, readRunningInstance } from '../../../electron/host/running-file.ts';
import { repository, runSwitchyard, temporaryDirectory } from '../../support/e2e-host.ts';

const layout = findLayout(new URL('../../../electron/cli/main.ts', import.meta.url).href);
const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: {
  config?: string;
  data: string;
  environment?: Record<string, string>;
}): Promise<HeadlessHost> {
  const host = await startHeadless({
    config: options.config,
    data: options.data,
    gatewayPort: 0,
    consolePort: 0,
    demo: false,
    environment: options.environment ?? {},
    workingDirectory: temporaryDirectory(),
    layout,
    announce: () => {},
  });
  cleanups.push(() => host.stop());
  return host;
}

function consoleOf(host: HeadlessHost): { status: () => Promise<Record<string, never>>; token: string } {
  const link = new URL(host.consoleLink);
  const token = link.searchParams.get('token') ?? '';
  return {
    token,
    async status() {
      const response = await fetch(`${link.origin}/api/status`, { headers: { authorization: `Bearer ${token}` } });
      return (await response.json()) as Record<string, never>;
    },
  };
}

async function fakeInference(): Promise<string> {
  const server: Server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url?.startsWith('/v1/models') ? '{"data":[{"id":"tiny","object":"model"}]}' : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the headless host', () => {
  it('runs simulated providers where there is no registry, and says so', async () => {
    const host = await start({ data: temporaryDirectory() });
    expect(host.simulated).toBe(true);
    expect(await consoleOf(host).status()).toMatchObject({ simulated: true, verdict: 'primary' });
  });

  it('keeps the token over a restart, and takes its word away when it stops', async () => {
    const data = temporaryDirectory();
    const first = await start({ data });
    const { token } = consoleOf(first);
    expect(readRunningInstance(data)).toMatchObject({ pid: process.pid, gateway: first.gatewayUrl });
    await first.stop();
    expect(existsSync(join(data, 'running.json'))).toBe(false);
    expect(consoleOf(await start({ data })).token).toBe(token);
  });

  it('runs a registry with the .env beside it, and shows an edit that it refuses', async () => {
    const folder = temporaryDirectory();
    const endpoint = await fakeInference();
    const config = join(folder, 'registry.yaml');
    const registry = [
      'models:',
      `  local: { adapter: vllm, endpoint: "${endpoint}/v1", priority: 1 }`,
      '  claude: { adapter: anthropic, provider_kwargs: { api_key_env: OWN_KEY }, model: claude-haiku-4-5, priority: 2 }',
      'routing: { primary: local, fallback_chain: [local, claude] }',
      '',
    ].join('\n');
    writeFileSync(config, registry);
    writeFileSync(join(folder, '.env'), 'OWN_KEY=from-the-file\nANTHROPIC_BASE_URL=http://127.0.0.1:1\n');
    const host = await start({ config, data: temporaryDirectory() });
    const { status } = consoleOf(host);
    expect(await status()).toMatchObject({
      simulated: false,
      serving: 'local',
      providers: [{ name: 'local' }, { name: 'claude', key: 'present' }],
    });
    expect(JSON.stringify(await status())).not.toContain('from-the-file');
    writeFileSync(config, registry.replace('priority: 1', 'priorty: 1'));
    await expect
      .poll(async () => (await status())['config']?.['error'], { timeout: 10_000 })
      .toMatch(/priorty.*priority/);
    expect(await status()).toMatchObject({ serving: 'local' });
  });

  it('refuses a data directory on which another one runs', async () => {
    const data = temporaryDirectory();
    await start({ data });
    const second = await runSwitchyard(['serve', '--data', data, '--gateway-port', '0', '--console-port', '0']);
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/already runs on the data directory.*--data\.\n$/),
    });
  });

  it('starts over the word of a host that was killed', async () => {
    const data = temporaryDirectory();
    announceRunningInstance(
      data,
      { pid: process.ppid, gateway: 'http://127.0.0.1:1', console: null, started_at: 1 },
      () => {},
    );
    const host = await start({ data });
    expect(JSON.parse(readFileSync(join(data, 'running.json'), 'utf8'))).toMatchObject({ gateway: host.gatewayUrl });
  });

  it('closes what it has opened when the console cannot be', async () => {
    const taken = new URL(await fakeInference()).port;
    const data = temporaryDirectory();
    const args = ['serve', '--data', data, '--gateway-port', '0', '--console-port', taken];
    expect((await runSwitchyard(args)).code).toBe(1);
    const host = await start({ data });
    expect(await fetch(`${host.gatewayUrl}/health`)).toMatchObject({ status: 200 });
  });
});

it('the layout of sources points at what is there', () => {
  expect(layout.root).toBe(repository.replace(/\/$/, ''));
  expect(existsSync(layout.storeWorkerUrl)).toBe(true);
});
