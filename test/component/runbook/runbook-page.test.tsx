import { fireEvent, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { RunbookPageDrawer, RunbookPageLink } from '../../../renderer/features/runbook/RunbookPage.tsx';
import { renderInConsole, resetConsole } from '../../support/console-harness.tsx';

beforeEach(() => {
  resetConsole();
  window.history.replaceState(null, '', '/alerts');
});

describe('a page of the runbook', () => {
  it('opens beside the view from a link, leads on to another one, and closes', async () => {
    window.history.replaceState(null, '', '/alerts?tab=history');
    renderInConsole(
      <>
        <RunbookPageLink anchor="primarymodeldown">What to do</RunbookPageLink>
        <RunbookPageDrawer />
      </>,
    );
    fireEvent.click(screen.getByRole('link', { name: 'What to do' }));
    expect(window.location.search).toBe('?tab=history&page=primarymodeldown');
    const page = within(await screen.findByRole('dialog', { name: 'Runbook: PrimaryModelDown' }));
    expect(page.getByRole('button', { name: 'Copy the command switchyard status' })).toBeTruthy();
    fireEvent.click(page.getByRole('link', { name: 'The primary does not serve' }));
    const next = within(await screen.findByRole('dialog', { name: /The primary does not serve/ }));
    expect(next.getByText(/A hung GPU/)).toBeTruthy();
    fireEvent.click(next.getByRole('button', { name: 'Close' }));
    expect(window.location.search).toBe('?tab=history');
  });

  it('shows a table as terms and what they mean', () => {
    window.history.replaceState(null, '', '/alerts?page=the-gateway-does-not-start');
    renderInConsole(<RunbookPageDrawer />);
    expect(screen.getByText('port … is already in use').closest('dt')).toBeTruthy();
  });

  it('is not linked to where there is none, and an address that names none says so', () => {
    window.history.replaceState(null, '', '/alerts?page=nothing');
    const { container } = renderInConsole(
      <>
        <RunbookPageLink anchor="nothing">What to do</RunbookPageLink>
        <RunbookPageDrawer />
      </>,
    );
    expect(container.querySelector('a')).toBeNull();
    expect(screen.getByText('The runbook has no page "nothing".')).toBeTruthy();
  });
});
