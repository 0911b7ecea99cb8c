import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AlertsView } from '../../../renderer/features/alerts/AlertsView.tsx';
import { labelWords, matchersOf, readMatchers, stateWord } from '../../../renderer/features/alerts/alert-words.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { useNotice } from '../../../renderer/state/notices.ts';
import { usePreferences } from '../../../renderer/state/preferences.ts';
import type { Alert, Alerts, Delivery } from '../../../shared/domain/alerts.ts';
import type { FakeCalls } from '../../support/console-client.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.now();

function anAlert(changes: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    rule: 'PrimaryModelDown',
    severity: 'critical',
    state: 'firing',
    labels: { model_name: 'kimi_k2' },
    fingerprint: 'PrimaryModelDown{model_name="kimi_k2"}',
    summary: 'The primary Kimi K2 is unhealthy: connection refused.',
    response: 'Requests go to claude_opus.',
    checks: ['Its GPUs: nvidia-smi'],
    runbook: 'primarymodeldown',
    pending_since: NOW - 400_000,
    firing_since: NOW - 100_000,
    resolved_at: null,
    acknowledged: null,
    silence_id: null,
    ...changes,
  };
}

const SILENCE = {
  id: 4,
  matchers: [{ label: 'model_name', value: 'kimi*' }],
  reason: 'upgrade',
  operator: 'ana',
  created_at: NOW,
  expires_at: NOW + 3_600_000,
  ended_at: null,
};

const DELIVERY: Delivery = {
  id: 1,
  created_at: NOW - 5000,
  channel: 'slack',
  event: 'trigger',
  alert_id: 'a1',
  rule: 'PrimaryModelDown',
  summary: 'down',
  status: 'waiting',
  attempts: 3,
  next_attempt_at: NOW + 20_000,
  delivered_at: null,
  last_error: 'hooks.slack.com answered 500.',
};

function answer(changes: Partial<Alerts> = {}): Alerts {
  return {
    at: NOW,
    alerts: [anAlert()],
    silences: [SILENCE],
    rules: [
      {
        name: 'PrimaryModelDown',
        severity: 'critical',
        condition: 'The primary is unhealthy.',
        for_seconds: 300,
        enabled: true,
        runbook: 'primarymodeldown',
      },
      { name: 'UnknownPrice', severity: 'warning', condition: 'c', for_seconds: 0, enabled: false, runbook: '' },
    ],
    channels: [
      { name: 'slack', kind: 'slack', target: 'hooks.slack.com', minimum_severity: 'warning', problem: null },
      { name: 'webhook', kind: 'webhook', target: '', minimum_severity: 'info', problem: 'SECRET is not set' },
    ],
    ...changes,
  };
}

const calls = (changes: FakeCalls = {}): FakeCalls => ({
  'alerts.list': async () => answer(),
  'alerts.history': async () => ({
    alerts: [anAlert({ id: 'old', state: 'resolved', resolved_at: NOW - 10_000, firing_since: NOW - 70_000 })],
  }),
  'notify.deliveries': async () => ({ deliveries: [DELIVERY] }),
  ...changes,
});

beforeEach(() => {
  resetConsole();
  loadFixture(consoleFixture('fallback', NOW));
});

const at = (search: string) => window.history.replaceState(null, '', `/alerts${search}`);

