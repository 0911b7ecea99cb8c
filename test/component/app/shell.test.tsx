import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Link, navigate, changeSearch, useSearchParameter, viewHref } from '../../../renderer/app/router.tsx';
import { Shell } from '../../../renderer/app/Shell.tsx';
import { setRange, useRange } from '../../../renderer/app/use-range.ts';
import { viewAt, VIEWS } from '../../../renderer/app/views.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { usePreferences } from '../../../renderer/state/preferences.ts';
import { rangeLabel } from '../../../renderer/state/range.ts';
import { aStatus, consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

beforeEach(resetConsole);
afterEach(resetConsole);

const shell = (onRetry = () => undefined) => (
  <Shell connectionName="gateway:4181" onRetry={onRetry}>
    <p>the view</p>
  </Shell>
);

describe('the shell', () => {
  it('names the connection, its environment, and the simulation', () => {
    loadFixture(consoleFixture('crowded', Date.now()));
    renderInConsole(shell());
    expect(screen.getByText('gateway:4181')).toBeTruthy();
    expect(screen.getByText('staging')).toBeTruthy();
    expect(screen.getByText('SIMULATED')).toBeTruthy();
  });

  it('does not call real providers simulated', () => {
    loadFixture(consoleFixture('healthy', Date.now()));
    renderInConsole(shell());
    expect(screen.queryByText('SIMULATED')).toBeNull();
  });

  it('says that the connection is lost, how old the picture is, and takes the colour from its marks', () => {
    loadFixture(consoleFixture('offline', Date.now()));
    const retry = vi.fn<() => undefined>();
    renderInConsole(shell(retry));
    expect(screen.getByText('Connection lost.')).toBeTruthy();
    expect(screen.getByText(/Last heard/).textContent).toMatch(/4\d s ago/);
    expect(screen.getByRole('main').dataset['stale']).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    expect(retry).toHaveBeenCalled();
  });

  it('tells what to do when the link has expired', () => {
    useConnection.setState({
      phase: 'expired',
      problem: 'The console link has expired: open the address printed by `switchyard serve` again.',
    });
    renderInConsole(shell());
    expect(screen.getByText(/open the address printed by/)).toBeTruthy();
  });

  it('keeps its colours while it is live', () => {
    loadFixture(consoleFixture('healthy', Date.now()));
    renderInConsole(shell());
    expect(screen.getByRole('main').dataset['stale']).toBeUndefined();
    expect(screen.queryByText('Connection lost.')).toBeNull();
  });

  it('says on every screen that an edit of the configuration was refused', () => {
    const status = aStatus(Date.now());
    loadFixture({
      ...consoleFixture('healthy', Date.now()),
      status: {
        ...status,
        config: { ...status.config, error: 'Line 12: unknown key "priorty", did you mean "priority"?' },
      },
    });
    renderInConsole(shell());
    expect(screen.getByText(/Line 12: unknown key/)).toBeTruthy();
  });

  it('marks the present view and opens another without loading the page', () => {
    window.history.replaceState(null, '', '/?range=24h');
    renderInConsole(shell());
    const rail = within(screen.getByRole('navigation', { name: 'Views' }));
    expect(rail.getByRole('link', { name: 'Overview' }).getAttribute('aria-current')).toBe('page');
    fireEvent.click(rail.getByRole('link', { name: 'Costs' }));
    expect(window.location.pathname + window.location.search).toBe('/costs?range=24h');
    expect(rail.getByRole('link', { name: 'Costs' }).getAttribute('aria-current')).toBe('page');
  });

  it('has a range picker on views that have a range', () => {
    renderInConsole(shell());
    fireEvent.click(screen.getByRole('radio', { name: '6h' }));
    expect(window.location.search).toBe('?range=6h');
    act(() => navigate('/playground'));
    expect(screen.queryByRole('radiogroup', { name: 'Range' })).toBeNull();
  });

  it('cycles the theme', () => {
    renderInConsole(shell());
    fireEvent.click(screen.getByRole('button', { name: /^Theme: system/ }));
    expect(usePreferences.getState().theme).toBe('light');
  });
});

describe('addresses', () => {
  function Probe() {
    const [value, set] = useSearchParameter('episode');
    return (
      <button type="button" onClick={() => set('41')}>
        {value ?? 'none'} {rangeLabel(useRange())}
      </button>
    );
  }

  it('hold what is chosen, and null takes it out', () => {
    renderInConsole(<Probe />);
    const button = screen.getByRole('button');
    expect(button.textContent).toBe('none last 1 h');
    fireEvent.click(button);
    expect(button.textContent).toBe('41 last 1 h');
    act(() => setRange({ kind: 'relative', span: '7d' }));
    expect(button.textContent).toBe('41 last 7 days');
    act(() => changeSearch({ episode: null }));
    expect(window.location.search).toBe('?range=7d');
  });

  it('fall back to the range chosen last', () => {
    usePreferences.setState({ range: { kind: 'relative', span: '24h' } });
    renderInConsole(<Probe />);
    expect(screen.getByRole('button').textContent).toBe('none last 24 h');
  });

  it('carry the range to other views, and nothing else', () => {
    window.history.replaceState(null, '', '/fallbacks?range=7d&episode=3');
    expect(viewHref('/costs')).toBe('/costs?range=7d');
    expect(viewHref('/costs', { group: 'model', range: null })).toBe('/costs?group=model');
  });

  it('leave clicks with a modifier to the browser', () => {
    renderInConsole(<Link to="/costs">Costs</Link>);
    // `fireEvent` answers false where the default was prevented, which is how the router takes a click over.
    expect(fireEvent.click(screen.getByRole('link'), { ctrlKey: true })).toBe(true);
    expect(fireEvent.click(screen.getByRole('link'))).toBe(false);
  });

  it('know every view of the rail and nothing else', () => {
    expect(VIEWS.map(({ path }) => viewAt(path))).toEqual(VIEWS);
    expect(viewAt('/')?.label).toBe('Overview');
    expect(viewAt('/nowhere')).toBeUndefined();
  });
});
