import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AnnotateDialog } from '../../../renderer/features/annotations/AnnotateDialog.tsx';
import { IncidentFigures } from '../../../renderer/features/incidents/IncidentFigures.tsx';
import { AnnotationControls } from '../../../renderer/features/annotations/AnnotationControls.tsx';
import { IncidentReport } from '../../../renderer/features/incidents/IncidentReport.tsx';
import { countedWords, explainIncident } from '../../../renderer/features/incidents/incident-words.ts';
import { useOverlay } from '../../../renderer/state/overlay.ts';
import { usePreferences } from '../../../renderer/state/preferences.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { anIncident } from '../../support/console-fixtures-incident.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

beforeEach(() => {
  resetConsole();
  loadFixture(consoleFixture('healthy', NOW));
});

const annotation = { id: 'deploy:1', at: NOW - 620_000, until: null, operator: 'ana', link: null };
const annotations = (...list: object[]) => ({
  'annotations.list': async () => ({ since: 0, until: NOW, annotations: list, truncated: false }),
});

describe('an episode told as an incident', () => {
  it('says what callers lived through, why, and when what happened', async () => {
    renderInConsole(<IncidentReport id={7} now={NOW} reason={null} onLeave={() => undefined} />, {
      'incidents.get': async () => anIncident(NOW),
    });
    const cause = within(await screen.findByRole('region', { name: 'Likely cause' }));
    expect(cause.getByText('The server of Kimi K2 was not running.')).toBeTruthy();
    expect(cause.getByText('Its port refused connections 9 times.')).toBeTruthy();
    expect(screen.getByText('fallback, over')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Report' })).toBeTruthy();
    expect(screen.getByText('Claude Opus took most of 120 affected requests; 2 of them were lost.')).toBeTruthy();
    const figures = screen.getByRole('region', { name: 'Figures' });
    expect(figures.textContent).toContain('Requests affected120');
    expect(figures.textContent).toContain('Lost2');
    expect(figures.textContent).toContain('Extra cost1.50 USD');
    expect(figures.textContent).toContain('Time to detect3.0 s');
    expect(figures.textContent).toContain('Time to recover9 min');
    expect(within(figures).getByLabelText('not known any more')).toBeTruthy();
    expect(within(figures).getByRole('link', { name: 'those that fell back' }).getAttribute('href')).toBe(
      `/requests?range=${NOW - 660_000}-${NOW + 30_000}&fallback=1`,
    );
    const timeline = within(screen.getByRole('region', { name: 'What happened' }));
    expect(timeline.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/The first call failed\.at the start$/),
      expect.stringMatching(/Acknowledged\. \(ana\)\+1 min 40 s$/),
    ]);
    expect(screen.getByText(/requests per day: 10 → 128 of 1,000$/)).toBeTruthy();
    expect(screen.getByText('Switchyard ran throughout.')).toBeTruthy();
    expect(screen.getByText('No request of that time is kept.')).toBeTruthy();
  });

  it('tells the sentences, the figures and their time from one source', () => {
    const names = (provider: string) => (provider === 'kimi_k2' ? 'Kimi K2' : 'Claude Opus');
    const teller = { names, now: NOW, fromIsSelfHosted: true, timeZone: 'UTC' };
    expect(explainIncident(anIncident(NOW), teller)).toEqual([
      'Kimi K2 first failed on 20 Nov 03:09 and served again at 03:18, 9 min later.',
      'Claude Opus took most of 120 affected requests; 2 of them were lost.',
      'It cost 1.50 USD, where Kimi K2 costs nothing per request.',
    ]);
    expect(countedWords(anIncident(NOW), NOW, 'UTC')).toBe(
      'Counted from the first failure, 03:09:00, to 03:18:30, when it had its full share again. The list of episodes counts only while it did not serve.',
    );
  });

  it('tells one that lasts, that nobody takes over, and whose price is unknown', () => {
    const requests = { affected: 1, rerouted: 0, slowed: 0, lost: 1, cancelled: 0 };
    const lasting = anIncident(NOW, {
      served_by: null,
      recovered_at: null,
      full_share_at: null,
      requests,
      extra_cost_usd: 0,
      pricing_unknown_requests: 1,
    });
    const teller = { names: () => 'Kimi K2', now: NOW, fromIsSelfHosted: false, timeZone: 'UTC' };
    expect(explainIncident(lasting, teller)).toEqual([
      'Kimi K2 first failed on 20 Nov 03:09, 10 min ago, and does not serve.',
      'Nobody could take over; 1 request was lost.',
      'What it cost is unknown: 1 request had no known price.',
    ]);
    expect(countedWords(lasting, NOW, 'UTC')).toBe('Counted from the first failure, 03:09:00, to 03:19:00; it lasts.');
  });

  it('has what was noted at that time, links included', async () => {
    const deploy = { ...annotation, kind: 'deploy', text: 'model server 0.9', link: 'https://example.com/c/1' };
    const alert = { ...annotation, id: 'alert:1', kind: 'alert', text: 'PrimaryModelDown' };
    renderInConsole(<IncidentReport id={7} now={NOW} reason={null} onLeave={() => undefined} />, {
      'incidents.get': async () => anIncident(NOW),
      ...annotations(deploy, alert),
    });
    const noted = within(await screen.findByRole('region', { name: 'Noted and changed meanwhile' }));
    expect(noted.getByText(/model server 0\.9/)).toBeTruthy();
    expect(noted.getByRole('link').getAttribute('href')).toBe('https://example.com/c/1');
    expect(noted.queryByText(/PrimaryModelDown/)).toBeNull();
  });

  it('says that it lasts, and what was not seen', async () => {
    const open = anIncident(NOW, {
      state: 'open',
      kind: 'outage',
      recovered_at: null,
      full_share_at: null,
      time_to_detect_ms: null,
      time_to_recover_ms: null,
      drill_id: 3,
    });
    renderInConsole(<IncidentReport id={7} now={NOW} reason={null} onLeave={() => undefined} />, {
      'incidents.get': async () => open,
    });
    expect(await screen.findByText('outage, lasting')).toBeTruthy();
    expect(screen.getByLabelText('it was not marked down')).toBeTruthy();
    expect(screen.getByLabelText('it has not recovered yet')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'exercised by drill 3' })).toBeTruthy();
  });

  it('says that it is being put together, and why it could not be', async () => {
    const get = vi.fn(async () => Promise.reject(new Error('There is no incident 7.')));
    renderInConsole(<IncidentReport id={7} now={NOW} reason={null} onLeave={() => undefined} />, {
      'incidents.get': get,
    });
    expect(screen.getByRole('region', { name: 'Incident' }).getAttribute('aria-busy')).toBe('true');
    expect(await screen.findByText(/There is no incident 7/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(get).toHaveBeenCalledTimes(2));
  });

  it.each([
    ['Markdown', 'md'],
    ['HTML', 'html'],
    ['JSON', 'json'],
  ])('is exported as %s', async (label, format) => {
    const report = vi.fn(async () => new File(['text'], `incident-7.${format}`));
    renderInConsole(<IncidentReport id={7} now={NOW} reason={null} onLeave={() => undefined} />, {
      'incidents.get': async () => anIncident(NOW),
      'incidents.report': report,
    });
    fireEvent.keyDown(await screen.findByRole('button', { name: 'Report' }), { key: 'Enter' });
    fireEvent.click(await screen.findByRole('menuitem', { name: new RegExp(`^${label}`) }));
    await waitFor(() => expect(report).toHaveBeenCalledWith({ id: 7, format }));
  });

  it('says why it could not be exported', async () => {
    const report = async () => Promise.reject(new Error('The store is closed.'));
    renderInConsole(<IncidentReport id={7} now={NOW} reason={null} onLeave={() => undefined} />, {
      'incidents.get': async () => anIncident(NOW),
      'incidents.report': report,
    });
    fireEvent.keyDown(await screen.findByRole('button', { name: 'Report' }), { key: 'Enter' });
    fireEvent.click(await screen.findByRole('menuitem', { name: /^JSON/ }));
    expect(await screen.findByText('The store is closed.')).toBeTruthy();
  });
});

