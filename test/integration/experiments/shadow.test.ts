import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createControlPlane } from '../../../electron/control/control-plane.ts';
import { startConsoleServer } from '../../../electron/control/http-server.ts';
import { systemClock } from '../../../electron/engine/clock.ts';
import type { Experiments } from '../../../shared/domain/experiments.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const OPERATOR = { operator: 'ada', reason: 'enough for today' };
const NO_RETRY = '    retry: { max_retries: 0 }\n';
const QUICK =
  '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }\n    breaker: { failures: 2, open_seconds: 60 }';

let pair: Pair;
let engine: TestEngine;

interface Start {
  /** Of `experiments.shadow`, beside `enabled` and `provider`; null for no experiment. */
  shadow?: string | null;
  kimi?: string;
  claude?: string;
  random?: () => number;
}

async function start({ shadow = 'share: 1', kimi = '', claude = NO_RETRY, random }: Start = {}): Promise<void> {
  pair = await startPair();
  await startAgain({ shadow, kimi, claude, random });
}

async function startAgain(
  { shadow, kimi = '', claude = NO_RETRY, random }: Start,
  dataDirectory?: string,
): Promise<void> {
  const experiment =
    shadow === null ? '' : `experiments: { shadow: { enabled: true, provider: claude, ${shadow ?? ''} } }\n`;
  engine = await startTestEngine(`${pair.registry({ kimi, claude })}${experiment}`, {
    environment: pair.environment,
    ...(random && { random }),
    ...(dataDirectory && { dataDirectory }),
  });
}

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

interface Answer {
  status: number;
  provider: string | null;
  text: string;
  tookMs: number;
}

async function ask(body: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const begun = performance.now();
  const response = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello [[tokens:5]]' }], ...body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    provider: response.headers.get('x-switchyard-provider'),
    text,
    tookMs: performance.now() - begun,
  };
}

/** An answer without what differs between any two requests. */
function bare(text: string): string {
  return text.replaceAll(/"id": ?"[^"]*"/g, '"id"').replaceAll(/"created": ?\d+/g, '"created"');
}

const experiments = (): Promise<Experiments> => engine.api.experiments.get();
const counters = async () => (await experiments()).counters;
/** Waits until every sampled request has come to something. */
const settled = (sampled: number): Promise<Experiments['counters']> =>
  eventually(async () => {
    const now = await counters();
    const dropped = now.dropped.reduce((sum, { requests }) => sum + requests, 0);
    return now.sampled === sampled && now.succeeded + now.failed + now.cancelled + dropped === sampled ? now : null;
  });
const pairs = async () => (await engine.api.experiments.pairs({ limit: 200 })).pairs;
const droppedOf = (now: Experiments['counters']) =>
  Object.fromEntries(now.dropped.map(({ reason, requests }) => [reason, requests]));
const sentToClaude = () => pair.claude.log.filter(({ path }) => path.endsWith('/messages')).length;

