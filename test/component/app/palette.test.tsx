import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Action } from '../../../renderer/app/action.ts';
import { actionsFor, presentContext } from '../../../renderer/app/actions.ts';
import { Notices } from '../../../renderer/app/Notices.tsx';
import { Overlays } from '../../../renderer/app/Overlays.tsx';
import { VIEWS } from '../../../renderer/app/views.ts';
import { ProviderActions } from '../../../renderer/features/overview/ProviderActionDialog.tsx';
import { useConnection } from '../../../renderer/state/connection.ts';
import { useLive } from '../../../renderer/state/live.ts';
import { usePreferences } from '../../../renderer/state/preferences.ts';
import { fakeClient, type FakeCalls } from '../../support/console-client.ts';
import { aProvider, aQuota, consoleFixture, type Scenario } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

beforeEach(resetConsole);
afterEach(resetConsole);

function show(scenario: Scenario = 'healthy', calls: FakeCalls = {}) {
  loadFixture(consoleFixture(scenario, Date.now()));
  renderInConsole(
    <>
      <input aria-label="A field" />
      <Overlays />
      <ProviderActions />
      <Notices />
    </>,
    calls,
  );
}

const press = (key: string, init: KeyboardEventInit = {}, on: Element = document.body) =>
  fireEvent.keyDown(on, { key, bubbles: true, ...init });

async function openPalette(): Promise<HTMLElement> {
  press('k', { ctrlKey: true });
  return await screen.findByRole('combobox');
}

const options = () => screen.getAllByRole('option').map((option) => option.textContent ?? '');
const actions = (): Action[] => actionsFor(presentContext(fakeClient({})));

