import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Notifier, type StoredDelivery } from '../../../electron/engine/notify/notifier.ts';
import type { NotifyConfig } from '../../../electron/engine/registry/types.ts';
import type { Alert, AlertNotice, Delivery } from '../../../shared/domain/alerts.ts';
import { eventually } from '../../support/engine-fixture.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { startSink, type Sink } from '../../support/notify-sink.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
let sink: Sink;
let clock: ManualClock;
let stored: Map<number, { delivery: Delivery; notices: AlertNotice[] }>;
let notifier: Notifier;
let shown: string[];
/** How far the wall clock alone was set forward, in milliseconds. */
let ahead: number;

function config(changes: Partial<NotifyConfig> = {}): NotifyConfig {
  return {
    slack: { urlEnv: 'SLACK_WEBHOOK_URL', minimumSeverity: 'warning', written: false },
    pagerduty: {
      keyEnv: 'PAGERDUTY_ROUTING_KEY',
      url: `${sink.url}/v2/enqueue`,
      minimumSeverity: 'critical',
      written: false,
    },
    webhook: null,
    desktop: { enabled: false, minimumSeverity: 'warning', written: false },
    ...changes,
  };
}

function make(
  environment: Record<string, string>,
  changes: Partial<NotifyConfig> = {},
  restored: StoredDelivery[] = [],
) {
  notifier = new Notifier({
    clock: { ...clock, now: () => clock.now() + ahead },
    random: () => 1,
    fetch: (url, init) => fetch(url, init),
    storage: {
      addDelivery(delivery, notices) {
        const complete = { ...delivery, id: stored.size + 1 };
        stored.set(complete.id, { delivery: complete, notices: [...notices] });
        return complete;
      },
      saveDelivery(delivery) {
        const before = stored.get(delivery.id);
        if (before) stored.set(delivery.id, { ...before, delivery });
      },
    },
    restored,
    config: () => config(changes),
    environment,
    links: () => ({ console: 'http://console.test', source: 'gateway.test', simulated: false }),
    showNotification: (title) => shown.push(title),
  });
  notifier.start();
}

function notice(event: AlertNotice['event'], changes: Partial<Alert> = {}): AlertNotice {
  const rule = changes.rule ?? 'PrimaryModelDown';
  return {
    event,
    at: NOW,
    alert: {
      id: 'a1',
      rule,
      severity: 'critical',
      state: event === 'resolve' ? 'resolved' : 'firing',
      labels: { model_name: 'kimi' },
      fingerprint: `${rule}{model_name="kimi"}`,
      summary: 'kimi <is> down & out',
      response: 'Requests go to claude.',
      checks: ['its log'],
      runbook: 'primarymodeldown',
      pending_since: NOW - 300_000,
      firing_since: NOW,
      resolved_at: event === 'resolve' ? NOW + 60_000 : null,
      acknowledged: null,
      silence_id: null,
      ...changes,
    },
  };
}

beforeEach(async () => {
  sink = await startSink();
  clock = createManualClock(NOW);
  stored = new Map();
  shown = [];
  ahead = 0;
});
afterEach(async () => {
  notifier.stop();
  await sink.stop();
});

const delivery = (id: number) => stored.get(id)?.delivery;
const settled = (id: number) => eventually(() => delivery(id)?.status !== 'waiting');
const tried = (id: number, attempts: number) => eventually(() => delivery(id)?.attempts === attempts);