describe('a shadow', () => {
  it.each([{ stream: false }, { stream: true }])('answers a second time what was answered: %j', async (body) => {
    await start();
    expect(await ask(body, { 'x-switchyard-call-site': 'chat' })).toMatchObject({ status: 200, provider: 'kimi' });
    expect(await settled(1)).toMatchObject({ sent: 1, succeeded: 1, dropped: [] });
    const [first] = await pairs();
    expect(first).toMatchObject({
      call_site: 'chat',
      streamed: body.stream,
      original: { provider: 'kimi', finish_reason: 'stop' },
      shadow: { provider: 'claude', outcome: 'success', finish_reason: 'stop' },
    });
    expect(first?.similarity).toBeGreaterThanOrEqual(0);
    expect(first?.original.duration_ms).toBeGreaterThan(0);
    const original = await engine.api.getRequest(first?.original.request_id ?? '');
    expect(original).toMatchObject({ origin: 'client', provider: 'kimi', call_site: 'chat' });
    const copy = await engine.api.getRequest(first?.shadow.request_id ?? '');
    expect(copy).toMatchObject({ origin: 'shadow', provider: 'claude', call_site: 'shadow', status: 'success' });
    expect(copy.cost_usd).toBe(first?.shadow.cost_usd);
    expect(copy.cost_usd).toBeGreaterThan(0);
    expect(await engine.api.experiments.pair(first?.id ?? 0)).toEqual(first);
    for (const request of [original.id, copy.id]) {
      expect((await engine.api.experiments.pairs({ limit: 1, request })).pairs).toEqual([first]);
    }
    expect((await engine.api.experiments.pairs({ limit: 1, request: 'another' })).pairs).toEqual([]);
  });

  it('carries the caller’s tools and compares the calls, without running any', async () => {
    await start();
    const tools = [
      {
        type: 'function',
        function: { name: 'find', parameters: { type: 'object', properties: { q: { type: 'string' } } } },
      },
    ];
    await ask({ tools, tool_choice: 'required' });
    await settled(1);
    const [first] = await pairs();
    expect(first?.original.finish_reason).toBe('tool_calls');
    expect(first?.shadow.finish_reason).toBe('tool_calls');
    expect(first?.tool_calls).toMatch(/^same/);
  });

  it('says whether both answered JSON where JSON was asked for', async () => {
    await start();
    await ask({ response_format: { type: 'json_object' } });
    await settled(1);
    expect((await pairs())[0]?.json).toMatchObject({ original: true });
  });

  it.each([
    ['answers 500', async () => pair.claude.faults.set([{ kind: 'status', status: 500 }])],
    ['says nothing', async () => pair.claude.faults.set([{ kind: 'silence' }])],
    ['is dead', () => pair.claude.crash()],
    ['breaks off', async () => pair.claude.faults.set([{ kind: 'cut', after_tokens: 2 }])],
  ])('that %s changes nothing for callers, nor for the provider’s standing', async (_how, spoil) => {
    await start({ shadow: null });
    const alone = [await ask(), await ask({ stream: true, stream_options: { include_usage: true } })];
    await engine.stop();
    await startAgain({ shadow: 'share: 1, max_concurrent: 10' });
    const before = engine.api.status().providers.find(({ name }) => name === 'claude')?.health.status;
    await spoil();
    const shadowed = [await ask(), await ask({ stream: true, stream_options: { include_usage: true } })];
    expect(shadowed.map(({ text }) => bare(text))).toEqual(alone.map(({ text }) => bare(text)));
    expect(shadowed.map(({ provider }) => provider)).toEqual(['kimi', 'kimi']);
    await eventually(async () => (await counters()).sampled === 2);
    for (let more = 0; more < 8; more += 1) expect((await ask()).status).toBe(200);
    const claude = engine.api.status().providers.find(({ name }) => name === 'claude');
    expect(claude).toMatchObject({ health: { status: before }, breaker: { state: 'closed' } });
    expect(engine.api.status()).toMatchObject({ verdict: 'primary', firing_alerts: [] });
  });

  it('leaves the figures of callers as they are, and its money is in the sum and apart', async () => {
    await start();
    pair.claude.faults.set([{ kind: 'status', status: 500, times: 1 }]);
    for (let request = 0; request < 4; request += 1) await ask();
    expect(await settled(4)).toMatchObject({ succeeded: 3, failed: 1 });
    const gauges = Object.fromEntries(engine.api.status().providers.map(({ name, gauges: of }) => [name, of]));
    expect(gauges['kimi']).toMatchObject({ share: 1, error_rate: 0 });
    expect(gauges['claude']).toMatchObject({ share: 0, error_rate: null, latency_ms: null, cost_usd_per_hour: 0 });
    const reliability = await engine.api.reliability({ since: '1h' });
    expect(reliability.providers).toMatchObject([{ provider: 'kimi', requests: 4, failed_attempts: 0 }]);
    const series = await engine.api.series({ since: '1h', buckets: 10 });
    const claude = series.providers.find(({ provider }) => provider === 'claude')?.points ?? [];
    expect(claude.reduce((sum, point) => sum + point.requests + point.errors, 0)).toBe(0);
    expect(claude.every(({ latency_ms: latency }) => latency === null)).toBe(true);
    const spent = (await pairs()).reduce((sum, { shadow }) => sum + Math.round(shadow.cost_usd * 1e6), 0);
    const costs = await engine.api.costs({ group_by: 'call_site', since: '1h' });
    const own = costs.rows.find(({ key }) => key === 'shadow');
    expect(Math.round((own?.cost_usd ?? 0) * 1e6)).toBe(spent);
    expect(Math.round(costs.totals.cost_usd * 1e6)).toBe(spent);
    const { summary } = await experiments();
    expect(summary).toMatchObject({ pairs: 4, compared: 3, success_rate: 0.75, mean_cost_difference_usd: null });
  });

  it('keeps to its budget exactly, however many come at once', async () => {
    await start({ shadow: 'share: 1, requests_per_day: 5, max_concurrent: 8' });
    await Promise.all(Array.from({ length: 20 }, () => ask()));
    const now = await settled(20);
    expect(now).toMatchObject({ sent: 5, succeeded: 5 });
    expect(droppedOf(now)).toEqual({ experiment_budget: 15 });
    expect(sentToClaude()).toBe(5);
    const { quotas, held_back: heldBack } = await experiments();
    expect(quotas.find(({ limit }) => limit === 'requests_per_day')).toMatchObject({ used: 5, exhausted: true });
    expect(quotas.find(({ limit }) => limit === 'usd_per_day')?.used).toBeCloseTo(
      (await pairs()).reduce((sum, { shadow }) => sum + shadow.cost_usd, 0),
    );
    expect(heldBack).toContain('5 of 5 requests today');
    expect(engine.api.status().firing_alerts).toEqual([]);
  });

  it('never spends more than its money, and gives back what it reserved too much', async () => {
    await start({ shadow: 'share: 1, usd_per_day: 0.04, max_concurrent: 8' });
    await Promise.all(Array.from({ length: 12 }, () => ask({ max_tokens: 500 })));
    await settled(12);
    const spent = (await pairs()).reduce((sum, { shadow }) => sum + shadow.cost_usd, 0);
    const [budget] = (await experiments()).quotas;
    expect(budget?.used).toBeCloseTo(spent, 6);
    expect(spent).toBeLessThanOrEqual(0.04);
    expect(spent).toBeGreaterThan(0);
  });

  it('leaves a fifth of the provider’s own limits to callers', async () => {
    await start({ claude: `${NO_RETRY}    limits: { requests_per_day: 10 }\n` });
    for (let request = 0; request < 10; request += 1) await ask();
    const now = await settled(10);
    expect(droppedOf(now)).toEqual({ provider_limit: 2 });
    expect(now.sent).toBe(8);
    pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
    expect((await ask()).provider).toBe('claude');
  });

  it('is left alone while it stands in for the primary, and makes room at once', async () => {
    await start({ kimi: QUICK });
    pair.claude.faults.set([{ kind: 'silence', times: 1 }]);
    await ask();
    await eventually(async () => (await counters()).running === 1);
    pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
    expect((await ask()).provider).toBe('claude');
    expect(await settled(2)).toMatchObject({ cancelled: 1, sent: 1 });
    const { held_back: heldBack, state } = await experiments();
    expect(state).toBe('running');
    expect(heldBack).toContain('claude stands in for another provider');
    pair.kimi.faults.clear();
    engine.api.resetBreaker('kimi', OPERATOR);
    expect((await ask()).provider).toBe('kimi');
    expect(droppedOf(await settled(3))).toEqual({ answered_by_shadow: 1, carries_fallback: 1 });
  });

  it('is left alone for a while when it turns a copy away, and its own standing stays', async () => {
    await start();
    pair.claude.faults.set([{ kind: 'rate_limited', retry_after_seconds: 5, times: 1 }]);
    await ask();
    await settled(1);
    await ask();
    const now = await settled(2);
    expect(now).toMatchObject({ sent: 1, failed: 1 });
    expect(droppedOf(now)).toEqual({ unavailable: 1 });
    expect((await experiments()).held_back).toContain('claude turned a copy away');
    const claude = engine.api.status().providers.find(({ name }) => name === 'claude');
    expect(claude?.breaker).toMatchObject({ state: 'closed', cooling_until: null });
  });

  it('is not sent what it answered itself, what is too large, nor anything while it is taken out', async () => {
    await start();
    await ask({}, { 'x-switchyard-force-provider': 'claude' });
    await ask({ messages: [{ role: 'user', content: `[[tokens:3]] ${'word '.repeat(60_000)}` }] });
    engine.api.isolate('claude', OPERATOR);
    await ask();
    expect(droppedOf(await settled(3))).toEqual({ answered_by_shadow: 1, too_large: 1, unavailable: 1 });
    expect((await experiments()).held_back).toContain('claude is taken out by ada: enough for today');
  });

  it('drops what comes while as many wait as may', async () => {
    await start({ shadow: 'share: 1, max_concurrent: 1' });
    pair.claude.faults.set([{ kind: 'silence' }]);
    for (let request = 0; request < 36; request += 1) expect((await ask()).status).toBe(200);
    const now = await eventually(async () => {
      const at = await counters();
      return at.sampled === 36 && at.running === 1 ? at : null;
    });
    expect(now.waiting).toBe(32);
    expect(droppedOf(now)).toEqual({ queue_full: 3 });
  });

  it('takes its share by chance, of the call sites that it names', async () => {
    let draw = 0;
    await start({ shadow: 'share: 0.1, call_sites: [chat]', random: () => (draw = (draw + 0.05) % 1) });
    for (let request = 0; request < 5; request += 1) await ask();
    expect((await counters()).sampled).toBe(0);
    for (let request = 0; request < 40; request += 1) await ask({}, { 'x-switchyard-call-site': 'chat' });
    const { sampled } = await counters();
    expect(sampled).toBeGreaterThan(0);
    expect(sampled).toBeLessThan(20);
  });

  it('rests when it is paused, over a restart too, and both stand in the audit', async () => {
    await start();
    await ask();
    await settled(1);
    const { since } = await experiments();
    expect(await engine.api.experiments.pause(OPERATOR)).toMatchObject({ state: 'paused', paused: OPERATOR });
    await expect(engine.api.experiments.pause(OPERATOR)).rejects.toThrow('paused already');
    await engine.stop({ keepData: true });
    await startAgain({ shadow: 'share: 1' }, engine.dataDirectory);
    expect(await experiments()).toMatchObject({ state: 'paused', since, summary: { pairs: 1 } });
    await ask();
    expect(await counters()).toMatchObject({ sampled: 0 });
    expect(await engine.api.experiments.resume(OPERATOR)).toMatchObject({ state: 'running', paused: null });
    await expect(engine.api.experiments.resume(OPERATOR)).rejects.toThrow('not paused');
    await ask();
    await settled(1);
    const { entries } = await engine.api.audit({ limit: 10 });
    expect(entries.map(({ action }) => action)).toEqual(['shadow.resume', 'shadow.pause']);
  });

  it('ends at its time, and is off where nobody has switched it on', async () => {
    await start({ shadow: 'share: 1, until: 2020-01-01T00:00:00Z' });
    await ask();
    expect(await experiments()).toMatchObject({ state: 'ended', counters: { sampled: 0 } });
    await expect(engine.api.experiments.pause(OPERATOR)).rejects.toThrow('There is nothing to pause');
    await engine.stop();
    await startAgain({ shadow: null });
    expect(await experiments()).toMatchObject({ state: 'off', config: null, since: null });
  });

  it('is written down when the engine stops in the midst of it', async () => {
    await start();
    pair.claude.faults.set([{ kind: 'silence' }]);
    await ask();
    await eventually(async () => (await counters()).running === 1);
    await engine.stop({ keepData: true });
    await startAgain({ shadow: null }, engine.dataDirectory);
    expect(await pairs()).toMatchObject([{ shadow: { outcome: 'cancelled' } }]);
  });

  it('is paged, and refuses a cursor of somebody else', async () => {
    await start();
    for (let request = 0; request < 3; request += 1) await ask();
    await settled(3);
    const first = await engine.api.experiments.pairs({ limit: 2 });
    const second = await engine.api.experiments.pairs({ limit: 2, cursor: first.next_cursor ?? '' });
    expect([...first.pairs, ...second.pairs].map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(second.next_cursor).toBeNull();
    await expect(engine.api.experiments.pairs({ limit: 2, cursor: 'x' })).rejects.toThrow('cursor');
    await expect(engine.api.experiments.pair(99)).rejects.toThrow('There is no pair 99');
  });

  it('is counted for Prometheus, every outcome from 0 on', async () => {
    await start();
    await ask();
    await settled(1);
    const text = await (await fetch(`${engine.gatewayUrl}/metrics`)).text();
    expect(text).toContain('switchyard_shadow_requests_total{outcome="succeeded"} 1');
    expect(text).toContain('switchyard_shadow_requests_total{outcome="queue_full"} 0');
    expect(text).not.toMatch(/llm_requests_total\{model_name="claude",status="success"\} [1-9]/);
  });

  it('is asked for and paused over REST, and tells what it refuses', async () => {
    await start();
    await ask();
    await settled(1);
    const rendererDirectory = await mkdtemp(join(tmpdir(), 'switchyard-experiments-'));
    const report = () => undefined;
    const plane = createControlPlane({ engine: engine.api, clock: systemClock, report });
    const version = '0.0.0-test';
    const at = { host: '127.0.0.1', port: 0, token: 'token-of-the-console', version };
    const server = await startConsoleServer({ ...at, plane, rendererDirectory, clock: systemClock, report });
    const call = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${server.url}/api/experiments${path}`, {
        method,
        headers: { authorization: `Bearer ${at.token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as unknown };
    };
    expect(await call('GET', '')).toMatchObject({ status: 200, body: { state: 'running', summary: { pairs: 1 } } });
    expect(await call('GET', '/pairs?limit=5')).toMatchObject({ status: 200, body: { pairs: [{ id: 1 }] } });
    expect(await call('GET', '/pairs/1')).toMatchObject({ status: 200, body: { shadow: { provider: 'claude' } } });
    expect(await call('GET', '/pairs/7')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await call('GET', '/pairs?cursor=x')).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(await call('POST', '/pause', { operator: 'ada' })).toMatchObject({ status: 400 });
    expect(await call('POST', '/resume', OPERATOR)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(await call('POST', '/pause', OPERATOR)).toMatchObject({ status: 200, body: { state: 'paused' } });
    plane.close();
    await server.stop();
    await rm(rendererDirectory, { recursive: true, force: true });
  });
});
