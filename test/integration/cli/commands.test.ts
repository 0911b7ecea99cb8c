import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConsoleToken } from '../../../electron/control/console-token.ts';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { type ConsoleServer, startConsoleServer } from '../../../electron/control/http-server.ts';
import { systemClock } from '../../../electron/engine/clock.ts';
import { announceRunningInstance } from '../../../electron/host/running-file.ts';
import { FakeEngine } from '../../support/control-engine.ts';
import { repository, runSwitchyard, temporaryDirectory } from '../../support/e2e-host.ts';

describe('bad usage', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['fly']],
    ['an unknown option', ['serve', '--fast']],
    ['a port that is none', ['serve', '--gateway-port', 'x']],
    ['a port below zero', ['serve', '--gateway-port', '-1']],
    ['a report since a word', ['report', '--since', 'banana']],
    ['a drill without a reason', ['drill', 'kimi', '--fault', 'refuse']],
    ['force without a provider', ['force', '--ttl', '15m', '--reason', 'drill']],
    ['force without a time', ['force', 'kimi', '--reason', 'drill']],
    ['a task that is no JSON', ['route', '--config', 'x', '--task', '{']],
    ['a format that is none', ['report', '--format', 'pdf']],
  ])('%s: one line, exit 2', async (_name, args) => {
    const { code, stdout, stderr } = await runSwitchyard(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('--help');
  });
});

