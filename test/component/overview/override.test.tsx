import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeSearch, navigate } from '../../../renderer/app/router.tsx';
import { ForceDialog } from '../../../renderer/features/override/ForceDialog.tsx';
import { OverrideBanner } from '../../../renderer/features/override/OverrideBanner.tsx';
import {
  readExpiry,
  readForceForm,
  readScope,
  type ForceForm,
} from '../../../renderer/features/override/force-form.ts';
import { estimateCost, overridePreview, scopeShare } from '../../../renderer/features/override/override-preview.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { openForceDialog, useForceDialog } from '../../../renderer/state/force-dialog.ts';
import { usePreferences } from '../../../renderer/state/preferences.ts';
import {
  aFallbackStatus,
  aProvider,
  aQuota,
  aRequest,
  aStatus,
  consoleFixture,
} from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

const NOW = Date.UTC(2026, 10, 20, 3, 19);
const ALL = { scopeKind: 'all', scopeName: '' } as const;

const filled: ForceForm = {
  provider: 'claude_opus',
  ...ALL,
  expiry: '15m',
  reason: 'INC-2291',
  operator: 'ana',
  confirmation: '',
};

describe('the force form', () => {
  it('becomes a request', () => {
    expect(readForceForm({ ...filled, scopeKind: 'call-site', scopeName: ' NIGHTLY ' }, false)).toEqual({
      request: {
        provider: 'claude_opus',
        ttl_seconds: 900,
        reason: 'INC-2291',
        operator: 'ana',
        scope: 'call-site:NIGHTLY',
      },
    });
  });

  it('names every field that is wrong', () => {
    const read = readForceForm({ ...filled, scopeKind: 'model', expiry: 'soon', reason: ' ', operator: '' }, true);
    expect('problems' in read && Object.keys(read.problems).toSorted()).toEqual([
      'confirmation',
      'expiry',
      'operator',
      'reason',
      'scopeName',
    ]);
  });

  it.each([
    ['15m', 900],
    ['90s', 90],
    ['5s', 'The shortest override is 10 s.'],
    ['25h', 'The longest override is 24 h.'],
  ])('reads the expiry %s', (text, expected) => {
    expect(readExpiry(text)).toBe(expected);
  });

  it('reads scopes with colons in their names', () => {
    expect(readScope('model:a:b')).toEqual({ scopeKind: 'model', scopeName: 'a:b' });
    expect(readScope('all')).toEqual(ALL);
  });
});

describe('the preview of an override', () => {
  const status = aStatus(NOW, { requests_per_second: 2 });
  const priced = [
    aRequest(NOW, 1, { provider: 'claude_opus', cost_usd: 0.01 }),
    aRequest(NOW, 2, { provider: 'claude_opus', cost_usd: 0.03 }),
  ];
  const lines = (question: Partial<Parameters<typeof overridePreview>[0]>) =>
    Object.fromEntries(
      overridePreview({
        status,
        provider: aProvider(NOW),
        requests: priced,
        scope: ALL,
        ttlMs: 900_000,
        now: NOW,
        ...question,
      }).lines.map(({ label, text }) => [label, text]),
    );

  it('prices all the traffic by the newest requests of a provider that has none', () => {
    expect(lines({})['Cost']).toBe(
      'about 144.00 USD/h instead of 0 USD/h; 36.00 USD in 15 min, by its newest requests',
    );
  });

  it('leaves out requests of unknown price, and says when there is nothing to judge by', () => {
    const unpriced = priced.map((request) => ({ ...request, pricing_unknown: true }));
    expect(estimateCost(aProvider(NOW), unpriced)).toBeNull();
    expect(lines({ requests: unpriced })['Cost']).toContain('not known');
  });

  it('says when a budget would be used up', () => {
    const provider = aProvider(NOW, { quota: [aQuota(NOW, { remaining: 720 })] });
    expect(lines({ provider })['Requests left today']).toMatch(/^720 of 1,000, used up at .+ with all the traffic$/);
    const enough = aProvider(NOW, { quota: [aQuota(NOW, { remaining: 720_000, limit_value: 1_000_000 })] });
    expect(lines({ provider: enough })['Requests left today']).toContain('enough until it resets');
  });

  it('warns of a rate limit below the traffic', () => {
    const provider = aProvider(NOW, { quota: [aQuota(NOW, { limit: 'requests_per_second', limit_value: 1 })] });
    expect(lines({ provider })['Rate limit']).toContain('below the traffic');
  });

  it('counts only what is in scope', () => {
    const requests = [0, 1, 2, 3].map((index) =>
      aRequest(NOW, index, { call_site: index === 0 ? 'NIGHTLY' : null, provider: 'claude_opus', cost_usd: 0.02 }),
    );
    const scope = { scopeKind: 'call-site', scopeName: 'NIGHTLY' } as const;
    expect(scopeShare(scope, requests)).toBe(0.25);
    expect(lines({ requests, scope })['Traffic now']).toBe('about 0.5 /s of 2 /s is in scope');
    expect(scopeShare(scope, [])).toBeNull();
  });

  it('is dangerous for whom cannot serve', () => {
    const [kimi] = aFallbackStatus(NOW).providers;
    if (!kimi) throw new Error('The fixture has Kimi first.');
    expect(overridePreview({ status, provider: kimi, requests: [], scope: ALL, ttlMs: 1, now: NOW }).dangerous).toBe(
      true,
    );
    expect(
      overridePreview({ status, provider: aProvider(NOW), requests: [], scope: ALL, ttlMs: 1, now: NOW }).dangerous,
    ).toBe(false);
  });
});