describe('time to detect and to recover', () => {
  const total = {
    incidents: 2,
    outages: 1,
    lost_requests: 5,
    mean_time_to_detect_ms: 2000,
    mean_time_to_recover_ms: null,
  };

  it('stands by week, weeks without an incident left out', async () => {
    const quiet = { ...total, incidents: 0, from: Date.UTC(2026, 10, 9) };
    const summary = { since: 0, until: NOW, weeks: [quiet, { ...total, from: Date.UTC(2026, 10, 16) }], total };
    renderInConsole(<IncidentFigures />, { 'incidents.summary': async () => summary });
    const row = (await screen.findByText('2026-11-16')).closest('tr');
    expect(row?.textContent).toBe('2026-11-16' + '2' + '1' + '5' + '2.0 s' + '—');
    expect(screen.queryByText('2026-11-09')).toBeNull();
  });

  it('says when there was none', async () => {
    const summary = { since: 0, until: NOW, weeks: [], total };
    renderInConsole(<IncidentFigures />, { 'incidents.summary': async () => summary });
    expect(await screen.findByText('No incident in the last 90 days.')).toBeTruthy();
  });
});

describe('annotations', () => {
  const fill = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

  it('are made by hand', async () => {
    const create = vi.fn(async () => ({ ...annotation, kind: 'deploy', text: 'release 4.2' }));
    const onClose = vi.fn();
    renderInConsole(<AnnotateDialog onClose={onClose} />, { 'annotations.create': create });
    fireEvent.click(screen.getByRole('radio', { name: 'Deploy' }));
    fill('What happened', 'release 4.2');
    fill('When', '2026-11-20T03:00:00Z');
    fill('Link', 'https://example.com/c/1');
    fill('Operator', 'ana');
    fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(create).toHaveBeenCalledWith({
      kind: 'deploy',
      text: 'release 4.2',
      at: Date.UTC(2026, 10, 20, 3),
      link: 'https://example.com/c/1',
      operator: 'ana',
    });
  });

  it('leave the moment to the gateway when it is now', async () => {
    const create = vi.fn(async () => ({ ...annotation, kind: 'note', text: 'noted' }));
    renderInConsole(<AnnotateDialog onClose={vi.fn()} />, { 'annotations.create': create });
    fill('What happened', 'noted');
    fill('Operator', 'ana');
    fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(create).toHaveBeenCalledWith({ kind: 'note', text: 'noted', operator: 'ana' }));
  });

  it('say what is missing or wrong, field by field', () => {
    renderInConsole(<AnnotateDialog onClose={vi.fn()} />);
    fill('When', 'yesterday');
    fill('Link', 'javascript:alert(1)');
    fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    for (const words of [/^Say what happened/, /^Write now, a time ago/, /^Write an address/, /^Say who you are/])
      expect(screen.getByText(words)).toBeTruthy();
  });

  it('say what the gateway has against it', async () => {
    const create = async () => Promise.reject(new Error('An annotation is at most a day ahead.'));
    renderInConsole(<AnnotateDialog onClose={vi.fn()} />, { 'annotations.create': create });
    fill('What happened', 'later');
    fill('Operator', 'ana');
    fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    expect((await screen.findByRole('alert')).textContent).toBe('An annotation is at most a day ahead.');
  });

  it('are switched off and on for all charts, and noted, beside each chart', () => {
    renderInConsole(<AnnotationControls range={{ since: '1h' }} />, annotations());
    fireEvent.click(screen.getByRole('button', { name: 'Hide events on the charts', pressed: true }));
    expect(usePreferences.getState().showAnnotations).toBe(false);
    expect(screen.getByRole('button', { name: 'Show events on the charts', pressed: false })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Add a note' }));
    expect(useOverlay.getState().open).toBe('annotate');
  });

  it('say beside the chart why they could not be loaded', async () => {
    const list = async () => Promise.reject(new Error('The store is closed.'));
    renderInConsole(<AnnotationControls range={{ since: '1h' }} />, { 'annotations.list': list });
    expect(await screen.findByRole('button', { name: /could not be loaded: The store is closed/ })).toBeTruthy();
  });
});
