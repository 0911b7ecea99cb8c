import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quotasSchema, raiseRequestSchema, type QuotaStatus } from '../../../shared/domain/quota.ts';
import { eventually, startPair, startTestEngine, type Pair, type TestEngine } from '../../support/engine-fixture.ts';

const child = new URL('../../support/quota-engine-child.ts', import.meta.url).pathname;

let pair: Pair;
let engine: TestEngine | null = null;
let running: ChildProcess | null = null;
let directory: string;

beforeEach(async () => {
  pair = await startPair();
  directory = mkdtempSync(join(tmpdir(), 'switchyard-budget-'));
});

afterEach(async () => {
  running?.kill('SIGKILL');
  running = null;
  await engine?.stop();
  engine = null;
  await pair.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The pair, with limits for the call site `chat`. */
function registry(limits: string, kimi = ''): string {
  return `${pair.registry({ kimi })}
policy:
  call_sites:
    chat: { model: auto, limits: ${limits} }
`;
}

interface Answer {
  status: number;
  retryAfter: string | null;
  code: string | undefined;
  message: string | undefined;
}

async function ask(url: string, callSite: string | null = 'chat', provider?: string): Promise<Answer> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(callSite === null ? {} : { 'x-switchyard-call-site': callSite }),
      ...(provider === undefined ? {} : { 'x-switchyard-force-provider': provider }),
    },
    body: JSON.stringify({
      model: 'auto',
      max_tokens: 16,
      messages: [{ role: 'user', content: 'Hello [[tokens:3]]' }],
    }),
  });
  const body = (await response.json()) as { error?: { code?: string; message?: string } };
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    code: body.error?.code,
    message: body.error?.message,
  };
}

const askTogether = (url: string, count: number) => Promise.all(Array.from({ length: count }, () => ask(url)));
const inferences = (): number =>
  [...pair.kimi.log, ...pair.claude.log].filter(({ path }) => /\/(chat\/completions|messages)$/.test(path)).length;
const statuses = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

async function start(text: string, changes: { dataDirectory?: string } = {}): Promise<TestEngine> {
  engine = await startTestEngine(text, { environment: pair.environment, ...changes });
  return engine;
}

const limitOf = (quotas: readonly QuotaStatus[], name: string) => quotas.find((quota) => quota.name === name);

describe('200 parallel callers on a limit of 100', () => {
  it('of a call site get exactly 100, and the others a 429 that says why and when', async () => {
    const { gatewayUrl } = await start(registry('{ requests_per_day: 100 }', '    limits: { max_concurrent: 25 }'));
    const answers = await askTogether(gatewayUrl, 200);
    expect([statuses(answers, 200), statuses(answers, 429), inferences()]).toEqual([100, 100, 100]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toMatchObject({
      code: 'budget_exhausted',
      message: expect.stringMatching(/^Call site "chat": 100 of 100 requests today; opens again at 00:00 UTC\.$/),
    });
    expect(Number(refused?.retryAfter)).toBeGreaterThan(0);
    expect((await ask(gatewayUrl, null)).status).toBe(200);
  });

  it('of a provider get exactly 100', async () => {
    const { gatewayUrl } = await start(pair.registry({ kimi: '    limits: { requests_per_day: 100 }' }));
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(gatewayUrl, null, 'kimi')));
    expect(pair.kimi.log.filter(({ path }) => path.endsWith('/chat/completions'))).toHaveLength(100);
    expect(statuses(answers, 200) + statuses(answers, 429)).toBe(200);
  });

  it('get exactly 100 although the process is killed with 40 of them on their way', async () => {
    const text = registry('{ requests_per_day: 100 }', '    limits: { max_concurrent: 40, queue_timeout_ms: 60000 }');
    const first = await startChild(text);
    pair.kimi.faults.set([{ kind: 'silence' }]);
    const lost = Array.from({ length: 200 }, () => ask(first.url).catch(() => null));
    await eventually(() => inferences() === 40);
    await kill();
    expect(await Promise.all(lost)).toEqual(Array.from({ length: 200 }, () => null));
    pair.kimi.faults.clear();

    const second = await startChild(text);
    expect(limitOf(second.quotas, 'chat')).toMatchObject({ used: 40, limit_value: 100 });
    const answers = await askTogether(second.url, 200);
    expect([statuses(answers, 200), statuses(answers, 429), inferences()]).toEqual([60, 140, 100]);
  });
});

describe('more callers a second than a limit lets through', () => {
  it.each([
    ['a provider', '{}', 'requests_per_second: 5, queue_timeout_ms: 60000'],
    ['a call site', '{ requests_per_second: 5, queue_timeout_ms: 60000 }', 'queue_timeout_ms: 60000'],
  ])('wait their turn at %s, and all are served by the primary', async (_, site, kimi) => {
    const { gatewayUrl } = await start(registry(site, `    limits: { ${kimi} }`));
    const answers = await askTogether(gatewayUrl, 8);
    expect(statuses(answers, 200)).toBe(8);
    expect(pair.kimi.log.filter(({ path }) => path.endsWith('/chat/completions'))).toHaveLength(8);
  });

  it('get a 429 where nobody may wait', async () => {
    const { gatewayUrl } = await start(registry('{ requests_per_second: 1, queue_timeout_ms: 0 }'));
    const answers = await askTogether(gatewayUrl, 6);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ code: 'rate_limited', retryAfter: '1' });
  });
});

