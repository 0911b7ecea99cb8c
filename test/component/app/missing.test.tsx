import { ORPCError } from '@orpc/client';
import { fireEvent, screen, within } from '@testing-library/react';
import type { ComponentType } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditView } from '../../../renderer/features/audit/AuditView.tsx';
import { DrillsView } from '../../../renderer/features/drills/DrillsView.tsx';
import { ExperimentsView } from '../../../renderer/features/experiments/ExperimentsView.tsx';
import { FallbacksView } from '../../../renderer/features/fallbacks/FallbacksView.tsx';
import { RequestsView } from '../../../renderer/features/requests/RequestsView.tsx';
import type { FakeCalls } from '../../support/console-client.ts';
import { consoleFixture } from '../../support/console-fixtures.ts';
import { aQuietDay } from '../../support/console-fixtures-history.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.now();

/** As the gateway answers for what it does not have. */
const gone = (what: string) => async () => {
  throw new ORPCError('NOT_FOUND', { message: `There is no ${what}.` });
};

const CALLS: FakeCalls = {
  fallbacks: async () => aQuietDay(NOW),
  'incidents.get': gone('incident 99999'),
  'drills.list': async () => ({ drills: [] }),
  'drills.get': gone('drill 99999'),
  'experiments.pair': gone('pair 99999'),
  'requests.list': async () => ({ requests: [], next_cursor: null }),
  'requests.get': gone('request "99999"'),
  audit: async () => ({ entries: [], next_cursor: null }),
};

beforeEach(() => {
  resetConsole();
  loadFixture(consoleFixture('healthy', NOW));
});

describe('an address that names what is not there', () => {
  it.each<[view: string, address: string, View: ComponentType, sentence: RegExp, back: string]>([
    ['Fallbacks', '/fallbacks?incident=99999', FallbacksView, /no incident 99999/, 'Back to the fallbacks'],
    ['Fallbacks', '/fallbacks?incident=abc', FallbacksView, /no incident "abc"/, 'Back to the fallbacks'],
    ['Drills', '/drills?drill=99999', DrillsView, /no drill 99999/, 'Back to the drills'],
    ['Drills', '/drills?drill=abc', DrillsView, /no drill "abc"/, 'Back to the drills'],
    ['Experiments', '/experiments?pair=99999', ExperimentsView, /no pair 99999/, 'Back to the experiments'],
    ['Experiments', '/experiments?pair=abc', ExperimentsView, /no pair "abc"/, 'Back to the experiments'],
    ['Requests', '/requests?request=99999', RequestsView, /no request "99999"/, 'Back to the requests'],
    ['Audit', '/audit?entry=99999', AuditView, /no entry 99999/, 'Back to the audit'],
    ['Audit', '/audit?entry=abc', AuditView, /no entry abc/, 'Back to the audit'],
  ])('says so on %s and leads back: %s', async (_, address, View, sentence, back) => {
    window.history.replaceState(null, '', address);
    renderInConsole(<View />, CALLS);
    const drawer = await screen.findByRole('dialog');
    expect(await within(drawer).findByText(sentence)).toBeTruthy();
    expect(within(drawer).queryByRole('button', { name: 'Try again' })).toBeNull();
    fireEvent.click(within(drawer).getByRole('button', { name: back }));
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(window.location.search).toBe('');
  });
});
