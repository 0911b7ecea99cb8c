import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveRequests, newSince } from '../../../renderer/features/overview/LiveRequests.tsx';
import { OtherProviders } from '../../../renderer/features/overview/OtherProviders.tsx';
import { OverviewView } from '../../../renderer/features/overview/OverviewView.tsx';
import { ProviderCard } from '../../../renderer/features/overview/ProviderCard.tsx';
import { hasCard } from '../../../renderer/features/overview/ProviderCards.tsx';
import { ProviderActions } from '../../../renderer/features/overview/ProviderActionDialog.tsx';
import { ProviderMenu } from '../../../renderer/features/overview/ProviderMenu.tsx';
import { admissionWords, cardMark } from '../../../renderer/features/overview/provider-state.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { useForceDialog } from '../../../renderer/state/force-dialog.ts';
import { useLive } from '../../../renderer/state/live.ts';
import { fixtureCalls } from '../../support/console-client.ts';
import {
  aFallbackStatus,
  aProvider,
  aRequest,
  aStatus,
  consoleFixture,
  type Scenario,
} from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

beforeEach(resetConsole);
afterEach(resetConsole);

function show(scenario: Scenario) {
  const fixture = consoleFixture(scenario, Date.now());
  loadFixture(fixture);
  renderInConsole(<OverviewView />, fixtureCalls(fixture));
}

