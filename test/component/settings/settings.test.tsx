import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientSnippets } from '../../../renderer/features/settings/client-snippets.ts';
import { SettingsView } from '../../../renderer/features/settings/SettingsView.tsx';
import { useNotice } from '../../../renderer/state/notices.ts';
import { usePreferences } from '../../../renderer/state/preferences.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { formatBytes } from '../../../shared/format/number.ts';
import type { FakeCalls } from '../../support/console-client.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';
import { someSettings } from '../../support/settings-fixtures.ts';

beforeEach(resetConsole);
afterEach(resetConsole);

async function show(changes: Partial<Settings> = {}, address = '/settings', calls: FakeCalls = {}) {
  loadFixture(consoleFixture('healthy', Date.now()));
  window.history.replaceState(null, '', address);
  renderInConsole(<SettingsView />, { settings: async () => someSettings(Date.now(), changes), ...calls });
  await screen.findByRole('table', { name: 'Keys' });
}

const region = (name: string) => screen.getByRole('region', { name });

describe('the settings', () => {
  it('wait for their answer, and keep what they know without it', () => {
    renderInConsole(<SettingsView />, {
      settings: () => new Promise(() => undefined),
      'alerts.list': () => new Promise(() => undefined),
    });
    expect(screen.getAllByText('Loading').length).toBeGreaterThan(3);
    expect(screen.getByRole('radiogroup', { name: 'Theme' })).toBeTruthy();
  });

  it('say why they could not be had, and try again', async () => {
    let failing = true;
    renderInConsole(<SettingsView />, {
      settings: async () => {
        if (failing) throw new Error('The store is closed.');
        return someSettings(Date.now());
      },
    });
    expect((await screen.findAllByText('The store is closed.')).length).toBeGreaterThan(3);
    failing = false;
    fireEvent.click(within(region('Keys')).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('table', { name: 'Keys' })).toBeTruthy();
  });

  it('tell keys that are there from those that are missing and those that nobody needs', async () => {
    await show();
    const rows = within(screen.getByRole('table', { name: 'Keys' })).getAllByRole('row');
    const words = rows.map((row) => row.textContent);
    expect(words[1]).toBe('ANTHROPIC_API_KEYpresentClaude Opus');
    expect(words[2]).toBe('OPENAI_API_KEYmissinggpt4_api');
    expect(words[3]).toBe('XAI_API_KEYnot setits API, as soon as it is set');
    expect(region('Keys').textContent).toContain('OPENAI_API_KEY=… in /etc/switchyard/.env, which is read again');
  });

  it('show the snippet of the client that the address names', async () => {
    await show({}, '/settings?client=anthropic-python');
    expect(screen.getByLabelText('Anthropic Python').textContent).toContain('base_url="http://10.0.0.5:4180"');
    fireEvent.click(screen.getByRole('radio', { name: 'curl' }));
    expect(window.location.search).toBe('?client=curl');
  });

  it('bring the part that the address names into sight', async () => {
    await show({}, '/settings?section=storage');
    await waitFor(() => expect(document.activeElement?.id).toBe('settings-storage'));
  });

  it('show a refused edit with its reason', async () => {
    const { config } = someSettings(0);
    await show({ config: { ...config, error: 'switchyard.yaml:12: unknown key "priorty".', stored_version: 3 } });
    expect(within(region('Configuration')).getByRole('alert').textContent).toContain('unknown key "priorty"');
    expect(region('Configuration').textContent).toContain('refused');
    expect(region('Configuration').textContent).toContain('version 3');
  });

  it('say what to do where no registry was found', async () => {
    await show({ config: { ...someSettings(0).config, path: null, env_file: null } });
    expect(region('Configuration').textContent).toContain('built in');
    expect(region('Configuration').textContent).toContain('--config');
  });

  it('warn of a full disk, and say what can not be read', async () => {
    const { storage } = someSettings(0);
    await show({ storage: { ...storage, free_bytes: 400_000_000, database_bytes: null } });
    expect(region('Storage').textContent).toContain('make room');
    expect(within(region('Storage')).getByLabelText('it can not be read')).toBeTruthy();
  });

  it('name the variable of what is not set up', async () => {
    const { monitoring } = someSettings(0);
    await show({ monitoring: { ...monitoring, prometheus_port: null, grafana_url: null } });
    for (const env of ['PROMETHEUS_PORT', 'GRAFANA_PORT', 'OTEL_EXPORTER_OTLP_ENDPOINT'])
      expect(region('Monitoring').textContent).toContain(`none: set ${env}`);
    expect(region('Notifications').textContent).toContain('Not set: SLACK_WEBHOOK_URL, PAGERDUTY_ROUTING_KEY');
  });

  it.each([
    [{ traces: 'http://a:1', metrics: 'http://a:1' }, 'traces and metrics sent to http://a:1'],
    [{ traces: 'http://a:1', metrics: 'http://b:2' }, 'traces sent to http://a:1, metrics to http://b:2'],
    [{ metrics: 'http://b:2' }, 'traces sent nowhere, metrics to http://b:2'],
    [{ disabled: true }, 'none: OTEL_SDK_DISABLED is set'],
    [{ problems: ['OTEL_X must be a URL.'] }, 'OpenTelemetryOTEL_X must be a URL.'],
  ])('tell where OpenTelemetry goes: %o', async (changes, words) => {
    const { monitoring } = someSettings(0);
    await show({ monitoring: { ...monitoring, otlp: { ...monitoring.otlp, ...changes } } });
    expect(region('Monitoring').textContent).toContain(words);
  });

  it('list the channels with what is wrong with each, and send a test through one', async () => {
    const channel = {
      name: 'ops',
      kind: 'slack' as const,
      target: 'hooks.slack.com',
      minimum_severity: 'warning' as const,
    };
    const channels = [
      { ...channel, problem: null },
      { ...channel, name: 'duty', kind: 'pagerduty', problem: 'PAGERDUTY_ROUTING_KEY is not set' },
    ];
    const test = vi.fn(async (_input: unknown) => ({ status: 'waiting' }));
    usePreferences.setState({ operator: 'ada' });
    await show({}, '/settings', {
      'alerts.list': async () => ({ at: 1, alerts: [], silences: [], rules: [], channels }),
      'notify.test': test,
    });
    expect(await screen.findByText('PAGERDUTY_ROUTING_KEY is not set')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Send a test through duty' })).toHaveProperty('disabled', true);
    fireEvent.click(screen.getByRole('button', { name: 'Send a test through ops' }));
    await waitFor(() => expect(test).toHaveBeenCalledWith({ channel: 'ops', operator: 'ada' }));
    expect(useNotice.getState().notice?.text).toBe('A test is on its way to ops.');
  });

  it('say that nobody is told where there is no channel, and why that is not known', async () => {
    await show({}, '/settings', {
      'alerts.list': async () => ({ at: 1, alerts: [], silences: [], rules: [], channels: [] }),
    });
    expect(await screen.findByText('Nobody is told outside of this console.')).toBeTruthy();
    resetConsole();
    await show({}, '/settings', { 'alerts.list': () => Promise.reject(new Error('The store is closed.')) });
    expect(
      await screen.findByText(/The channels are not known: The store is closed/, {}, { timeout: 5000 }),
    ).toBeTruthy();
  });

  it('keep the theme and the operator on this device', async () => {
    await show();
    fireEvent.click(screen.getByRole('radio', { name: 'Light' }));
    fireEvent.change(screen.getByLabelText('Operator'), { target: { value: 'ada' } });
    expect(usePreferences.getState()).toMatchObject({ theme: 'light', operator: 'ada' });
  });
});

describe('the snippets', () => {
  const url = 'http://127.0.0.1:4180';

  it.each(['openai-python', 'openai-node', 'curl'])('of %s carry /v1', (id) => {
    expect(clientSnippets(url, false).find((each) => each.id === id)?.text).toContain(`${url}/v1`);
  });

  it.each(['anthropic-python', 'anthropic-node'])('of %s do not: its SDK adds it', (id) => {
    expect(clientSnippets(url, false).find((each) => each.id === id)?.text).not.toContain('/v1');
  });

  it('take the key from the environment where one is needed', () => {
    for (const { id, text } of clientSnippets(url, true)) {
      if (id === 'environment') continue;
      expect(text).toContain('SWITCHYARD_KEY');
      expect(text).not.toContain('unused');
    }
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [4608, '4.50 KiB'],
    [43_100_000, '41.1 MiB'],
    [1024 ** 3, '1.00 GiB'],
    [123 * 1024 ** 2, '123 MiB'],
  ])('%d bytes are %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});