describe('a channel that works', () => {
  it('gets what fired together as one Slack message, escaped, linked into the console', async () => {
    make({ SLACK_WEBHOOK_URL: `${sink.url}/services/T0/B0/secret` });
    notifier.send([notice('trigger'), notice('trigger', { rule: 'AllModelsDown' })]);
    await settled(1);
    expect(sink.received).toHaveLength(1);
    const body = JSON.stringify(sink.bodies()[0]);
    expect(body).toContain('kimi &lt;is&gt; down &amp; out');
    expect(body).toContain('<http://console.test/alerts?alert=a1|FIRING critical: PrimaryModelDown>');
    expect(delivery(1)).toMatchObject({ status: 'delivered', summary: '2 alerts: PrimaryModelDown, AllModelsDown' });
  });

  it('gets one PagerDuty event per alert, with one key from trigger to resolve', async () => {
    make({ PAGERDUTY_ROUTING_KEY: 'key-of-the-test' });
    notifier.send([notice('trigger')]);
    notifier.send([notice('acknowledge'), notice('resolve')]);
    await settled(3);
    expect(sink.bodies()).toEqual([
      {
        routing_key: 'key-of-the-test',
        event_action: 'trigger',
        dedup_key: 'PrimaryModelDown{model_name="kimi"}',
        payload: {
          summary: 'PrimaryModelDown: kimi <is> down & out',
          source: 'gateway.test',
          severity: 'critical',
          timestamp: new Date(NOW).toISOString(),
          component: 'kimi',
          class: 'PrimaryModelDown',
          custom_details: expect.objectContaining({ labels: { model_name: 'kimi' } }),
        },
        client: 'Switchyard',
        client_url: 'http://console.test/alerts?alert=a1',
        links: [{ href: 'http://console.test/alerts?alert=a1', text: 'The alert in the console' }],
      },
      expect.objectContaining({ event_action: 'acknowledge', dedup_key: 'PrimaryModelDown{model_name="kimi"}' }),
      expect.objectContaining({ event_action: 'resolve', dedup_key: 'PrimaryModelDown{model_name="kimi"}' }),
    ]);
  });

  it('gets webhooks whose signature a receiver can check', async () => {
    const webhook = { url: `${sink.url}/hook`, secretEnv: 'SECRET', minimumSeverity: 'info' as const, written: true };
    make({ SECRET: 's3cret' }, { webhook });
    notifier.send([notice('trigger')]);
    await settled(1);
    const [message] = sink.received;
    const { headers = {}, body = '' } = message ?? {};
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const expected = createHmac('sha256', 's3cret').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it.each([
    ['trigger', 'kimi &lt;is&gt; down &amp; out'],
    ['acknowledge', 'ana is on it: looking.'],
    ['resolve', 'Over after 1 min. It said: kimi &lt;is&gt; down &amp; out'],
  ] as const)(
    'says what is new in the first line of a %s, which is all that a locked phone shows',
    async (event, line) => {
      make({ SLACK_WEBHOOK_URL: `${sink.url}/x` });
      notifier.send([notice(event, { acknowledged: { operator: 'ana', at: NOW, reason: 'looking' } })]);
      await settled(1);
      expect((sink.bodies()[0] as { text: string }).text).toMatch(new RegExp(`PrimaryModelDown: ${line}$`));
    },
  );

  it('lets no cause from outside call a channel together', async () => {
    make({ SLACK_WEBHOOK_URL: `${sink.url}/x` });
    notifier.send([notice('trigger', { summary: 'HTTP 500: <!channel> <http://evil.example|click>' })]);
    await settled(1);
    expect(JSON.stringify(sink.bodies()[0])).not.toMatch(/<!channel>|<http:\/\/evil/);
  });

  it('shows native notifications on the desktop', async () => {
    make({}, { desktop: { enabled: true, minimumSeverity: 'warning', written: true } });
    notifier.send([notice('trigger')]);
    await settled(1);
    expect(shown).toEqual(['FIRING critical: PrimaryModelDown']);
  });

  it('does not hear of what is less grave than it wants', () => {
    make({ PAGERDUTY_ROUTING_KEY: 'key' });
    notifier.send([notice('trigger', { severity: 'warning' })]);
    expect(stored.size).toBe(0);
  });

  it('takes a test, and says when there is no such channel', async () => {
    make({ SLACK_WEBHOOK_URL: `${sink.url}/x` });
    expect(notifier.test('slack', 'ana')).toMatchObject({ event: 'test', alert_id: null });
    await settled(1);
    expect(JSON.stringify(sink.bodies()[0])).toContain('ana tests this channel. Nothing is wrong.');
    expect(notifier.test('nowhere', 'ana')).toBeNull();
  });
});

describe('a channel that fails', () => {
  it.each([
    ['answers 500', 500 as const, /answered 500/],
    ['closes the connection', 'reset' as const, /could not be reached/],
  ])('and %s is tried again with growing pauses until it works', async (_, answer, error) => {
    make({ PAGERDUTY_ROUTING_KEY: 'key' });
    sink.answerWith(answer);
    notifier.send([notice('trigger')]);
    await tried(1, 1);
    expect(delivery(1)).toMatchObject({ status: 'waiting', next_attempt_at: NOW + 2_000 });
    expect(delivery(1)?.last_error).toMatch(error);
    clock.advance(2_000);
    await tried(1, 2);
    expect(delivery(1)?.next_attempt_at).toBe(clock.now() + 4_000);
    sink.answerWith(202);
    clock.advance(4_000);
    await settled(1);
    expect(delivery(1)).toMatchObject({ status: 'delivered', attempts: 3, last_error: '' });
  });

  it('keeps the order: no end of an alert overtakes its beginning', async () => {
    make({ PAGERDUTY_ROUTING_KEY: 'key' });
    sink.answerWith(503);
    notifier.send([notice('trigger')]);
    await tried(1, 1);
    notifier.send([notice('resolve')]);
    sink.answerWith(202);
    clock.advance(2_000);
    await settled(2);
    expect(sink.received.map(({ body }) => (JSON.parse(body) as { event_action: string }).event_action)).toEqual([
      'trigger',
      'trigger',
      'resolve',
    ]);
  });

  it('is left alone for as long as it asks for', async () => {
    make({ PAGERDUTY_ROUTING_KEY: 'key' });
    sink.answerWith({ status: 429, retryAfter: '30' });
    notifier.send([notice('trigger')]);
    await tried(1, 1);
    expect(delivery(1)?.next_attempt_at).toBe(NOW + 30_000);
  });

  it('is left alone until the date that it names', async () => {
    make({ PAGERDUTY_ROUTING_KEY: 'key' });
    sink.answerWith({ status: 503, retryAfter: new Date(NOW + 30_000).toUTCString() });
    notifier.send([notice('trigger')]);
    await tried(1, 1);
    expect(delivery(1)?.next_attempt_at).toBe(NOW + 30_000);
  });

  it.each([
    ['sleeps for a night', 8 * 3_600_000],
    ['has its clock set back by a day', -24 * 3_600_000],
  ])('is told all the same when the machine %s', async (_, change) => {
    make({ PAGERDUTY_ROUTING_KEY: 'key' });
    sink.answerWith(500);
    notifier.send([notice('trigger')]);
    await tried(1, 1);
    ahead = change;
    clock.advance(2_000);
    await tried(1, 2);
    sink.answerWith(202);
    clock.advance(4_000);
    await settled(1);
    expect(delivery(1)?.status).toBe('delivered');
  });

  it('for good is given up at once, and after hours in any case', async () => {
    make({ PAGERDUTY_ROUTING_KEY: 'key' });
    sink.answerWith(403);
    notifier.send([notice('trigger')]);
    await settled(1);
    expect(delivery(1)).toMatchObject({ status: 'given_up', attempts: 1 });
    sink.answerWith(500);
    notifier.send([notice('trigger')]);
    await tried(2, 1);
    for (let attempts = 2; delivery(2)?.status === 'waiting'; attempts += 1) {
      clock.advance(10 * 60_000);
      await eventually(() => (delivery(2)?.attempts ?? 0) >= attempts);
    }
    expect(delivery(2)).toMatchObject({ status: 'given_up' });
    expect((delivery(2)?.attempts ?? 0) * 10).toBeGreaterThan(300);
  });

  it('does not hold up another one', async () => {
    make(
      { PAGERDUTY_ROUTING_KEY: 'key', SLACK_WEBHOOK_URL: `${sink.url}/x` },
      {
        pagerduty: {
          keyEnv: 'PAGERDUTY_ROUTING_KEY',
          url: 'http://127.0.0.1:1',
          minimumSeverity: 'critical',
          written: false,
        },
      },
    );
    notifier.send([notice('trigger')]);
    await eventually(() =>
      [...stored.values()].some((one) => one.delivery.channel === 'slack' && one.delivery.status === 'delivered'),
    );
    expect([...notifier.waiting()]).toContainEqual(['pagerduty', 1]);
  });

  it('leaves nothing secret in what is stored or told', async () => {
    make({ SLACK_WEBHOOK_URL: `${sink.url}/services/T0/B0/topsecret`, PAGERDUTY_ROUTING_KEY: 'routing-secret' });
    sink.answerWith(500);
    notifier.send([notice('trigger')]);
    await tried(1, 1);
    await tried(2, 1);
    const told = JSON.stringify([[...stored.values()], notifier.channels()]);
    expect(told).not.toContain('topsecret');
    expect(told).not.toContain('routing-secret');
    expect(notifier.channels().map(({ target }) => target)).toEqual([new URL(sink.url).host, new URL(sink.url).host]);
  });
});

it('goes on with what a killed process had not delivered', async () => {
  make({ PAGERDUTY_ROUTING_KEY: 'key' });
  sink.answerWith('hang');
  notifier.send([notice('trigger')]);
  await eventually(() => sink.received.length === 1);
  notifier.stop();
  const left = [...stored.values()];
  sink.answerWith(202);
  make({ PAGERDUTY_ROUTING_KEY: 'key' }, {}, left);
  await settled(1);
  expect(sink.received).toHaveLength(2);
});

it('says what a channel lacks instead of leaving it out', () => {
  make({}, { slack: { urlEnv: 'MY_SLACK', minimumSeverity: 'info', written: true } });
  expect(notifier.channels()).toMatchObject([{ name: 'slack', problem: 'MY_SLACK is not set' }]);
});
