import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';
import { findMonitoringPrograms, MONITORING, startMonitoringStack } from '../../support/monitoring-stack.ts';
import type { MonitoringStack } from '../../support/monitoring-stack.ts';
import { startSink } from '../../support/notify-sink.ts';
import type { Sink } from '../../support/notify-sink.ts';

const PRIMARY = 'kimi_k2_self_hosted';
const FALLBACK = 'claude_opus_api';
/** What Alertmanager posts (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
interface Notification {
  alerts: { status: 'firing' | 'resolved'; labels: Record<string, string>; annotations: Record<string, string> }[];
}
interface Dashboard {
  panels: { title: string; targets?: { expr: string }[] }[];
  annotations: { list: { name: string; expr: string }[] };
  templating: { list: { query: string | { query: string } }[] };
}

const programs = findMonitoringPrograms();
let pair: Pair;
let engine: TestEngine;
let sink: Sink;
/** Where the engine posts its own notifications. */
let ownSink: Sink;
let stack: MonitoringStack;
const engineAlerts: string[] = [];

/** The pair under the names that the rules are written for; everything about health goes at a brisk pace. */
function registry(): string {
  return pair
    .registry({
      kimi: '    health_check: { interval_seconds: 0.2, timeout_seconds: 1 }\n    breaker: { open_seconds: 0.2, ramp_seconds: 0.1 }',
      claude:
        '    limits: { requests_per_day: 1000, usd_per_day: 50 }\n    health_check: { interval_seconds: 0.2, timeout_seconds: 1 }',
    })
    .replaceAll(/\bkimi\b/g, PRIMARY)
    .replaceAll(/\bclaude\b/g, FALLBACK)
    .concat(
      'policy:\n  call_sites:\n    reports: { env: REPORTS_MODEL, model: auto, limits: { requests_per_day: 100 } }\n',
      'alerts:\n  evaluation_seconds: 0.25\n  rules: { PrimaryModelDown: { for_seconds: 1 }, UsingFallbackModel: { for_seconds: 1 } }\n',
      `notify:\n  webhook: { url: ${ownSink.url}/engine }\n`,
    );
}

async function ask(): Promise<string | null> {
  const answer = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.text();
  return answer.headers.get('x-switchyard-provider');
}

/** A question of the dashboard as Grafana would send it. */
function filledIn(expression: string): string {
  return expression.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h').replaceAll('$model', '.*');
}

const told = () =>
  (sink.bodies() as Notification[]).flatMap(({ alerts }) =>
    alerts.map(({ status, labels }) => `${status} ${labels['alertname']} ${labels['model_name'] ?? ''}`.trim()),
  );
const value = async (expression: string) => Number((await stack.query(expression))[0]?.value[1] ?? Number.NaN);

describe.runIf(programs)('a live Prometheus and Alertmanager', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    if (!programs) return;
    pair = await startPair();
    sink = await startSink();
    ownSink = await startSink();
    engine = await startTestEngine(registry(), { environment: pair.environment });
    engine.api.events.on('alert_changed', ({ state, rule }) => engineAlerts.push(`${state} ${rule}`));
    stack = await startMonitoringStack({ programs, target: new URL(engine.gatewayUrl).host, webhook: sink.url });
    await eventually(
      async () => (await value(`count(llm_model_health{model_name=~"${PRIMARY}|${FALLBACK}"} == 1)`)) === 2,
    );
  }, 60_000);
  afterAll(async () => {
    await stack?.stop();
    await engine?.stop();
    await sink?.stop();
    await ownSink?.stop();
    await pair?.stop();
  });

  it('tells of the dead primary and of the fallback that serves, and so does the engine itself', async () => {
    expect(await ask()).toBe(PRIMARY);
    await eventually(async () => (await value(`llm_requests_total{model_name="${PRIMARY}",status="success"}`)) === 1);
    expect(told()).toEqual([]);
    await pair.kimi.crash();
    await eventually(async () => (await ask()) === FALLBACK);
    await eventually(() => told().includes(`firing PrimaryModelDown ${PRIMARY}`));
    await eventually(() => told().includes(`firing UsingFallbackModel ${FALLBACK}`));
    const alert = (sink.bodies() as Notification[])
      .flatMap(({ alerts }) => alerts)
      .find(({ labels }) => labels['alertname'] === 'PrimaryModelDown');
    expect(alert).toMatchObject({
      labels: { severity: 'critical', job: 'switchyard' },
      annotations: { summary: 'Primary LLM (Kimi K2) is unhealthy' },
    });
    // Critical alerts go where somebody is woken, the others to the channel.
    expect(sink.received.map(({ path }) => path)).toEqual(expect.arrayContaining(['/on_call', '/slack']));
    await eventually(() => engineAlerts.includes('firing PrimaryModelDown'));
    await eventually(() => engineAlerts.includes('firing UsingFallbackModel'));
    expect(engineAlerts.filter((line) => line.startsWith('resolved'))).toEqual([]);
  });

  it('tells that both are over once the primary is back', async () => {
    await pair.kimi.restart();
    await eventually(async () => (await ask()) === PRIMARY);
    await eventually(() => told().includes(`resolved PrimaryModelDown ${PRIMARY}`));
    await eventually(() => engineAlerts.includes('resolved PrimaryModelDown'));
    expect(told()).not.toContain(`resolved UsingFallbackModel ${FALLBACK}`);
    // The rule looks five minutes back. Taking the samples of the outage out of the past leaves what is there when they have gone by.
    await stack.forget(`llm_requests_total{model_name="${FALLBACK}"}`);
    await eventually(() => told().includes(`resolved UsingFallbackModel ${FALLBACK}`));
  });

  it('answers every question of the dashboard with a series', async () => {
    // Something to show in the panels of what is done by hand; the fallback has to have been used since the last test.
    const note = { operator: 'ada', reason: 'a test' };
    await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-switchyard-force-provider': FALLBACK },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    engine.api.setOverride({ provider: PRIMARY, scope: 'all', ttl_seconds: 600, ...note });
    engine.api.isolate(FALLBACK, note);
    const { panels, annotations, templating } = JSON.parse(
      readFileSync(join(MONITORING, 'grafana-dashboard.json'), 'utf8'),
    ) as Dashboard;
    const questions = [
      ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr }))),
      ...annotations.list.map(({ name, expr }) => ({ title: name, expr })),
      ...templating.list.flatMap(({ query }) => {
        const [, name] = /^label_values\((\w+), \w+\)$/.exec(typeof query === 'string' ? query : query.query) ?? [];
        return name === undefined ? [] : [{ title: 'variable', expr: name }];
      }),
    ];
    expect(questions.length).toBeGreaterThan(30);
    // Throws for what Prometheus refuses.
    expect((await Promise.all(questions.map(({ expr }) => stack.query(filledIn(expr))))).length).toBe(questions.length);
    const pending = new Set(questions);
    // A rate needs a second sample to show.
    await eventually(async () => {
      for (const question of pending) {
        if ((await stack.query(filledIn(question.expr))).length > 0) pending.delete(question);
      }
      return pending.size === 0;
    });
  });

  it('holds no rule that cannot be evaluated', async () => {
    expect(await value('sum(prometheus_rule_evaluation_failures_total)')).toBe(0);
    expect(await value('sum(prometheus_rule_evaluations_total)')).toBeGreaterThan(0);
    expect(await value('scrape_samples_scraped{job="switchyard"}')).toBeGreaterThan(50);
  });
});
