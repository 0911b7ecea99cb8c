import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AnnotateDialog } from '../../../renderer/features/annotations/AnnotateDialog.tsx';
import { flagsOf } from '../../../renderer/features/annotations/use-annotations.ts';
import { IncidentFigures } from '../../../renderer/features/incidents/IncidentFigures.tsx';
import { IncidentPart } from '../../../renderer/features/incidents/IncidentPart.tsx';
import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);

function anIncident(changes: Partial<IncidentDetail> = {}): IncidentDetail {
  return {
    id: 7,
    kind: 'fallback',
    state: 'ended',
    provider: 'kimi_k2',
    served_by: 'claude_opus',
    started_at: NOW - 600_000,
    detected_at: NOW - 597_000,
    first_fallback_at: NOW - 599_000,
    recovered_at: NOW - 60_000,
    full_share_at: NOW - 30_000,
    time_to_detect_ms: 3000,
    time_to_recover_ms: 540_000,
    requests: { affected: 120, rerouted: 118, slowed: null, lost: 2, cancelled: 0 },
    extra_cost_usd: 1.5,
    pricing_unknown_requests: 0,
    budgets: [
      {
        scope: 'provider',
        name: 'claude_opus',
        limit: 'requests_per_day',
        used_before: 10,
        used_after: 128,
        limit_value: 1000,
        exhausted: false,
      },
    ],
    cause: {
      summary: 'The server of Kimi K2 was not running.',
      evidence: ['Its port refused connections 9 times.'],
      failures: [{ class: 'unreachable', count: 9 }],
      load: null,
    },
    drill_id: null,
    overlapping: [],
    gaps: [],
    notes: ['Switchyard ran throughout.'],
    timeline: [
      { at: NOW - 600_000, kind: 'first_failure', subject: 'kimi_k2', operator: null, text: 'The first call failed.' },
      { at: NOW - 500_000, kind: 'alert_acknowledged', subject: 'x', operator: 'ana', text: 'Acknowledged.' },
    ],
    charts: { since: NOW - 700_000, until: NOW, step_ms: 10_000, providers: [] },
    lanes: [],
    ...changes,
  };
}

beforeEach(() => {
  resetConsole();
  loadFixture(consoleFixture('healthy', NOW));
});

describe('an episode told as an incident', () => {
  it('says what callers lived through, why, and when what happened', async () => {
    renderInConsole(<IncidentPart id={7} />, { 'incidents.get': async () => anIncident() });
    const part = await screen.findByRole('region', { name: 'Incident' });
    for (const text of [
      '3.0 s',
      '9 min',
      '120',
      '2',
      'unreachable ×9',
      'not kept',
      'The first call failed.',
      '(ana)',
    ]) {
      expect(within(part).getAllByText(text, { exact: false }).length).toBeGreaterThan(0);
    }
    expect(within(part).getByText('The server of Kimi K2 was not running.')).toBeTruthy();
    expect(within(part).getByText('claude_opus requests_per_day: 128 of 1,000')).toBeTruthy();
    expect(within(part).getByRole('link', { name: 'Its requests' }).getAttribute('href')).toBe(
      `/requests?range=${NOW - 600_000}-${NOW - 30_000}`,
    );
  });

  it('says that it is still open, and what was not seen', async () => {
    const open = anIncident({ state: 'open', recovered_at: null, full_share_at: null, time_to_detect_ms: null });
    renderInConsole(<IncidentPart id={7} />, { 'incidents.get': async () => open });
    expect(await screen.findByText('still open')).toBeTruthy();
    expect(screen.getByText('not seen')).toBeTruthy();
  });

  it('says why it could not be put together', async () => {
    const get = async () => {
      throw new Error('There is no incident 7.');
    };
    renderInConsole(<IncidentPart id={7} />, { 'incidents.get': get });
    expect(await screen.findByText(/There is no incident 7/)).toBeTruthy();
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
    renderInConsole(<IncidentFigures version="" />, { 'incidents.summary': async () => summary });
    const row = (await screen.findByText('2026-11-16')).closest('tr');
    expect(row?.textContent).toBe('2026-11-16' + '2' + '1' + '5' + '2.0 s' + '—');
    expect(screen.queryByText('2026-11-09')).toBeNull();
  });

  it('says when there was none', async () => {
    const summary = { since: 0, until: NOW, weeks: [], total };
    renderInConsole(<IncidentFigures version="" />, { 'incidents.summary': async () => summary });
    expect(await screen.findByText('No incident in the last 90 days.')).toBeTruthy();
  });
});

describe('annotations', () => {
  const annotation = { id: 'deploy:1', at: NOW, until: null, operator: 'ana', link: null };

  it('are flags in a few words', () => {
    expect(
      flagsOf([
        { ...annotation, kind: 'deploy', text: 'release 4.2' },
        { ...annotation, kind: 'override', text: 'claude forced by ana for the upgrade' },
        { ...annotation, kind: 'config', text: 'abc' },
      ]),
    ).toEqual([
      { at: NOW, label: 'release 4.2' },
      { at: NOW, label: 'override: claude forced…' },
      { at: NOW, label: 'configuration' },
    ]);
  });

  it('are made by hand', async () => {
    const create = vi.fn(async () => ({ ...annotation, kind: 'deploy', text: 'release 4.2' }));
    const onClose = vi.fn();
    renderInConsole(<AnnotateDialog onClose={onClose} />, { 'annotations.create': create });
    fireEvent.change(screen.getByLabelText('What happened'), { target: { value: 'release 4.2' } });
    fireEvent.change(screen.getByLabelText('Operator'), { target: { value: 'ana' } });
    fireEvent.click(screen.getByRole('button', { name: 'Mark' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(create).toHaveBeenCalledWith({ kind: 'deploy', text: 'release 4.2', operator: 'ana' });
  });
});
