import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../electron/engine/clock.ts';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';
import { startSink, type Sink } from '../../support/notify-sink.ts';

const QUICK =
  '    health_check: { interval_seconds: 0.1, timeout_seconds: 1 }\n    breaker: { open_seconds: 0.2, ramp_seconds: 0.1 }';
const hookSchema = z.object({
  notices: z.array(
    z.object({
      event: z.string(),
      title: z.string(),
      lines: z.array(z.string()),
      link: z.string().nullable(),
      alert: z.object({ rule: z.string() }),
    }),
  ),
});

let pair: Pair;
let sink: Sink;
let engine: TestEngine;

function registry(): string {
  return `${pair.registry({ kimi: QUICK })}
alerts:
  evaluation_seconds: 0.05
  rules: { PrimaryModelDown: { for_seconds: 0.2 }, UsingFallbackModel: { enabled: false } }
notify:
  webhook: { url: ${sink.url}/hook, secret_env: WEBHOOK_SECRET }
`;
}

/** Moves the wall clock alone, as a step of the system's time does. */
let ahead = 0;
const clock = { ...systemClock, now: () => systemClock.now() + ahead };

async function start(dataDirectory?: string): Promise<void> {
  engine = await startTestEngine(registry(), {
    environment: { ...pair.environment, WEBHOOK_SECRET: 'secret-of-the-test' },
    consoleUrl: () => 'http://console.test',
    clock,
    ...(dataDirectory !== undefined && { dataDirectory }),
  });
}

beforeEach(async () => {
  ahead = 0;
  pair = await startPair();
  sink = await startSink();
  await start();
});
afterEach(async () => {
  await engine.stop();
  await sink.stop();
  await pair.stop();
});

const told = () =>
  sink.bodies().flatMap((body) => hookSchema.parse(body).notices.map(({ event, alert }) => `${event} ${alert.rule}`));
const firing = () =>
  eventually(() => engine.api.status().firing_alerts.find(({ name }) => name === 'PrimaryModelDown'));
const gone = () => eventually(() => engine.api.status().firing_alerts.length === 0);
const audited = async () => (await engine.api.audit({ limit: 50 })).entries.map(({ action }) => action);

describe('the alert of a dead primary', () => {
  it('fires, is told with what was done and what to check, and resolves when it is back', async () => {
    await pair.kimi.crash();
    const alert = await firing();
    expect(alert).toMatchObject({ severity: 'critical', acknowledged_by: null });
    await eventually(() => told().length > 0);
    const [message] = hookSchema.parse(sink.bodies()[0]).notices;
    expect(message).toMatchObject({
      title: 'FIRING critical: PrimaryModelDown',
      link: `http://console.test/alerts?alert=${alert.id}`,
    });
    const now = () => engine.api.alerts.list().alerts.find(({ id }) => id === alert.id)?.summary;
    await eventually(() => now() !== message?.lines[0]);
    await pair.kimi.restart();
    await gone();
    await eventually(() => told().length > 1);
    expect(told()).toEqual(['trigger PrimaryModelDown', 'resolve PrimaryModelDown']);
    expect(await engine.api.alerts.history({ limit: 10 })).toMatchObject([
      // In the words that were told, whatever was counted since.
      { id: alert.id, state: 'resolved', summary: message?.lines[0] },
    ]);
  });

  it('is acknowledged by somebody, once, in the audit', async () => {
    await pair.kimi.crash();
    const { id } = await firing();
    engine.api.alerts.acknowledge({ id, operator: 'ana', reason: 'looking' });
    engine.api.alerts.acknowledge({ id, operator: 'ben', reason: '' });
    expect(engine.api.status().firing_alerts[0]?.acknowledged_by).toBe('ana');
    await eventually(() => told().includes('acknowledge PrimaryModelDown'));
    expect((await audited()).filter((action) => action === 'alert.acknowledge')).toHaveLength(1);
    expect(() => engine.api.alerts.acknowledge({ id: 'nothing', operator: 'ana', reason: '' })).toThrow(
      'no firing alert',
    );
  });

  it('is not told while a silence holds, and is told when it is ended', async () => {
    const matchers = [{ label: 'alertname', value: 'Primary*' }];
    const silence = engine.api.alerts.createSilence({ matchers, ttl_seconds: 600, operator: 'ana', reason: 'upgrade' });
    await pair.kimi.crash();
    await firing();
    expect(engine.api.alerts.list()).toMatchObject({
      silences: [{ id: silence.id }],
      alerts: [{ silence_id: silence.id }],
    });
    expect(told()).toEqual([]);
    engine.api.alerts.endSilence({ id: silence.id, operator: 'ana', reason: 'done' });
    await eventually(() => told().includes('trigger PrimaryModelDown'));
    expect(await audited()).toEqual(expect.arrayContaining(['silence.create', 'silence.end']));
    expect(() => engine.api.alerts.endSilence({ id: silence.id })).toThrow('no silence');
  });

  it('goes on firing over a restart with its acknowledgement, and is not told twice', async () => {
    await pair.kimi.crash();
    const { id } = await firing();
    engine.api.alerts.acknowledge({ id, operator: 'ana', reason: 'looking' });
    await eventually(() => told().length === 2);
    // What has arrived and is not known to have is told again.
    await eventually(async () => (await engine.api.notify.deliveries(9)).every(({ status }) => status === 'delivered'));
    const { dataDirectory } = engine;
    await engine.stop({ keepData: true });
    await start(dataDirectory);
    const after = await firing();
    expect(after).toMatchObject({ id, acknowledged_by: 'ana' });
    // Long enough for its rule to have fired anew.
    await eventually(() => engine.api.alerts.list().at > after.since + 1_000);
    expect(told()).toEqual(['trigger PrimaryModelDown', 'acknowledge PrimaryModelDown']);
  });
});

