import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../electron/engine/registry/environment.ts';
import type { EngineOptions } from '../../../electron/engine/engine.ts';
import type { EngineApi } from '../../../electron/engine/engine-api.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const NOTE = { operator: 'ada', reason: 'the primary is slow' };

let pair: Pair;
let engine: TestEngine | null;
let folder: string;
let path: string;

beforeEach(async () => {
  pair = await startPair();
  folder = mkdtempSync(join(tmpdir(), 'switchyard-routing-'));
  path = join(folder, 'switchyard.yaml');
  engine = null;
});

afterEach(async () => {
  await engine?.stop();
  await pair.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(changes: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const text = pair.registry();
  writeFileSync(path, text);
  engine = await startTestEngine(text, { environment: pair.environment, registryPath: path, ...changes });
  return engine;
}

/** Asks as a caller does; answers who served. */
async function servedBy(running: TestEngine, model = 'auto'): Promise<string | null> {
  const response = await fetch(`${running.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });
  await response.arrayBuffer();
  return response.headers.get('x-switchyard-provider');
}

function valueOf(api: EngineApi, name: string): unknown {
  return api.routing().settings.find(({ path: own }) => own === name)?.value;
}

describe('a change of the routing', () => {
  it('takes effect at once, is a version with its diff, and is audited', async () => {
    const { api } = await start();
    const running = engine as TestEngine;
    expect(await servedBy(running)).toBe('kimi');
    const state = api.changeRouting({ ...NOTE, changes: { routing: { primary: 'claude' } }, expected_version: 0 });
    expect(state).toMatchObject({ version: 1, stored: { routing: { primary: 'claude' } } });
    expect(state.settings.find(({ path: own }) => own === 'routing.primary')).toEqual({
      path: 'routing.primary',
      value: 'claude',
      file_value: 'kimi',
      source: 'stored',
      env: null,
    });
    expect(await servedBy(running)).toBe('claude');
    const { current, versions } = await api.routingHistory({ limit: 10 });
    expect(current).toBe(1);
    expect(versions).toMatchObject([{ version: 1, ...NOTE, restores: null }]);
    expect(versions[0]?.diff[0]).toMatchObject({ path: 'routing.primary', before: 'kimi', after: 'claude' });
    const audit = await api.audit({ limit: 1 });
    expect(audit.entries[0]).toMatchObject({ ...NOTE, action: 'routing.change', target: 'version 1' });
  });

  it('drops no request that is running', async () => {
    const { api } = await start();
    const running = engine as TestEngine;
    const asked = Array.from({ length: 12 }, () => servedBy(running));
    api.changeRouting({ ...NOTE, changes: { routing: { primary: 'claude' } }, expected_version: 0 });
    const served = await Promise.all(asked);
    expect(served.every((provider) => provider !== null)).toBe(true);
  });

  it('is refused as a whole with every problem named, and on another version', async () => {
    const { api } = await start();
    const change = (changes: Parameters<EngineApi['changeRouting']>[0]['changes'], expected = 0) => {
      return () => api.changeRouting({ ...NOTE, changes, expected_version: expected });
    };
    expect(change({ routing: { primary: 'kimmi', stream_failover: 'resum' } })).toThrow(
      /routing\.stream_failover: .*did you mean "resume".*routing\.primary: .*did you mean "kimi"/,
    );
    expect(change({ models: {} })).toThrow(/"models" is set in the registry file alone/);
    expect(change({ routing: { primary: 'claude' } }, 3)).toThrow(
      /at version 0, and this change was made on version 3/,
    );
    expect(api.routing().version).toBe(0);
    expect(valueOf(api, 'routing.primary')).toBe('kimi');
  });

  it('is refused where it alters nothing, and leaves no version behind', async () => {
    const { api } = await start();
    const change = (changes: Parameters<EngineApi['changeRouting']>[0]['changes'], expected: number) => () =>
      api.changeRouting({ ...NOTE, changes, expected_version: expected });
    const refusal = /alter nothing of what is stored, so no version was added/;
    expect(change({}, 0)).toThrow(refusal);
    expect(change({ routing: { primary: null } }, 0)).toThrow(refusal);
    change({ routing: { primary: 'claude', fallback_chain: ['claude', 'kimi'] } }, 0)();
    expect(change({ routing: { fallback_chain: ['claude', 'kimi'], primary: 'claude' } }, 1)).toThrow(refusal);
    expect((await api.routingHistory({ limit: 10 })).versions).toHaveLength(1);
    expect((await api.audit({ limit: 10, action: 'routing.' })).entries).toHaveLength(1);
    // What the file says already is still a choice of the operator's: it holds when the file changes.
    change({ routing: { primary: 'kimi' } }, 1)();
    expect(api.routing().version).toBe(2);
  });

  it('is above the file after a restart and after a reload of the file', async () => {
    const first = await start();
    first.api.changeRouting({ ...NOTE, changes: { routing: { primary: 'claude' } }, expected_version: 0 });
    await first.stop({ keepData: true });
    const { api } = await start({ dataDirectory: first.dataDirectory });
    expect(valueOf(api, 'routing.primary')).toBe('claude');
    const loaded = new Promise((resolve) => api.events.on('config_loaded', resolve));
    writeFileSync(path, pair.registry({ routing: '  stream_failover: error' }));
    await loaded;
    expect(valueOf(api, 'routing.stream_failover')).toBe('error');
    expect(valueOf(api, 'routing.primary')).toBe('claude');
  });

  it('is brought back by a rollback, byte for byte; version 0 is the file alone', async () => {
    const { api } = await start();
    const effective = () => JSON.stringify([api.routing().effective, api.routing().config_version]);
    const fileAlone = effective();
    api.changeRouting({ ...NOTE, changes: { routing: { primary: 'claude' } }, expected_version: 0 });
    const first = effective();
    const sites = { report: { model: 'claude', objective: 'throughput' }, '7': { model: 'kimi' } };
    api.changeRouting({ ...NOTE, changes: { policy: { call_sites: sites } }, expected_version: 1 });
    const second = effective();
    expect(await api.rollbackRouting({ ...NOTE, version: 1 })).toMatchObject({ version: 3 });
    expect(effective()).toBe(first);
    await api.rollbackRouting({ ...NOTE, version: 2 });
    expect(effective()).toBe(second);
    await api.rollbackRouting({ ...NOTE, version: 0 });
    expect(effective()).toBe(fileAlone);
    const { versions } = await api.routingHistory({ limit: 10 });
    expect(versions.map(({ version, restores }) => [version, restores])).toEqual([
      [5, 0],
      [4, 2],
      [3, 1],
      [2, null],
      [1, null],
    ]);
    await expect(api.rollbackRouting({ ...NOTE, version: 9 })).rejects.toThrow('no routing version 9');
    await expect(api.rollbackRouting({ ...NOTE, version: 1, expected_version: 2 })).rejects.toThrow('at version 5');
  });

  it('hides nothing that is wrong with an edit of the file, and is named where it is what does not fit', async () => {
    const { api } = await start();
    api.changeRouting({ ...NOTE, changes: { routing: { primary: 'claude' } }, expected_version: 0 });
    const refused = async (text: string) => {
      const before = api.status().config.error;
      writeFileSync(path, text);
      return await eventually(() => {
        const { error } = api.status().config;
        return error === before ? null : error;
      });
    };
    expect(await refused(pair.registry().replace('primary: kimi', 'primary: zz'))).toMatch(
      /routing\.primary.*no provider is called "zz"/,
    );
    const without = pair
      .registry()
      .replace(/ {2}claude:[\s\S]*?(?=routing:)/, '')
      .replace(', claude]', ']');
    expect(await refused(without)).toMatch(
      /version 1 of the routing, stored in the console, does not fit this file: routing\.primary: no provider is called "claude".*roll it back first/,
    );
    expect(api.status().primary).toBe('claude');
  });

  it('that no longer fits the file is set aside at the start, said, and mended by a rollback', async () => {
    const first = await start();
    first.api.changeRouting({
      ...NOTE,
      changes: { routing: { primary: 'claude', fallback_chain: ['claude', 'kimi'] } },
      expected_version: 0,
    });
    await first.stop({ keepData: true });
    const text = `models:\n  kimi: { adapter: vllm, endpoint: ${pair.kimi.url} }\n`;
    engine = await startTestEngine(text, { dataDirectory: first.dataDirectory, registryPath: null });
    const { api } = engine;
    expect(api.routing()).toMatchObject({ version: 1, set_aside: expect.stringContaining('"claude"') });
    expect(api.status().config.error).toContain('version 1, does not fit the file');
    expect(await servedBy(engine)).toBe('kimi');
    expect(await api.rollbackRouting({ ...NOTE, version: 0 })).toMatchObject({ version: 2, set_aside: null });
    expect(api.status().config.error).toBeNull();
  });
});

describe('a change that is tried', () => {
  it('says what it would do or why it would be refused, and stores nothing', async () => {
    const { api } = await start();
    const tried = api.checkRouting({ changes: { routing: { primary: 'claude' } } });
    expect(tried.problems).toEqual([]);
    expect(tried.diff).toContainEqual({
      path: 'routing.primary',
      before: 'kimi',
      after: 'claude',
      before_source: 'file',
      after_source: 'stored',
    });
    expect(api.checkRouting({ changes: { routing: { primary: 'kimmi' } } })).toMatchObject({
      problems: [{ path: 'routing.primary', message: expect.stringContaining('did you mean "kimi"') }],
      diff: [],
    });
    expect(api.checkRouting({ changes: { models: {} } }).problems[0]?.message).toMatch(/registry file alone/);
    expect(api.routing()).toMatchObject({ version: 0, stored: {} });
    expect((await api.routingHistory({ limit: 5 })).versions).toEqual([]);
  });

  it('would do exactly what saving it then does', async () => {
    const { api } = await start();
    const changes = { routing: { stream_failover: 'error' }, tiers: { thresholds: { fast_below: 2 } } };
    const { diff } = api.checkRouting({ changes });
    api.changeRouting({ ...NOTE, changes, expected_version: 0 });
    expect((await api.routingHistory({ limit: 1 })).versions[0]?.diff).toEqual(diff);
    expect(api.checkRouting({ changes }).diff).toEqual([]);
  });
});

describe('the .env beside the registry', () => {
  it('takes effect when it is saved: a call site moves and a key is there', async () => {
    const dotenv = join(folder, '.env');
    writeFileSync(dotenv, 'CGX_FRONTEND_MODEL_NAME=kimi\n');
    const base = { ANTHROPIC_BASE_URL: pair.claude.url };
    const reloadEnvironment = () => readEnvironment(base, readFileSync(dotenv, 'utf8'));
    const running = await start({ environment: reloadEnvironment(), reloadEnvironment });
    expect(await servedBy(running, 'call-site:chat')).toBe('kimi');
    expect(running.api.status().providers.find(({ name }) => name === 'claude')?.key).toBe('missing');
    writeFileSync(dotenv, 'CGX_FRONTEND_MODEL_NAME=claude\nANTHROPIC_API_KEY=test-key-of-claude\n');
    await eventually(() => valueOf(running.api, 'policy.call_sites.chat.model') === 'claude');
    expect(running.api.status().providers.find(({ name }) => name === 'claude')?.key).toBe('present');
    expect(await servedBy(running, 'call-site:chat')).toBe('claude');
    const { entries } = await running.api.audit({ limit: 5 });
    const entry = entries.find(({ action }) => action === 'environment.reload');
    expect(entry?.after).toEqual({ changed: ['ANTHROPIC_API_KEY', 'CGX_FRONTEND_MODEL_NAME'], removed: [] });
    const reload = entries.find(({ action }) => action === 'config.reload');
    expect(reload?.reason).toBe('The .env file beside the registry was saved.');
    expect(JSON.stringify(entries)).not.toContain('test-key-of-claude');
  });
});

it('counts restricted models and what stood in, in the answer and as a metric', async () => {
  const text = `models:
  claude: { adapter: anthropic, endpoint: ${pair.claude.url}, model: claude-haiku-4-5-20251001 }
`;
  engine = await startTestEngine(text, { environment: pair.environment });
  await servedBy(engine, 'claude-opus-4-6');
  await eventually(() => engine?.api.routing().restricted.requests === 1);
  expect(engine.api.routing().restricted.models).toEqual([
    { model: 'claude-opus-4-6', replaced_by: 'claude-haiku-4-5-20251001', requests: 1 },
  ]);
  const metrics = await (await fetch(`${engine.gatewayUrl}/metrics`)).text();
  expect(metrics).toContain('switchyard_restricted_replacements_total{pattern="claude-*opus*"} 1');
});

describe('what-if over the requests that were recorded', () => {
  it('finds no difference under what runs, and one under a change', async () => {
    const running = await start();
    for (let index = 0; index < 5; index += 1) await servedBy(running);
    const same = await running.api.replay({ since: '1h' });
    expect(same).toMatchObject({ requests: 5, changed: 0, approximated_requests: 0 });
    const other = await running.api.replay({ since: '1h', routing: { routing: { primary: 'claude' } } });
    expect(other).toMatchObject({ changed: 5, moves: [{ from: 'kimi', to: 'claude', requests: 5 }] });
    expect(running.api.routing().version).toBe(0);
    const broken = running.api.replay({ registry: 'models: { kimi: { endpont: x } }' });
    await expect(broken).rejects.toThrow(/endpont.*did you mean "endpoint"/);
  });

  it('tries a stored version, also under a further change, and says which there are', async () => {
    const { api } = await start();
    for (let index = 0; index < 3; index += 1) await servedBy(engine as TestEngine);
    api.changeRouting({ ...NOTE, changes: { routing: { primary: 'claude' } }, expected_version: 0 });
    api.changeRouting({ ...NOTE, changes: { routing: { primary: null } }, expected_version: 1 });
    expect(await api.replay({ since: '1h', version: 1 })).toMatchObject({ requests: 3, changed: 3 });
    expect(await api.replay({ since: '1h', version: 0 })).toMatchObject({ requests: 3, changed: 0 });
    const back = { routing: { primary: 'kimi' } };
    expect(await api.replay({ since: '1h', version: 1, routing: back })).toMatchObject({ requests: 3, changed: 0 });
    await expect(api.replay({ version: 9 })).rejects.toThrow('There is no routing version 9; the newest is 2.');
  });

  it('ends when its caller has left, and lets the next one run', async () => {
    const { api } = await start();
    await servedBy(engine as TestEngine);
    await expect(api.replay({ since: '1h' }, AbortSignal.abort())).rejects.toThrow('stopped before its end');
    expect(await api.replay({ since: '1h' })).toMatchObject({ requests: 1 });
  });
});