describe('the command palette', () => {
  it('opens and closes with its key, in a field too', async () => {
    show();
    press('k', { ctrlKey: true }, screen.getByLabelText('A field'));
    expect(await screen.findByRole('dialog', { name: 'Command palette' })).toBeTruthy();
    press('k', { metaKey: true }, screen.getByRole('combobox'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('offers every view, and opens the one that is chosen', async () => {
    show();
    const input = await openPalette();
    const labels = options().join('\n');
    for (const { label } of VIEWS) expect(labels).toContain(label);
    fireEvent.change(input, { target: { value: 'cst' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(window.location.pathname).toBe('/costs');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('puts what was used last first', async () => {
    usePreferences.setState({ recentActions: ['view:/settings', 'gone:since'] });
    show();
    const input = await openPalette();
    expect(options()[0]).toContain('Settings');
    fireEvent.change(input, { target: { value: 'playground' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(usePreferences.getState().recentActions).toEqual(['view:/playground', 'view:/settings', 'gone:since']);
  });

  it('opens a pasted request, whatever stands around its id', async () => {
    show();
    const input = await openPalette();
    fireEvent.change(input, { target: { value: ' x-switchyard-request-id: req_01jd3n8qk2abcdefghijkl ' } });
    expect(options()).toEqual(['Open request req_01jd3n8qk2abcdefghijkl']);
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(window.location.pathname + window.location.search).toBe('/requests?request=req_01jd3n8qk2abcdefghijkl');
  });

  it('asks before what needs a reason', async () => {
    show();
    const input = await openPalette();
    fireEvent.change(input, { target: { value: 'take claude out' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(await screen.findByRole('dialog', { name: 'Take Claude Opus out by hand' })).toBeTruthy();
    expect(window.location.search).toBe('?act=isolate%3Aclaude_opus');
  });

  it('says what came of a probe, and why one failed', async () => {
    const probe = vi
      .fn<(input: unknown) => Promise<unknown>>()
      .mockResolvedValueOnce(aProvider(Date.now()))
      .mockRejectedValueOnce(new Error('The engine does not answer.'));
    show('healthy', { 'providers.probe': probe });
    for (const expected of [/^Claude Opus is healthy/, 'The engine does not answer.']) {
      const input = await openPalette();
      fireEvent.change(input, { target: { value: 'probe claude' } });
      fireEvent.keyDown(input, { key: 'Enter' });
      expect(await within(screen.getByRole('status')).findByText(expected)).toBeTruthy();
    }
    expect(probe).toHaveBeenCalledWith({ name: 'claude_opus' });
  });

  it('releases an override, and offers that only while there is one', async () => {
    const release = vi.fn<(input: unknown) => Promise<unknown>>(async () => ({ released: null }));
    show('forced', { 'override.release': release });
    const input = await openPalette();
    fireEvent.change(input, { target: { value: 'release' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(await screen.findByText('The override is released: the policy decides again.')).toBeTruthy();
    expect(release).toHaveBeenCalled();
    loadFixture(consoleFixture('healthy', Date.now()));
    expect(actions().some(({ id }) => id === 'release')).toBe(false);
  });

  it('shows what can not be done while the line is down, and does not do it', async () => {
    show('offline');
    const input = await openPalette();
    fireEvent.change(input, { target: { value: 'probe claude' } });
    const option = screen.getAllByRole('option')[0];
    expect(option?.textContent).toContain('not while the connection is lost');
    expect(option?.getAttribute('aria-disabled')).toBe('true');
  });

  it('says so where nothing is called like that', async () => {
    show();
    fireEvent.change(await openPalette(), { target: { value: 'qqqq' } });
    expect(screen.getByText(/Nothing is called like that/)).toBeTruthy();
  });
});

describe('the actions', () => {
  it('have an id and a shortcut of their own each', () => {
    for (const scenario of ['healthy', 'forced', 'first-run'] as const) {
      loadFixture(consoleFixture(scenario, Date.now()));
      const all = actions();
      const unique = (values: readonly string[]) => expect(new Set(values).size).toBe(values.length);
      unique(all.map(({ id }) => id));
      unique(all.flatMap(({ keys }) => keys ?? []));
      // A single key must not be the beginning of two, or the two could never be pressed.
      expect(all.some(({ keys }) => keys === 'g')).toBe(false);
    }
  });

  it('of a provider are those that would do something', () => {
    const status = consoleFixture('healthy', Date.now()).status;
    if (!status) throw new Error('The fixture has a status.');
    const ids = (changes: Parameters<typeof aProvider>[1]) => {
      useLive.setState({ status: { ...status, providers: [aProvider(Date.now(), changes)] } });
      return actions().flatMap(({ id }) => (id.endsWith(':claude_opus') ? [id.split(':')[0]] : []));
    };
    const { health, breaker } = aProvider(Date.now());
    useConnection.setState({ phase: 'live' });
    expect(ids({})).toEqual(['force', 'probe', 'isolate', 'runbook']);
    expect(ids({ isolation: { operator: 'ana', reason: 'upgrade', since: 1 } })).toEqual([
      'force',
      'probe',
      'rejoin',
      'runbook',
    ]);
    expect(ids({ breaker: { ...breaker, state: 'open' } })).toContain('reset');
    expect(ids({ health: { ...health, status: 'disabled' } })).toEqual(['runbook']);
  });

  it('raise the daily limits that refuse, of providers and of call sites', () => {
    const status = consoleFixture('healthy', Date.now()).status;
    if (!status) throw new Error('The fixture has a status.');
    const quota = [
      aQuota(Date.now()),
      aQuota(Date.now(), { limit: 'requests_per_second' }),
      aQuota(Date.now(), { limit: 'usd_per_day', enforced: false }),
    ];
    useLive.setState({
      status: { ...status, providers: [aProvider(Date.now(), { quota })] },
      callSiteQuotas: [aQuota(Date.now(), { scope: 'call_site', name: 'chat', provider: null })],
    });
    const raises = actions().filter(({ group }) => group === 'Limits');
    expect(raises.map(({ label }) => label)).toEqual([
      'Raise the requests a day of Claude Opus…',
      'Raise the requests a day of call site chat…',
    ]);
    act(() => raises[1]?.run());
    expect(window.location.pathname + window.location.search).toBe('/costs?raise=call_site%2Frequests_per_day%2Fchat');
  });
});

describe('the keyboard', () => {
  it('jumps to a view by two keys', () => {
    show();
    for (const { path, jump } of VIEWS) {
      press('g');
      press(jump);
      expect(window.location.pathname).toBe(path);
    }
  });

  it('does nothing while somebody types or chooses', () => {
    show();
    const field = screen.getByLabelText('A field');
    press('t', {}, field);
    press('g', {}, field);
    press('c', {}, field);
    expect(usePreferences.getState().theme).toBe('system');
    expect(window.location.pathname).toBe('/');
    press('t');
    expect(usePreferences.getState().theme).toBe('light');
  });

  it('lists every shortcut that it knows', async () => {
    show();
    press('?', { shiftKey: true });
    const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    for (const { keys, label } of actions()) if (keys !== undefined) expect(dialog.textContent).toContain(label);
  });
});
