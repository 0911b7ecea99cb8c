import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DrillBanner } from '../../../renderer/features/drills/DrillBanner.tsx';
import { DrillsView } from '../../../renderer/features/drills/DrillsView.tsx';
import { readDrillForm, startingDrillForm } from '../../../renderer/features/drills/drill-form.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { useLive } from '../../../renderer/state/live.ts';
import type { Drill } from '../../../shared/domain/drills.ts';
import type { FakeCalls } from '../../support/console-client.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

function aDrill(changes: Partial<Drill> = {}): Drill {
  return {
    id: 3,
    provider: 'kimi_k2',
    fault: 'refuse',
    share: 1,
    delay_ms: 5000,
    operator: 'ana',
    reason: 'quarterly exercise',
    targets: { lost_requests: 0, detect_ms: 30_000, recover_ms: null },
    state: 'ended',
    created_at: NOW - 600_000,
    starts_at: NOW - 590_000,
    fault_ends_at: NOW - 470_000,
    ended_at: NOW - 460_000,
    figures: {
      faulty_calls: 3,
      answered_requests: 120,
      rerouted_requests: 119,
      lost_requests: 0,
      first_fault_at: NOW - 589_000,
      detected_at: NOW - 586_000,
      recovered_at: NOW - 460_000,
    },
    outcome: 'passed',
    findings: ['0 of 120 requests were lost; 0 may be.'],
    ...changes,
  };
}

const FREE = { refusal: null, takes_over: 'claude_opus', requests_per_second: 4 };
const calls = (changes: FakeCalls = {}): FakeCalls => ({
  'drills.list': async () => ({ drills: [aDrill()] }),
  'drills.preview': async () => FREE,
  'drills.get': async () => ({ ...aDrill(), incident_ids: [7] }),
  ...changes,
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  resetConsole();
  loadFixture(consoleFixture('healthy', NOW));
});
afterEach(() => vi.useRealTimers());

describe('the form of a drill', () => {
  const filled = { ...startingDrillForm('kimi_k2', 'ana'), reason: 'exercise' };

  it('becomes a request', () => {
    expect(readDrillForm({ ...filled, share: '20 %', recover: '' })).toEqual({
      request: {
        provider: 'kimi_k2',
        fault: 'refuse',
        share: 0.2,
        delay_ms: 5000,
        duration_seconds: 120,
        starts_in_seconds: 30,
        targets: { lost_requests: 0, detect_ms: 30_000, recover_ms: null },
        reason: 'exercise',
        operator: 'ana',
      },
    });
  });

  it.each([
    ['share', '0', 'Write a percentage above 0, up to 100.'],
    ['share', 'half', 'Write a percentage above 0, up to 100.'],
    ['length', '2h', 'A drill lasts from 5 s to 30 m.'],
    ['notice', '2d', 'A drill is announced a day ahead at most.'],
    ['lost', '1.5', 'Write a whole number from 0.'],
    ['reason', ' ', 'Say why, in three letters or more: it stands in the announcement and the audit.'],
    ['operator', '', 'Say who you are.'],
  ] as const)('names what is wrong with the %s "%s"', (field, value, sentence) => {
    const read = readDrillForm({ ...filled, [field]: value });
    expect(read).toEqual({ problems: { [field]: sentence } });
  });
});

describe('the drills view', () => {
  it('says what a drill would touch, and announces it', async () => {
    const schedule = vi.fn(async () => aDrill({ state: 'scheduled', outcome: null }));
    renderInConsole(<DrillsView />, calls({ 'drills.schedule': schedule }));
    expect(await screen.findByText(/takes over\./)).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'exercise' } });
    fireEvent.change(screen.getByLabelText('Operator'), { target: { value: 'ana' } });
    fireEvent.click(screen.getByRole('button', { name: 'Announce drill' }));
    await waitFor(() =>
      expect(schedule).toHaveBeenCalledWith(
        expect.objectContaining({ fault: 'refuse', duration_seconds: 120, reason: 'exercise', operator: 'ana' }),
      ),
    );
  });

  it('does not let a refused drill be announced, and says why', async () => {
    const preview = { ...FREE, refusal: 'kimi_k2 is the last healthy provider; nobody could take over.' };
    renderInConsole(<DrillsView />, calls({ 'drills.preview': async () => preview }));
    expect(await screen.findByText(/the last healthy provider/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Announce drill' }).disabled).toBe(true);
  });

  it('cannot announce over a lost connection', async () => {
    useConnection.setState({ phase: 'lost' });
    renderInConsole(<DrillsView />, calls());
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Announce drill' }).disabled).toBe(true);
    expect(await screen.findByText('passed')).toBeTruthy();
  });

  it('opens one from the table, with its figures, in the address', async () => {
    renderInConsole(<DrillsView />, calls());
    fireEvent.click(await screen.findByText('passed'));
    const drawer = await screen.findByRole('dialog', { name: /Drill 3/ });
    expect(window.location.search).toBe('?drill=3');
    expect(within(drawer).getByText('0 of 120 requests were lost; 0 may be.')).toBeTruthy();
    expect(within(drawer).getByText('3.0 s (at most 30 s)')).toBeTruthy();
    expect((await within(drawer).findByRole('link', { name: 'Incident 7' })).getAttribute('href')).toBe(
      '/fallbacks?incident=7',
    );
  });

  it('says when a drill made no incident, and saves its report', async () => {
    const report = vi.fn(async () => new File(['text'], 'drill-3.html'));
    renderInConsole(
      <DrillsView />,
      calls({ 'drills.get': async () => ({ ...aDrill(), incident_ids: [] }), 'drills.report': report }),
    );
    fireEvent.click(await screen.findByText('passed'));
    expect(await screen.findByText(/^No incident/)).toBeTruthy();
    fireEvent.keyDown(screen.getByRole('button', { name: 'Report' }), { key: 'Enter' });
    fireEvent.click(await screen.findByRole('menuitem', { name: /^HTML/ }));
    await waitFor(() => expect(report).toHaveBeenCalledWith({ id: 3, format: 'html' }));
  });

  it('says when there was none yet', async () => {
    renderInConsole(<DrillsView />, calls({ 'drills.list': async () => ({ drills: [] }) }));
    expect(await screen.findByText('No drill yet.')).toBeTruthy();
  });

  it('says why the list could not be loaded, and tries again', async () => {
    const list = vi.fn(async () => {
      throw new Error('The store is closed.');
    });
    renderInConsole(<DrillsView />, calls({ 'drills.list': list }));
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
  });

  it('waits for the first status', () => {
    useLive.setState({ status: null });
    renderInConsole(<DrillsView />, calls());
    expect(screen.getByText('Loading drills')).toBeTruthy();
  });
});

describe('the banner of a drill', () => {
  it.each([
    ['scheduled', /Begins in/],
    ['running', /The fault ends by itself in/],
    ['recovering', /is not back in full yet/],
  ] as const)('tells of a %s one and aborts it', async (state, words) => {
    const abort = vi.fn(async () => ({ aborted: aDrill() }));
    const drill = aDrill({ state, outcome: null, starts_at: NOW + 10_000, fault_ends_at: NOW + 60_000 });
    renderInConsole(<DrillBanner drill={drill} />, calls({ 'drills.abort': abort }));
    expect(screen.getByRole('status').textContent).toMatch(words);
    fireEvent.click(screen.getByRole('button', { name: 'Abort drill' }));
    await waitFor(() => expect(abort).toHaveBeenCalledWith({ operator: 'ana', reason: 'aborted from the console' }));
  });
});
