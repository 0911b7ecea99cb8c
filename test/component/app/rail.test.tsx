import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rail } from '../../../renderer/app/Rail.tsx';
import { VIEW_GROUPS, VIEWS } from '../../../renderer/app/views.ts';
import type { FiringAlert } from '../../../shared/domain/status.ts';
import { discardDraft, draftValue } from '../../../renderer/state/routing-draft.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { aStatus, consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

beforeEach(resetConsole);
afterEach(resetConsole);

function firing(...severities: FiringAlert['severity'][]): void {
  const alerts = severities.map((severity, index) => ({
    id: String(index),
    name: 'PrimaryModelDown',
    severity,
    summary: 'Kimi K2 does not answer.',
    since: Date.now(),
    acknowledged_by: null,
  }));
  loadFixture({
    ...consoleFixture('healthy', Date.now()),
    status: aStatus(Date.now(), { firing_alerts: alerts }),
  });
}

describe('the rail', () => {
  it('has every view once, in its group', () => {
    renderInConsole(<Rail path="/" />);
    const rail = screen.getByRole('navigation', { name: 'Views' });
    for (const group of VIEW_GROUPS) {
      const links = within(within(rail).getByRole('group', { name: group })).getAllByRole('link');
      expect(links.map((link) => link.textContent)).toEqual(
        VIEWS.filter((view) => view.group === group).map(({ label }) => label),
      );
    }
  });

  it('counts what fires, in words too', () => {
    firing('warning', 'critical');
    renderInConsole(<Rail path="/" />);
    const rail = screen.getByRole('navigation', { name: 'Views' });
    expect(within(rail).getByText('2').textContent).toBe('2 firing');
    expect(within(rail).getByText('2').className).toContain('bg-bad-solid');
  });

  it('says that a draft of the routing waits to be saved', () => {
    draftValue(['routing', 'primary'], 'grok', 2);
    renderInConsole(<Rail path="/" />);
    const rail = within(screen.getByRole('navigation', { name: 'Views' }));
    expect(rail.getByRole('link', { name: /Routing/ }).textContent).toBe('Routingdraft, not saved');
    act(() => discardDraft());
    expect(rail.getByRole('link', { name: /Routing/ }).textContent).toBe('Routing');
  });

  it('takes the colour from the count while the line is down', () => {
    firing('critical');
    useConnection.setState({ phase: 'lost' });
    renderInConsole(<Rail path="/" />);
    const rail = screen.getByRole('navigation', { name: 'Views' });
    expect(within(rail).getByText('1').className).not.toContain('bg-bad-solid');
  });

  it('shows no count where nothing fires', () => {
    firing();
    renderInConsole(<Rail path="/" />);
    expect(screen.queryByText('firing')).toBeNull();
  });

  it('has on a phone the most needed views, and all of them behind More', () => {
    renderInConsole(<Rail path="/settings" />);
    const bar = screen.getByRole('navigation', { name: 'Most needed views' });
    expect(within(bar).getAllByRole('link').length).toBeLessThanOrEqual(4);
    fireEvent.click(within(bar).getByRole('button', { name: 'Settings' }));
    const all = screen.getByRole('navigation', { name: 'All views' });
    expect(within(all).getAllByRole('link')).toHaveLength(VIEWS.length);
    fireEvent.click(within(all).getByRole('link', { name: 'Costs' }));
    expect(window.location.pathname).toBe('/costs');
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