describe('what fires', () => {
  it('says what happened, what was done, what to check, and marks the one that was linked to', async () => {
    at('?alert=a1');
    renderInConsole(<AlertsView />, calls());
    expect(await screen.findByText('1 firing')).toBeTruthy();
    const [card] = screen.getAllByRole('listitem');
    expect(card?.getAttribute('aria-current')).toBe('true');
    expect(within(card as HTMLElement).getByText('Requests go to claude_opus.')).toBeTruthy();
    expect(within(card as HTMLElement).getByText('Its GPUs: nvidia-smi')).toBeTruthy();
    expect(within(card as HTMLElement).getByText('model_name = kimi_k2')).toBeTruthy();
  });

  it('is acknowledged with who and why', async () => {
    const acknowledge = vi.fn(async () => anAlert());
    renderInConsole(<AlertsView />, calls({ 'alerts.acknowledge': acknowledge }));
    fireEvent.click(await screen.findByRole('button', { name: 'Acknowledge' }));
    const dialog = screen.getByRole('dialog', { name: 'Acknowledge PrimaryModelDown' });
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'restarting it' } });
    fireEvent.change(within(dialog).getByLabelText('Operator'), { target: { value: 'ana' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Acknowledge' }));
    await waitFor(() =>
      expect(acknowledge).toHaveBeenCalledWith({ id: 'a1', operator: 'ana', reason: 'restarting it' }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('says who is on it and what keeps it quiet, and offers neither twice', async () => {
    const alert = anAlert({ acknowledged: { operator: 'ben', at: NOW, reason: 'looking' }, silence_id: 4 });
    renderInConsole(<AlertsView />, calls({ 'alerts.list': async () => answer({ alerts: [alert] }) }));
    expect(await screen.findByText('ben is on it: looking')).toBeTruthy();
    expect(screen.getByText('kept quiet by silence 4')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Acknowledge' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Silence' })).toBeNull();
  });

  it('is silenced with its own labels filled in', async () => {
    const create = vi.fn(async () => SILENCE);
    renderInConsole(<AlertsView />, calls({ 'silences.create': create }));
    fireEvent.click(await screen.findByRole('button', { name: 'Silence' }));
    const dialog = screen.getByRole('dialog', { name: 'Silence alerts' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Silence for 2h' }));
    expect(within(dialog).getByText(/Say why/)).toBeTruthy();
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'upgrade' } });
    fireEvent.change(within(dialog).getByLabelText('Operator'), { target: { value: 'ana' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Silence for 2h' }));
    await waitFor(() =>
      expect(create).toHaveBeenCalledWith({
        matchers: [
          { label: 'alertname', value: 'PrimaryModelDown' },
          { label: 'model_name', value: 'kimi_k2' },
        ],
        ttl_seconds: 7200,
        reason: 'upgrade',
        operator: 'ana',
      }),
    );
  });

  it('previews which alerts a silence would keep quiet while it is written', async () => {
    renderInConsole(<AlertsView />, calls());
    fireEvent.click(await screen.findByRole('button', { name: 'Silence' }));
    const dialog = screen.getByRole('dialog', { name: 'Silence alerts' });
    expect(within(dialog).getByText('Keeps 1 quiet now: PrimaryModelDown model_name = kimi_k2.')).toBeTruthy();
    fireEvent.change(within(dialog).getByLabelText('What is silenced'), { target: { value: 'severity = info' } });
    expect(within(dialog).getByText(/^Nothing that fires now matches/)).toBeTruthy();
  });

  it('is in the order of urgency: gravest first, then those that nobody is on', async () => {
    const alerts = [
      anAlert({ id: 'w', rule: 'UnknownPrice', severity: 'warning' }),
      anAlert({ id: 'c1', rule: 'AllModelsDown', acknowledged: { operator: 'ben', at: NOW, reason: '' } }),
      anAlert({ id: 'c2', rule: 'PrimaryModelDown' }),
    ];
    renderInConsole(<AlertsView />, calls({ 'alerts.list': async () => answer({ alerts }) }));
    await screen.findByText('3 firing');
    expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual([
      'PrimaryModelDown',
      'AllModelsDown',
      'UnknownPrice',
    ]);
  });

  it('leads to the runbook of the provider that it is about', async () => {
    renderInConsole(<AlertsView />, calls());
    const link = await screen.findByRole('link', { name: 'Runbook' });
    expect(link.getAttribute('href')).toContain('runbook=kimi_k2');
  });

  it('says that a linked alert is over and where to look for it', async () => {
    at('?alert=long-ago');
    renderInConsole(<AlertsView />, calls());
    fireEvent.click(await screen.findByRole('link', { name: /Look for it/ }));
    expect(window.location.search).toBe('?tab=history&alert=long-ago&range=30d');
  });

  it('shows what is pending or over apart', async () => {
    const alerts = [
      anAlert({ state: 'pending', firing_since: null }),
      anAlert({ id: 'over', state: 'resolved', resolved_at: NOW }),
    ];
    renderInConsole(<AlertsView />, calls({ 'alerts.list': async () => answer({ alerts, channels: [] }) }));
    expect(await screen.findByText('All quiet.')).toBeTruthy();
    expect(screen.getByText('not yet for long enough')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Resolved a moment ago' })).toBeTruthy();
    expect(screen.getByText('nobody is told: no channel is configured')).toBeTruthy();
  });

  it('changes nothing over a lost connection', async () => {
    useConnection.setState({ phase: 'lost' });
    renderInConsole(<AlertsView />, calls());
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Acknowledge' })).disabled).toBe(true);
  });

  it('says why it could not be loaded, and tries again', async () => {
    const list = vi.fn(async () => {
      throw new Error('The gateway does not answer.');
    });
    renderInConsole(<AlertsView />, calls({ 'alerts.list': list }));
    expect(await screen.findByText('The gateway does not answer.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
  });
});

describe('the other parts, each with an address of its own', () => {
  it('history says how long an alert fired', async () => {
    at('?tab=history');
    renderInConsole(<AlertsView />, calls());
    expect(await screen.findByText(/fired for 1 min/)).toBeTruthy();
  });

  it('history says when there is none', async () => {
    at('?tab=history');
    renderInConsole(<AlertsView />, calls({ 'alerts.history': async () => ({ alerts: [] }) }));
    expect(await screen.findByText(/No alert fired/)).toBeTruthy();
  });

  it('history is narrowed to one rule, which stands in the address', async () => {
    at('?tab=history&range=24h');
    const history = vi.fn(async () => ({ alerts: [] }));
    renderInConsole(<AlertsView />, calls({ 'alerts.history': history }));
    fireEvent.change(await screen.findByLabelText('Rule'), { target: { value: 'UnknownPrice' } });
    expect(await screen.findByText('No alert of UnknownPrice fired in the last 24 h.')).toBeTruthy();
    expect(window.location.search).toContain('rule=UnknownPrice');
    expect(history).toHaveBeenLastCalledWith({ since: '24h', rule: 'UnknownPrice', limit: 500 });
  });

  it('history says why it could not be loaded', async () => {
    at('?tab=history');
    const history = async () => Promise.reject(new Error('The store is closed.'));
    renderInConsole(<AlertsView />, calls({ 'alerts.history': history }));
    expect(await screen.findByText('The store is closed.')).toBeTruthy();
  });

  it('silences are ended before their time', async () => {
    at('?tab=silences');
    const end = vi.fn(async () => SILENCE);
    renderInConsole(<AlertsView />, calls({ 'silences.end': end }));
    expect(await screen.findByText('model_name = kimi*')).toBeTruthy();
    expect(screen.getByRole('cell', { name: 'PrimaryModelDown' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'End now' }));
    const dialog = screen.getByRole('dialog', { name: 'End silence 4' });
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'done early' } });
    fireEvent.change(within(dialog).getByLabelText('Operator'), { target: { value: 'ben' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'End the silence' }));
    await waitFor(() => expect(end).toHaveBeenCalledWith({ id: 4, operator: 'ben', reason: 'done early' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('silences that the gateway does not end say why', async () => {
    at('?tab=silences');
    const end = async () => Promise.reject(new Error('Silence 4 has ended.'));
    renderInConsole(<AlertsView />, calls({ 'silences.end': end }));
    fireEvent.click(await screen.findByRole('button', { name: 'End now' }));
    const dialog = screen.getByRole('dialog');
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'done early' } });
    fireEvent.change(within(dialog).getByLabelText('Operator'), { target: { value: 'ben' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'End the silence' }));
    expect(await within(dialog).findByText('Silence 4 has ended.')).toBeTruthy();
  });

  it('silences say when there is none', async () => {
    at('?tab=silences');
    renderInConsole(<AlertsView />, calls({ 'alerts.list': async () => answer({ silences: [] }) }));
    expect(await screen.findByText('Nothing is silenced.')).toBeTruthy();
  });

  it('rules say how they stand, and which are off', async () => {
    at('?tab=rules');
    renderInConsole(<AlertsView />, calls());
    const table = await screen.findByRole('table', { name: 'Rules' });
    expect(screen.getByRole('heading', { name: '2 rules, 1 off' })).toBeTruthy();
    expect(within(table).getByText('firing')).toBeTruthy();
    expect(within(table).getAllByText('off')).toHaveLength(2);
  });

  it('notifications show channels with what they lack, deliveries with their last failure, and a test', async () => {
    at('?tab=deliveries');
    const test = vi.fn(async () => DELIVERY);
    renderInConsole(<AlertsView />, calls({ 'notify.test': test }));
    expect(await screen.findByText('hooks.slack.com answered 500.')).toBeTruthy();
    expect(screen.getByText(/^last: waiting/).textContent).toMatch(/hooks\.slack\.com answered 500\.$/);
    expect(screen.getByText('SECRET is not set')).toBeTruthy();
    const [slack, webhook] = screen.getAllByRole<HTMLButtonElement>('button', { name: /^Send a test/ });
    expect(webhook?.disabled).toBe(true);
    // Nobody is known on this device: it asks, and remembers.
    fireEvent.click(slack as HTMLElement);
    const dialog = await screen.findByRole('dialog', { name: 'Send a test through slack' });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Send a test' }));
    expect(await within(dialog).findByText('Say who you are.')).toBeTruthy();
    expect(test).not.toHaveBeenCalled();
    fireEvent.change(within(dialog).getByLabelText('Operator'), { target: { value: ' ana ' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Send a test' }));
    await waitFor(() => expect(test).toHaveBeenCalledWith({ channel: 'slack', operator: 'ana' }));
    expect(usePreferences.getState().operator).toBe('ana');
  });

  it('notifications are narrowed to those given up', async () => {
    at('?tab=deliveries');
    renderInConsole(<AlertsView />, calls());
    const table = await screen.findByRole('table', { name: 'Deliveries' });
    expect(within(table).getByRole('link', { name: 'trigger of PrimaryModelDown' })).toBeTruthy();
    fireEvent.click(screen.getByRole('radio', { name: 'Given up' }));
    expect(screen.getByText('No delivery is like that.')).toBeTruthy();
    expect(window.location.search).toContain('delivery=given_up');
  });

  it('notifications say why a test could not be sent', async () => {
    at('?tab=deliveries');
    const test = async () => Promise.reject(new Error('There is no channel of that name.'));
    renderInConsole(<AlertsView />, calls({ 'notify.test': test }));
    usePreferences.setState({ operator: 'ana' });
    fireEvent.click(await screen.findByRole('button', { name: 'Send a test through slack' }));
    await waitFor(() => expect(useNotice.getState().notice?.text).toBe('There is no channel of that name.'));
  });

  it('notifications say that nobody is told, with the way out', async () => {
    at('?tab=deliveries');
    const list = async () => answer({ channels: [] });
    renderInConsole(
      <AlertsView />,
      calls({ 'alerts.list': list, 'notify.deliveries': async () => ({ deliveries: [] }) }),
    );
    expect(await screen.findByText(/Set SLACK_WEBHOOK_URL/)).toBeTruthy();
    expect(await screen.findByText('Nothing was sent yet.')).toBeTruthy();
  });
});

describe('in words', () => {
  it.each([
    [{}, 'firing'],
    [{ state: 'pending' as const }, 'pending'],
    [{ silence_id: 1 }, 'silenced'],
    [{ acknowledged: { operator: 'a', at: 1, reason: '' } }, 'acknowledged'],
  ])('%j is %s', (changes, word) => {
    expect(stateWord(anAlert(changes))).toBe(word);
  });

  it('matchers are read as they are written', () => {
    expect(readMatchers(matchersOf(anAlert()))).toEqual({
      matchers: [
        { label: 'alertname', value: 'PrimaryModelDown' },
        { label: 'model_name', value: 'kimi_k2' },
      ],
    });
    expect(readMatchers('a = b=c\n\n')).toEqual({ matchers: [{ label: 'a', value: 'b=c' }] });
    expect(readMatchers('nonsense')).toEqual({ problem: '"nonsense" is no matcher: write label = value.' });
    expect(readMatchers(' ')).toEqual({ problem: expect.stringContaining('at least one line') });
    expect(labelWords({ a: '1', b: '2' })).toBe('a = 1, b = 2');
  });
});