it('prints version and help', async () => {
  expect(await runSwitchyard(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  expect(await runSwitchyard(['force', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--ttl') });
});

const registryFile = join(repository, 'config', 'model_registry.yaml');

describe('check', () => {
  it('says that a registry is right', async () => {
    expect(await runSwitchyard(['check', registryFile])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: ok, 3 providers, primary kimi_k2_self_hosted\n$/),
    });
  });

  it('names every problem with its line', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'bad.yaml'), 'models:\n  kimi:\n    endpont: http://x/v1\nroutng: {}\n');
    const { code, stderr } = await runSwitchyard(['check', 'bad.yaml'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bad\.yaml:3: .*endpont.*endpoint/m);
    expect(stderr).toMatch(/^bad\.yaml:4: .*routng.*routing/m);
  });

  it('says when there is no such file', async () => {
    expect(await runSwitchyard(['check', 'none.yaml'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none.yaml'),
    });
  });
});

describe('route', () => {
  it('explains the decision with every candidate', async () => {
    const { code, stdout } = await runSwitchyard(['route', '--config', registryFile]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/kimi_k2_self_hosted .*yes/);
    expect(stdout).toContain('claude_opus_api');
  });

  it('answers JSON', async () => {
    const { stdout } = await runSwitchyard(['route', '--config', registryFile, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ provider: 'kimi_k2_self_hosted' });
  });

  it('names a model that does not exist', async () => {
    const answer = await runSwitchyard(['route', '--config', registryFile, '--model', 'kimi_k2_self_hostd']);
    expect(answer).toMatchObject({ code: 1, stderr: expect.stringContaining('kimi_k2_self_hostd') });
  });
});

describe('commands to a running console', () => {
  const engine = new FakeEngine();
  const dataDirectory = temporaryDirectory();
  let server: ConsoleServer;
  let token: string;

  beforeAll(async () => {
    token = loadConsoleToken(dataDirectory, {}).value;
    const report = (): void => {};
    server = await startConsoleServer({
      plane: createControlPlane({ engine, clock: systemClock, report }),
      host: '127.0.0.1',
      port: 0,
      token,
      rendererDirectory: dataDirectory,
      version: '0.0.0-test',
      clock: systemClock,
      report,
    });
    const instance = { pid: process.pid, gateway: 'http://127.0.0.1:1', console: server.url, started_at: 1 };
    announceRunningInstance(dataDirectory, instance, report);
  });

  afterAll(() => server.stop());

  const here = ['--data', dataDirectory];

  it('status finds the one that runs here', async () => {
    expect(await runSwitchyard(['status', ...here])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('● PRIMARY'),
    });
    const { stdout } = await runSwitchyard(['status', '--json', ...here]);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'primary' });
  });

  it('status takes an address and the token of the environment', async () => {
    const environment = { SWITCHYARD_CONSOLE_TOKEN: token };
    expect(await runSwitchyard(['status', '--url', server.url], { environment })).toMatchObject({ code: 0 });
    expect(await runSwitchyard(['status', '--url', `${server.url}/?token=${token}`])).toMatchObject({ code: 0 });
    const wrong = { SWITCHYARD_CONSOLE_TOKEN: 'wrong' };
    expect(await runSwitchyard(['status', '--url', server.url], { environment: wrong })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SWITCHYARD_CONSOLE_TOKEN'),
    });
  });

  it('force and unforce say what they did', async () => {
    const forced = await runSwitchyard([
      'force',
      'claude',
      '--ttl',
      '15m',
      '--reason',
      'drill',
      '--operator',
      'ada',
      ...here,
    ]);
    expect(forced).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^claude is forced \(all\) until .*: drill\n$/),
    });
    expect(engine.override).toMatchObject({ provider: 'claude', operator: 'ada' });
    expect(await runSwitchyard(['unforce', ...here])).toMatchObject({ stdout: 'claude is no longer forced.\n' });
    expect(await runSwitchyard(['unforce', ...here])).toMatchObject({ stdout: 'No override was active.\n' });
  });

  it("force passes the console's own sentence on", async () => {
    const answer = await runSwitchyard(['force', 'nobody', '--ttl', '15m', '--reason', 'drill', ...here]);
    expect(answer).toMatchObject({ code: 1, stderr: 'There is no provider "nobody": kimi and claude exist.\n' });
  });

  it('report prints the costs', async () => {
    expect(await runSwitchyard(['report', ...here])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('# Switchyard report'),
    });
    const { stdout } = await runSwitchyard(['report', '--format', 'json', ...here]);
    expect(JSON.parse(stdout)).toMatchObject({
      by_provider: [{ key: 'claude' }],
      by_tier: [{ key: 'fast' }],
      by_call_site: [{ key: 'chat' }],
      by_agent: [{ key: 'triage' }],
    });
  });

  it('says when nothing runs', async () => {
    const { code, stderr } = await runSwitchyard(['status', '--data', temporaryDirectory()]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No running Switchyard was found.*\n$/);
    expect(await runSwitchyard(['status', '--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 1 });
  });
});

describe('serve refuses, in one line, to start', () => {
  let busy: Server;

  beforeAll(async () => {
    busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => void busy.close());

  const refused = async (args: string[], environment = {}) => {
    const cwd = temporaryDirectory();
    const data = args.includes('--data') ? [] : ['--data', join(cwd, 'data')];
    const ports = args.some((arg) => arg.endsWith('-port')) ? [] : ['--gateway-port', '0', '--console-port', '0'];
    const { code, stderr } = await runSwitchyard(['serve', ...data, ...ports, ...args], { cwd, environment });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return stderr;
  };

  it('on a gateway port that is in use', async () => {
    const { port } = busy.address() as AddressInfo;
    const message = await refused(['--gateway-port', String(port), '--console-port', '0']);
    expect(message).toContain(String(port));
  });

  it('on a console port that is in use', async () => {
    const { port } = busy.address() as AddressInfo;
    const message = await refused(['--gateway-port', '0', '--console-port', String(port)]);
    expect(message).toMatch(new RegExp(`Port ${port} is in use.*--console-port`));
  });

  it('on a data directory that cannot be one', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    expect(await refused(['--data', join(file, 'data')])).toContain('data directory');
  });

  it.runIf(process.platform === 'linux')('on a data directory that the system will not make', async () => {
    expect(await refused(['--data', '/proc/switchyard'])).toContain('/proc/switchyard cannot be made');
  });

  it('with a registry that does not hold', async () => {
    const folder = temporaryDirectory();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'bad.yaml'), 'models: {a: {b: 1}}\nrouting: 7\n');
    const message = await refused(['--config', join(folder, 'bad.yaml')]);
    expect(message).toMatch(/bad\.yaml:\d/);
  });

  it('with a registry that is not there', async () => {
    expect(await refused(['--config', 'none.yaml'])).toContain('none.yaml');
  });

  it('on a host that is open to the network without keys and token', async () => {
    expect(await refused(['--host', '0.0.0.0'])).toMatch(/SWITCHYARD_GATEWAY_KEYS and SWITCHYARD_CONSOLE_TOKEN/);
    const environment = { SWITCHYARD_GATEWAY_KEYS: 'k' };
    expect(await refused(['--host', '0.0.0.0'], environment)).toMatch(/set SWITCHYARD_CONSOLE_TOKEN/);
  });
});