describe('more tokens a minute than a limit lets through', () => {
  const tokens = (count: number, use = '') =>
    pair.registry({ kimi: `    limits: { tokens_per_minute: ${count} }`, claude: use });

  it('get a 429 that says when there is room again, and the provider stays well', async () => {
    const { gatewayUrl, api } = await start(tokens(60));
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(gatewayUrl, null, 'kimi')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(statuses(answers, 200)).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    expect(refused[0]).toMatchObject({ code: 'rate_limited', message: expect.stringMatching(/of 60 tokens/) });
    expect(Number(refused[0]?.retryAfter)).toBeGreaterThan(30);
    expect(api.status().providers[0]?.health.status).toBe('healthy');
  });

  it('is told of a request that alone is more, and is not asked to come again', async () => {
    const { gatewayUrl } = await start(tokens(5, '    enabled: false'));
    expect(await ask(gatewayUrl, null)).toMatchObject({ status: 429, code: 'rate_limited', retryAfter: null });
  });

  it('do not open the way to a fallback that waits for the primary to be unwell', async () => {
    const use = '    usage_policy: { use_when: [kimi_unhealthy] }';
    const { gatewayUrl } = await start(tokens(5, use));
    expect(await ask(gatewayUrl, null)).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(inferences()).toBe(0);
  });

  it('leave in the record who was chosen and yet not asked, and why', async () => {
    const { gatewayUrl, api } = await start(tokens(5, '    enabled: false'));
    await ask(gatewayUrl, null);
    const { requests } = await api.listRequests({ limit: 1 });
    const stored = await api.getRequest(requests[0]?.id ?? '');
    expect(stored.attempt_list).toEqual([]);
    expect(stored.decision).toMatchObject({
      provider: 'kimi',
      passed_over: [{ provider: 'kimi', reason: expect.stringMatching(/the limit is 5 a minute/) }],
    });
  });
});

async function startChild(text: string): Promise<{ url: string; quotas: QuotaStatus[] }> {
  const started = spawn(process.execPath, [child, directory, text, pair.claude.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = started;
  for await (const line of createInterface({ input: started.stdout })) {
    const { url, quotas } = JSON.parse(line) as { url: string; quotas: unknown };
    return { url, quotas: quotasSchema.shape.quotas.parse(quotas) };
  }
  throw new Error('the engine ended before it served');
}

async function kill(): Promise<void> {
  const exited = running && once(running, 'exit');
  running?.kill('SIGKILL');
  await exited;
  running = null;
}

describe('the limit of a call site', () => {
  it('rules candidates out in the explanation of a decision', async () => {
    const { api } = await start(registry('{ requests_per_day: 0 }'));
    const { provider, candidates } = api.explainRoute({ model: 'auto', call_site: 'chat' });
    expect(provider).toBeNull();
    expect(candidates[0]).toMatchObject({ eligible: false, code: 'budget_exhausted' });
    expect(candidates[0]?.reason).toContain('call site "chat"');
  });

  it('on spending refuses what is too dear for the rest of it, as a budget and not as an outage', async () => {
    const { gatewayUrl } = await start(registry('{ usd_per_day: 0.000001 }'));
    expect(await ask(gatewayUrl, 'chat', 'claude')).toMatchObject({ status: 429, code: 'budget_exhausted' });
    expect((await ask(gatewayUrl, 'chat')).status).toBe(200);
  });
});

describe('an operator who raises a limit', () => {
  const target = { scope: 'call_site' as const, name: 'chat', limit: 'requests_per_day' as const };
  const note = { operator: 'ada', reason: 'launch day' };

  it('opens it for the next request, over a restart, with both changes in the audit', async () => {
    const text = registry('{ requests_per_day: 1 }');
    const first = await start(text, { dataDirectory: directory });
    expect((await ask(first.gatewayUrl)).status).toBe(200);
    expect((await ask(first.gatewayUrl)).status).toBe(429);
    const request = raiseRequestSchema.parse({ ...target, limit_value: 3, ttl_seconds: 600, ...note });
    expect(first.api.raiseLimit(request)).toMatchObject({ used: 1, limit_value: 3, raise: { from: 1, ...note } });
    expect((await ask(first.gatewayUrl)).status).toBe(200);
    await first.stop({ keepData: true });

    const second = await start(text, { dataDirectory: directory });
    expect(limitOf(second.api.quotas().quotas, 'chat')).toMatchObject({ used: 2, limit_value: 3 });
    expect((await ask(second.gatewayUrl)).status).toBe(200);
    expect(second.api.endRaise({ ...target, ...note })).toMatchObject({ limit_value: 3 });
    expect(second.api.endRaise({ ...target, ...note })).toBeNull();
    expect((await ask(second.gatewayUrl)).status).toBe(429);
    const { entries } = await second.api.audit({ limit: 10 });
    expect(entries.filter(({ action }) => action.startsWith('limit.'))).toMatchObject([
      {
        action: 'limit.end_raise',
        target: 'call site chat requests_per_day',
        before: { limit_value: 3, used: 3 },
        after: { limit_value: 1, raise: null },
      },
      { action: 'limit.raise', operator: 'ada', reason: 'launch day', before: { limit_value: 1, raise: null } },
    ]);
  });
});

it('a request that fails over is one request of its call site, up to the last of them', async () => {
  const { gatewayUrl, api } = await start(registry('{ requests_per_day: 3 }', '    breaker: { failures: 1000 }'));
  pair.kimi.faults.set([{ kind: 'reset_before_headers' }]);
  const answers = [];
  for (let request = 0; request < 4; request += 1) answers.push(await ask(gatewayUrl));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(limitOf(api.quotas().quotas, 'chat')).toMatchObject({ used: 3 });
});
