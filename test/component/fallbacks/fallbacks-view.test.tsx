import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FallbacksView } from '../../../renderer/features/fallbacks/FallbacksView.tsx';
import { initialConnection, useConnection } from '../../../renderer/state/connection.ts';
import { useLive } from '../../../renderer/state/live.ts';
import { aStatus, consoleFixture } from '../../support/console-fixtures.ts';
import {
  aCrowdedHistory,
  aFallbackDay,
  aQuietDay,
  fallbackEvent,
  pastEpisode,
} from '../../support/console-fixtures-history.ts';
import { anIncident } from '../../support/console-fixtures-incident.ts';
import { renderView } from '../../support/console-render-history.tsx';

const NOW = Date.UTC(2026, 10, 20, 12);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  useConnection.setState({ ...initialConnection, phase: 'live' });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const healthy = { status: aStatus(NOW) };
const region = (name: string | RegExp) => screen.getByRole('region', { name });

describe('FallbacksView', () => {
  it('says that it is loading', () => {
    renderView(<FallbacksView />, {}, healthy, '/fallbacks?range=24h');
    expect(region('Episodes').getAttribute('aria-busy')).toBe('true');
  });

  it('says that nothing fell back and who served', async () => {
    renderView(<FallbacksView />, { fallbacks: async () => aQuietDay(NOW) }, healthy, '/fallbacks?range=24h');
    expect(await screen.findByText('No fallback in the last 24 h')).toBeTruthy();
    expect(screen.getAllByText('Kimi K2 took every request that was meant for it.')).toHaveLength(2);
    expect(region('No fallback')).toBeTruthy();
  });

  it('shows since when a provider is watched that has never changed', async () => {
    const nothing = { ...aQuietDay(NOW), lanes: [] };
    renderView(<FallbacksView />, { fallbacks: async () => nothing }, healthy, '/fallbacks?range=24h');
    expect(await screen.findByRole('group', { name: /^Health of \d+ providers/ })).toBeTruthy();
    expect(screen.queryByText('No provider is watched')).toBeNull();
  });

  it('keeps the zoom of its timeline in the address, as a step that can be gone back', async () => {
    renderView(<FallbacksView />, { fallbacks: async () => aQuietDay(NOW) }, healthy, '/fallbacks?range=24h');
    fireEvent.click(await screen.findByRole('button', { name: 'Zoom in (+)' }));
    const steps = window.history.length;
    expect(window.location.search).toMatch(/^\?range=24h&zoom=\d{13}-\d{13}$/);
    fireEvent.click(screen.getByRole('button', { name: 'Zoom in (+)' }));
    expect(window.history.length).toBe(steps);
    fireEvent.click(screen.getByRole('button', { name: 'Show the whole range (0)' }));
    expect(window.location.search).toBe('?range=24h');
  });

  it('says what will fill it where nothing was ever recorded', async () => {
    const nothing = { ...aQuietDay(NOW), lanes: [] };
    renderView(<FallbacksView />, { fallbacks: async () => nothing }, { status: null }, '/fallbacks');
    expect(await screen.findByText('No provider is watched')).toBeTruthy();
    expect(screen.queryByText(/took every request/)).toBeNull();
  });

  it('says why it failed and tries again', async () => {
    let answer = () => Promise.reject(new Error('The store is read-only.'));
    renderView(<FallbacksView />, { fallbacks: () => answer() }, healthy, '/fallbacks');
    expect(await screen.findAllByText(/The store is read-only/)).toHaveLength(3);
    answer = async () => aQuietDay(NOW) as never;
    fireEvent.click(within(region('Episodes')).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByText(/The store is read-only/)).toBeNull());
  });

  it('answers in its title what happened, and lists the episode with its figures', async () => {
    renderView(<FallbacksView />, { fallbacks: async () => aFallbackDay(NOW) }, healthy, '/fallbacks?range=24h');
    expect(await screen.findByText('1 episode, 28 min on fallback, 1,204 requests, 3 failed, 12.40 USD')).toBeTruthy();
    const table = screen.getByRole('table', { name: 'Fallback episodes' });
    const cells = within(table)
      .getAllByRole('cell')
      .map((cell) => cell.textContent);
    expect(cells).toEqual([
      '5 h ago',
      'Kimi K2 → Claude Opus',
      'was unhealthy: connection refused, 3 probes in a row',
      '28 min',
      '1,204',
      '3',
      '12.40 USD',
    ]);
  });

  it('opens an episode into the address, tells it from its incident alone, and closes it again', async () => {
    const get = async () => anIncident(NOW, { id: 40 });
    const calls = { fallbacks: async () => aFallbackDay(NOW), incident: get };
    renderView(<FallbacksView />, calls, healthy, '/fallbacks?range=24h');
    fireEvent.click(await screen.findByText('5 h ago'));
    expect(window.location.search).toContain('incident=40');
    const dialog = screen.getByRole('dialog');
    expect(
      await within(dialog).findByText('Claude Opus took most of 120 affected requests; 2 of them were lost.'),
    ).toBeTruthy();
    expect(within(dialog).getByText('It was unhealthy: connection refused, 3 probes in a row.')).toBeTruthy();
    expect(dialog.textContent).not.toContain('1,204');
    expect(within(dialog).getByRole('table', { name: 'Fallback events' })).toBeTruthy();
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect(window.location.search).not.toContain('incident');
  });

  it('opens the episode that the address names', async () => {
    renderView(
      <FallbacksView />,
      { fallbacks: async () => aFallbackDay(NOW) },
      healthy,
      '/fallbacks?range=24h&incident=40',
    );
    expect(await screen.findByRole('dialog', { name: 'Kimi K2 → Claude Opus' })).toBeTruthy();
  });

  it('opens an incident whose episode is not in the range, from its own story alone', async () => {
    const incident = vi.fn(async () => Promise.reject(new Error('There is no incident 7.')));
    const address = '/fallbacks?range=15m&incident=7';
    renderView(<FallbacksView />, { fallbacks: async () => aQuietDay(NOW), incident }, healthy, address);
    const dialog = await screen.findByRole('dialog', { name: 'Incident 7' });
    expect(await within(dialog).findByText(/There is no incident 7/)).toBeTruthy();
    expect(incident.mock.calls[0]).toEqual([{ id: 7 }, expect.anything()]);
  });

  it('shows an episode and an event that the live stream announces', async () => {
    renderView(<FallbacksView />, { fallbacks: async () => aQuietDay(NOW) }, healthy, '/fallbacks?range=24h');
    await screen.findByText('No fallback in the last 24 h');
    const episode = pastEpisode(NOW, { id: 77, started_at: NOW - 60_000, ended_at: null });
    act(() => useLive.setState({ openEpisodes: [episode], recentFallbacks: [fallbackEvent(NOW - 1000, 0)] }));
    expect(screen.getByText('lasting')).toBeTruthy();
    expect(screen.getByText('connection refused on connect, before the first byte')).toBeTruthy();
  });

  it('stays whole with twelve providers and 200 episodes, and says that events are missing', async () => {
    const { status } = consoleFixture('crowded', NOW);
    const history = aCrowdedHistory(NOW, status?.providers ?? []);
    renderView(<FallbacksView />, { fallbacks: async () => history }, { status }, '/fallbacks?range=7d');
    expect(await screen.findByText(/These are the newest 1,?000 events/)).toBeTruthy();
    const rows = () => document.querySelectorAll('[aria-label="Fallback events"] tbody tr').length;
    expect(rows()).toBe(100);
    fireEvent.click(screen.getByText('Show 100 more of 900'));
    expect(rows()).toBe(200);
  });

  it('carries the lanes no further than the last message while the line is down', async () => {
    useConnection.setState({ phase: 'lost', lastMessageAt: NOW - 3_600_000 });
    const fetched = aQuietDay(NOW - 7_200_000);
    renderView(<FallbacksView />, { fallbacks: async () => fetched }, healthy, '/fallbacks?range=24h');
    const lane = await screen.findByRole('group', { name: /^Health of 2 providers/ });
    fireEvent.keyDown(lane, { key: 'ArrowLeft' });
    expect(lane.parentElement?.textContent).not.toContain('now');
    const timeline = within(lane.closest('section') as HTMLElement);
    expect(timeline.getByRole('status').textContent).toMatch(/ – .*\d\d:\d\d \(1 d 1 h\)/);
  });
});