describe('the overview', () => {
  it('waits for the first snapshot, and says when none can come', () => {
    renderInConsole(<OverviewView />, fixtureCalls(consoleFixture('healthy', Date.now())));
    expect(screen.getByText('Connecting to the gateway')).toBeTruthy();
    resetConsole();
    useConnection.setState({ phase: 'lost' });
    renderInConsole(<OverviewView />, fixtureCalls(consoleFixture('healthy', Date.now())));
    expect(screen.getByText(/the gateway has not answered/)).toBeTruthy();
  });

  it.each([
    ['healthy', 'PRIMARY SERVING'],
    ['fallback', 'ON FALLBACK'],
    ['forced', 'FORCED BY HAND'],
    ['down', 'ALL DOWN'],
    ['first-run', 'NOT SET UP YET'],
    ['offline', 'LAST KNOWN: PRIMARY SERVING'],
  ] as const)('says of %s: %s', async (scenario, label) => {
    show(scenario);
    expect(within(screen.getByLabelText('Verdict')).getByText(label)).toBeTruthy();
  });

  it('fills its charts, its timeline and its uptime bars', async () => {
    show('fallback');
    expect(await screen.findByText('Fallback timeline, 2 episodes')).toBeTruthy();
    expect(screen.getByText('Requests by provider, 4 /s')).toBeTruthy();
    expect(screen.getByText('Cost rate, 12.40 USD/h')).toBeTruthy();
    expect(await screen.findByRole('img', { name: /Kimi K2, last 24 h: \d/ })).toBeTruthy();
  });

  it('shows the first steps and nothing to measure when nothing is set up', () => {
    show('first-run');
    expect(screen.getByText('Three ways to begin')).toBeTruthy();
    expect(screen.queryByText('Live requests')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Force a provider' })).toBeNull();
  });

  it('lets a failed panel fail by itself, with a retry that works', async () => {
    const fixture = consoleFixture('healthy', Date.now());
    loadFixture(fixture);
    let failing = true;
    renderInConsole(<OverviewView />, {
      ...fixtureCalls(fixture),
      series: async () => {
        if (failing) throw new Error('The reader is busy.');
        return fixture.series;
      },
    });
    const alerts = await screen.findAllByRole('alert');
    expect(alerts[0]?.textContent).toContain('The reader is busy.');
    expect(screen.getByText('Serving from Kimi K2', { exact: false })).toBeTruthy();
    failing = false;
    fireEvent.click(within(alerts[0] as HTMLElement).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('lists what fires, gravest first, and says when nothing does', () => {
    show('fallback');
    const panel = within(screen.getByRole('region', { name: 'Alerts, 2 firing' }));
    const alerts = within(panel.getByRole('list', { name: 'Firing alerts' })).getAllByRole('listitem');
    expect(alerts.map((alert) => alert.textContent)).toEqual([
      expect.stringContaining('PrimaryModelDown'),
      expect.stringContaining('UsingFallbackModel'),
    ]);
    resetConsole();
    show('healthy');
    expect(screen.getByRole('region', { name: 'Latest changes' })).toBeTruthy();
    expect(screen.queryByRole('list', { name: 'Firing alerts' })).toBeNull();
  });

  it('counts what fires in the verdict, and how much of it nobody has taken', () => {
    show('fallback');
    const status = useLive.getState().status;
    if (!status) throw new Error('There is a status.');
    const count = () => screen.getByLabelText('Verdict').querySelector('a')?.textContent;
    expect(count()).toMatch(/^2 alerts firing/);
    const alerts = (takers: (string | null)[]) =>
      takers.map((by, index) => ({ ...status.firing_alerts[0]!, id: String(index), acknowledged_by: by }));
    const withAlerts = (takers: (string | null)[]) =>
      act(() => useLive.setState({ status: { ...status, firing_alerts: alerts(takers) } }));
    withAlerts([null]);
    expect(count()).toBe('1 alert firing');
    withAlerts([null, 'ana']);
    expect(count()).toBe('2 alerts firing, 1 not taken');
    withAlerts(['ana', 'ana']);
    expect(count()).toBe('2 alerts firing, all taken');
    withAlerts([]);
    expect(count()).toBeUndefined();
  });

  it('offers the runbook and the incident first while the primary is broken', () => {
    show('fallback');
    const verdict = within(screen.getByLabelText('Verdict'));
    fireEvent.click(verdict.getByRole('button', { name: 'Runbook' }));
    expect(window.location.search).toContain('runbook=kimi_k2');
    fireEvent.click(verdict.getByRole('button', { name: 'Open incident' }));
    expect(window.location.pathname).toBe('/fallbacks');
    expect(window.location.search).toMatch(/incident=\d+/);
  });

  it('takes no action by hand while the line is down', () => {
    show('offline');
    const force = screen.getByRole('button', { name: 'Force a provider' });
    expect((force as HTMLButtonElement).disabled).toBe(true);
    for (const probe of screen.getAllByRole('button', { name: 'Probe now' }))
      expect((probe as HTMLButtonElement).disabled).toBe(true);
  });

  it('names the address and a first request until one has come', () => {
    show('healthy');
    expect(screen.queryByText('No request has come yet')).toBeNull();
    resetConsole();
    loadFixture({ ...consoleFixture('healthy', Date.now()), requests: [] });
    renderInConsole(<OverviewView />, fixtureCalls(consoleFixture('healthy', Date.now())));
    const panel = screen.getByRole('region', { name: 'No request has come yet' });
    expect(panel.textContent).toMatch(/curl http:\S+\/v1\/chat\/completions/);
  });

  it('opens the force dialog', () => {
    show('fallback');
    fireEvent.click(screen.getByRole('button', { name: 'Force a provider' }));
    expect(useForceDialog.getState().draft).toEqual({});
  });
});

describe('who gets a card', () => {
  const other = aProvider(NOW, { role: 'other', chain_position: null });
  it.each([
    ['one of the chain', aProvider(NOW, { role: 'fallback' }), null, true],
    ['one asked for by name', other, null, false],
    ['one asked for by name that serves', other, 'claude_opus', true],
    [
      'one that a hand took out',
      { ...other, isolation: { operator: 'ana', reason: 'upgrade', since: NOW } },
      null,
      true,
    ],
    [
      'one of the chain that is off',
      aProvider(NOW, { role: 'fallback', health: { ...other.health, status: 'disabled' } }),
      null,
      false,
    ],
  ] as const)('%s', (_, provider, serving, expected) => {
    expect(hasCard(provider, serving)).toBe(expected);
  });

  it('gives the others a line, with the reason where one is in trouble', () => {
    const troubled = { ...other, health: { ...other.health, status: 'unhealthy' as const, reason: 'host not found' } };
    renderInConsole(<OtherProviders providers={[other, { ...troubled, name: 'b', display_name: 'B' }]} />);
    expect(screen.getByRole('article', { name: 'Claude Opus' }).textContent).toContain('Traffic');
    expect(screen.getByRole('article', { name: 'B' }).textContent).toContain('host not found');
  });
});

describe('a provider card', () => {
  beforeEach(() => useConnection.setState({ phase: 'live' }));

  it('shows figures that are known and a reason for those that are not', () => {
    const [, claude] = aFallbackStatus(Date.now()).providers;
    if (!claude) throw new Error('The fixture has Claude second.');
    renderInConsole(<ProviderCard provider={claude} serving uptime={null} days={null} traffic={null} />);
    const card = screen.getByRole('article', { name: 'Claude Opus' });
    expect(card.textContent).toContain('620 ms / 1.4 s');
    expect(card.textContent).toContain('4 of 10');
    expect(card.textContent).toContain('12.40 USD/h');
    expect(
      within(card).getByRole('meter', { name: 'Claude Opus: requests a day' }).getAttribute('aria-valuetext'),
    ).toBe('8,720 of 20,000 /day');
    resetConsole();
    renderInConsole(
      <ProviderCard
        provider={aProvider(Date.now(), {
          load: { running: 1, waiting: null, kv_cache_usage: null, generation_tokens_per_second: null, scraped_at: 0 },
        })}
        serving={false}
        uptime={null}
        days={null}
        traffic={null}
      />,
    );
    expect(screen.getAllByLabelText('the server does not say')).toHaveLength(2);
    expect(screen.getByLabelText('no attempt in the last minute')).toBeTruthy();
  });

  it('probes now and shows why that failed', async () => {
    const probe = vi.fn<(input: unknown) => Promise<unknown>>(() => Promise.reject(new Error('No such provider.')));
    renderInConsole(
      <ProviderCard provider={aProvider(Date.now())} serving={false} uptime={null} days={null} traffic={null} />,
      {
        'providers.probe': probe,
      },
    );
    fireEvent.click(screen.getByRole('button', { name: 'Probe now' }));
    expect(await screen.findByText('No such provider.')).toBeTruthy();
    expect(probe).toHaveBeenCalledWith({ name: 'claude_opus' });
  });

  it('takes a provider out by hand only with a reason', async () => {
    const isolate = vi.fn<(input: unknown) => Promise<unknown>>(async () => ({}));
    useLive.setState({ status: aStatus(Date.now(), { providers: [aProvider(Date.now())] }) });
    renderInConsole(
      <>
        <ProviderMenu provider={aProvider(Date.now())} />
        <ProviderActions />
      </>,
      { 'providers.isolate': isolate },
    );
    fireEvent.keyDown(screen.getByRole('button', { name: 'Actions for Claude Opus' }), { key: 'Enter' });
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Take out by hand…' }));
    const form = screen.getByRole('dialog').querySelector('form') as HTMLFormElement;
    fireEvent.submit(form);
    expect(isolate).not.toHaveBeenCalled();
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'maintenance' } });
    fireEvent.change(screen.getByLabelText('Operator'), { target: { value: 'ana' } });
    fireEvent.submit(form);
    await waitFor(() =>
      expect(isolate).toHaveBeenCalledWith({ name: 'claude_opus', operator: 'ana', reason: 'maintenance' }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('marks what a human took out before what was measured', () => {
    const isolated = aProvider(NOW, { isolation: { operator: 'ana', reason: 'maintenance', since: NOW } });
    expect(cardMark(isolated)).toEqual({
      mark: 'forced',
      word: 'isolated',
      since: NOW,
      reason: 'taken out by ana: maintenance',
    });
    expect(cardMark(aProvider(NOW)).mark).toBe('healthy');
  });

  const closed = aProvider(NOW).breaker;
  it.each([
    [null, closed],
    [
      'Breaker open. Next trial in 0:14. 5 failures in a row.',
      { ...closed, state: 'open' as const, reason: '5 failures in a row', retry_at: NOW + 14_000 },
    ],
    ['Breaker open. The next request is its trial.', { ...closed, state: 'open' as const, retry_at: NOW - 1 }],
    ['Breaker half open: one trial request in flight.', { ...closed, state: 'half_open' as const }],
    ['Ramping back: 40 % of its share admitted.', { ...closed, admitted_share: 0.4 }],
  ])('says what holds traffic back: %s', (expected, breaker) => {
    expect(admissionWords(aProvider(NOW, { breaker }), NOW)).toBe(expected);
  });
});

describe('live requests', () => {
  it('stand still while paused and count what comes', () => {
    loadFixture(consoleFixture('healthy', Date.now()));
    renderInConsole(<LiveRequests />);
    const rows = () => screen.getAllByRole('row').length;
    const before = rows();
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    const newer = [aRequest(Date.now(), 0, { id: 'req_new_1' }), aRequest(Date.now(), 0, { id: 'req_new_2' })];
    useLive.setState((state) => ({ requests: [...newer, ...state.requests], skippedRequests: 3 }));
    return waitFor(() => {
      const resume = screen.getByRole('button', { name: 'Resume, 5 new' });
      expect(rows()).toBe(before);
      fireEvent.click(resume);
      expect(rows()).toBe(before + 2);
    });
  });

  it('count each request once', () => {
    const held = { requests: [aRequest(NOW, 1)], skipped: 4 };
    expect(newSince(held, [aRequest(NOW, 0), aRequest(NOW, 1)], 6)).toBe(3);
  });

  it('show a failure, who answered after whom, and an unknown price as words', () => {
    loadFixture(consoleFixture('fallback', Date.now()));
    useLive.setState({
      requests: [
        aRequest(NOW, 0, { status: 'timeout', provider: null, first_token_ms: null }),
        aRequest(NOW, 1, {
          provider: 'claude_opus',
          fallback_from: 'kimi_k2',
          fallback_reason: 'unhealthy',
          pricing_unknown: true,
        }),
      ],
    });
    renderInConsole(<LiveRequests />);
    expect(screen.getByText('timed out')).toBeTruthy();
    expect(screen.getByLabelText('nobody answered')).toBeTruthy();
    expect(screen.getByText('after Kimi K2')).toBeTruthy();
    expect(screen.getByText('price unknown')).toBeTruthy();
  });

  it('say what will fill them', () => {
    renderInConsole(<LiveRequests />);
    expect(screen.getByText('No request yet.')).toBeTruthy();
  });
});