describe('the force dialog', () => {
  beforeEach(() => {
    resetConsole();
    loadFixture(consoleFixture('fallback', Date.now()));
  });
  afterEach(resetConsole);

  const submit = () => fireEvent.submit(screen.getByRole('dialog').querySelector('form') as HTMLFormElement);
  const type = (label: string | RegExp, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });

  it('has its place in the address: a link opens it and going elsewhere closes it', () => {
    window.history.replaceState(null, '', '/costs?force=claude_opus');
    renderInConsole(<ForceDialog />);
    expect((screen.getByLabelText('Provider') as HTMLSelectElement).value).toBe('claude_opus');
    act(() => navigate('/fallbacks'));
    expect(screen.queryByRole('dialog')).toBeNull();
    act(() => openForceDialog({ provider: 'kimi_k2', reason: 'a reason of before' }));
    expect(window.location.search).toBe('?force=kimi_k2');
    act(() => changeSearch({ force: 'claude_opus' }));
    act(() => changeSearch({ force: null }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('sends what was filled in, remembers the operator and closes', async () => {
    const set = vi.fn<(input: unknown) => Promise<unknown>>(async () => ({}));
    openForceDialog({ provider: 'claude_opus' });
    renderInConsole(<ForceDialog />, { 'override.set': set });
    fireEvent.click(screen.getByRole('radio', { name: '1h' }));
    type('Reason', 'INC-2291');
    type('Operator', 'ana');
    submit();
    await waitFor(() => expect(useForceDialog.getState().draft).toBeNull());
    expect(set).toHaveBeenCalledWith({
      provider: 'claude_opus',
      ttl_seconds: 3600,
      reason: 'INC-2291',
      operator: 'ana',
      scope: 'all',
    });
    expect(usePreferences.getState().operator).toBe('ana');
  });

  it('sends nothing without a reason, and says so at the field', () => {
    openForceDialog({ provider: 'claude_opus' });
    renderInConsole(<ForceDialog />);
    submit();
    expect(
      screen.getByText('Say why, in three letters or more: it stands in the banner and in the audit.'),
    ).toBeTruthy();
    expect(screen.getByLabelText('Reason').getAttribute('aria-invalid')).toBe('true');
  });

  it('demands the name of a provider that is unhealthy', async () => {
    const set = vi.fn<(input: unknown) => Promise<unknown>>(async () => ({}));
    openForceDialog({ provider: 'kimi_k2', reason: 'testing a fix' });
    usePreferences.setState({ operator: 'ana' });
    renderInConsole(<ForceDialog />, { 'override.set': set });
    submit();
    expect(screen.getByText('Type kimi_k2 to force it all the same.')).toBeTruthy();
    expect(set).not.toHaveBeenCalled();
    type(/^Type kimi_k2/, 'kimi_k2');
    submit();
    await waitFor(() => expect(set).toHaveBeenCalledTimes(1));
  });

  it("shows the gateway's refusal and stays open", async () => {
    openForceDialog({ provider: 'claude_opus', reason: 'because' });
    usePreferences.setState({ operator: 'ana' });
    renderInConsole(<ForceDialog />, {
      'override.set': () => Promise.reject(new Error('At most 10 overrides a minute: wait 20 s.')),
    });
    submit();
    expect(await screen.findByText('At most 10 overrides a minute: wait 20 s.')).toBeTruthy();
    expect(screen.getByRole('dialog')).toBeTruthy();
  });

  it('shows the effect in figures', () => {
    openForceDialog({ provider: 'claude_opus' });
    renderInConsole(<ForceDialog />);
    const effect = screen.getByLabelText('Effect');
    expect(within(effect).getByText(/12\.40 USD\/h, as now/)).toBeTruthy();
    expect(within(effect).getByText(/41\.80 USD of 60\.00 USD/)).toBeTruthy();
  });
});

describe('the override banner', () => {
  beforeEach(() => useConnection.setState({ phase: 'live' }));
  afterEach(resetConsole);
  const override = {
    id: 1,
    provider: 'claude_opus',
    scope: 'call-site:NIGHTLY',
    reason: 'INC-2291',
    operator: 'ana',
    created_at: Date.now(),
    expires_at: Date.now() + 12 * 60_000,
  };

  it('says what, for what, by whom, why and how long yet', () => {
    loadFixture(consoleFixture('forced', Date.now()));
    renderInConsole(<OverrideBanner override={override} />);
    const text = screen.getByRole('status').textContent;
    expect(text).toContain('Forced to Claude Opus for call site NIGHTLY by ana: INC-2291.');
    expect(text).toMatch(/Ends by itself in 1[12]:\d\d\./);
  });

  it('releases on one click, and shows why it could not', async () => {
    const release = vi.fn<(input: unknown) => Promise<unknown>>(() =>
      Promise.reject(new Error('The gateway cannot be reached.')),
    );
    renderInConsole(<OverrideBanner override={override} />, { 'override.release': release });
    fireEvent.click(screen.getByRole('button', { name: 'Release' }));
    expect(await screen.findByText('The gateway cannot be reached.')).toBeTruthy();
    expect(release).toHaveBeenCalledWith({ operator: 'ana', reason: 'released from the console' });
  });
});