describe('a silence whose time is over', () => {
  const SILENCE = {
    matchers: [{ label: 'alertname', value: '*' }],
    ttl_seconds: 600,
    operator: 'ana',
    reason: 'upgrade',
  };
  const expiries = async () =>
    (await engine.api.audit({ limit: 50 })).entries.filter(({ action }) => action === 'silence.expire');

  it('is in the audit once, by switchyard, and stays so when the clock is set back and over restarts', async () => {
    const { id, expires_at: expires } = engine.api.alerts.createSilence(SILENCE);
    ahead = 601_000;
    const [entry] = await eventually(async () => ((await expiries()).length > 0 ? await expiries() : null));
    expect(entry).toMatchObject({
      operator: 'switchyard',
      target: `silence ${id}`,
      before: { id, operator: 'ana', expires_at: expires, ended_at: null },
      after: null,
    });
    ahead = 0;
    expect(engine.api.alerts.list().silences).toEqual([]);
    const { dataDirectory } = engine;
    await engine.stop({ keepData: true });
    await start(dataDirectory);
    expect(engine.api.alerts.list().silences).toEqual([]);
    expect(await expiries()).toHaveLength(1);
  });

  it('is in the audit once where it ended while nothing ran', async () => {
    engine.api.alerts.createSilence(SILENCE);
    const { dataDirectory } = engine;
    for (const later of [601_000, 602_000]) {
      await engine.stop({ keepData: true });
      ahead = later;
      await start(dataDirectory);
      expect(await expiries()).toHaveLength(1);
    }
  });
});

it('a channel that takes nothing is an alert by itself as soon as its rule has held', async () => {
  await engine.stop();
  const quick = registry().replace('rules: {', 'rules: { NotificationsWaiting: { for_seconds: 0.2 },');
  engine = await startTestEngine(quick, { environment: { ...pair.environment, WEBHOOK_SECRET: 'x' } });
  sink.answerWith(500);
  engine.api.notify.test('webhook', 'ana');
  const alert = await eventually(() =>
    engine.api.status().firing_alerts.find(({ name }) => name === 'NotificationsWaiting'),
  );
  expect(alert.summary).toBe('1 notification waits for webhook.');
});

it('what probes cost is known over a restart', async () => {
  const probing = (method: string, most: number) =>
    registry()
      .replace('  claude:\n', `  claude:\n    health_check: { method: ${method}, interval_seconds: 0.05 }\n`)
      .replace('    priority: 2\n', '    priority: 2\n    pricing: { input: 50000, output: 50000 }\n')
      .replace('rules: {', `rules: { ProbesCostMoney: { threshold: ${most} },`);
  const { dataDirectory } = engine;
  const runWith = async (text: string) => {
    await engine.stop({ keepData: true });
    engine = await startTestEngine(text, { environment: { ...pair.environment, WEBHOOK_SECRET: 'x' }, dataDirectory });
  };
  await runWith(probing('test_request', 1_000_000));
  await eventually(async () => {
    const { totals } = await engine.api.costs({ group_by: 'provider' });
    return totals.cost_usd > 0.5;
  });
  // It asks for nothing that costs any more: whatever fires now rests on what is stored.
  await runWith(probing('model_list', 0.5));
  const alert = await eventually(() =>
    engine.api.status().firing_alerts.find(({ name }) => name === 'ProbesCostMoney'),
  );
  expect(alert.summary).toContain('claude');
});

it('breakers that opened and models without a price are known over a restart', async () => {
  await pair.stop();
  pair = await startPair({ claudeModel: 'claude-of-tomorrow' });
  const rules = 'BreakerFlapping: { threshold: 0 }, UnknownPrice: { for_seconds: 0 },';
  const text = registry()
    .replace('rules: {', `rules: { ${rules}`)
    .replace('    priority: 2\n', '    priority: 2\n    model: claude-of-tomorrow\n');
  const options = { environment: { ...pair.environment, WEBHOOK_SECRET: 'x' }, dataDirectory: engine.dataDirectory };
  await engine.stop({ keepData: true });
  engine = await startTestEngine(text, options);
  await pair.kimi.crash();
  const body = JSON.stringify({ model: 'auto', max_tokens: 8, messages: [{ role: 'user', content: 'Hello' }] });
  const ask = async () =>
    (
      await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
    ).headers.get('x-switchyard-pricing-unknown');
  await eventually(async () => (await ask()) === 'true');
  await eventually(() => engine.api.status().providers.some(({ breaker }) => breaker.state === 'open'));
  await pair.kimi.restart();
  await engine.stop({ keepData: true });
  // Nothing fails and nobody asks any more: whatever fires now rests on what is stored.
  engine = await startTestEngine(text, options);
  const fires = (rule: string) =>
    eventually(() => engine.api.status().firing_alerts.find(({ name }) => name === rule)?.summary);
  expect(await fires('BreakerFlapping')).toMatch(/^The breaker of kimi opened \d+ times in 15 minutes\.$/i);
  expect(await fires('UnknownPrice')).toMatch(/^\d+ calls? to claude in an hour had no known price/);
});

it('rules that the registry changes say so', () => {
  const { rules, channels } = engine.api.alerts.list();
  expect(rules.find(({ name }) => name === 'PrimaryModelDown')).toMatchObject({ for_seconds: 0.2, enabled: true });
  expect(rules.find(({ name }) => name === 'UsingFallbackModel')).toMatchObject({ enabled: false });
  expect(channels).toMatchObject([{ name: 'webhook', problem: null }]);
  expect(JSON.stringify(engine.api.alerts.list())).not.toContain('secret-of-the-test');
});
