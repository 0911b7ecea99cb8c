import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Budgets } from '../../../renderer/features/costs/Budgets.tsx';
import { readRaiseForm } from '../../../renderer/features/costs/raise-form.ts';
import { raisePreview } from '../../../renderer/features/costs/raise-preview.ts';
import { resetWords, usedOfLimit } from '../../../renderer/features/overview/quota-words.ts';
import { initialConnection, useConnection } from '../../../renderer/state/connection.ts';
import { useLive } from '../../../renderer/state/live.ts';
import { usePreferences } from '../../../renderer/state/preferences.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import { formatClock } from '../../../shared/format/time.ts';
import { aProvider, aQuota, aStatus, consoleFixture } from '../../support/console-fixtures.ts';
import { renderView } from '../../support/console-render-history.tsx';

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  useConnection.setState(consoleFixture('healthy', NOW).connection);
  usePreferences.setState({ operator: 'ada' });
});
afterEach(() => {
  cleanup();
  useConnection.setState(initialConnection, true);
  usePreferences.setState({ operator: '' });
  vi.useRealTimers();
});

const raise = { from: 1000, operator: 'ada', reason: 'launch day', created_at: NOW - HOUR, until: NOW + 6 * HOUR };
const raised = aQuota(NOW, { limit_value: 1500, remaining: 1288, raise });
const ofChat = aQuota(NOW, { scope: 'call_site', name: 'chat', provider: null, used: 40, limit_value: 100 });

function show(
  quota: QuotaStatus[],
  answers: Parameters<typeof renderView>[1] = {},
  callSiteQuotas: QuotaStatus[] | null = [],
  address = '/costs',
) {
  const status = aStatus(NOW, { providers: [aProvider(NOW, { quota })] });
  renderView(<Budgets />, answers, { status, callSiteQuotas }, address);
}

describe('the budgets', () => {
  it('show those of call sites beside those of providers, each once', () => {
    show([aQuota(NOW)], {}, [ofChat]);
    expect(screen.getByText('Call site chat')).toBeTruthy();
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
    expect(screen.getByRole('meter', { name: 'Call site chat, requests per day' })).toBeTruthy();
  });

  it('wait for the first word of the stream rather than say that there is none', () => {
    show([], {}, null);
    expect(screen.getByText('Loading')).toBeTruthy();
    expect(screen.queryByText('No daily budget is set')).toBeNull();
  });

  it('follow the stream: what it says of a call site is shown at once', () => {
    show([], {}, [ofChat]);
    act(() => useLive.setState({ callSiteQuotas: [{ ...ofChat, used: 41 }] }));
    expect(screen.getByText('41 of 100 requests today')).toBeTruthy();
  });

  it('say that a soft limit is passed', () => {
    show([aQuota(NOW, { used: 820, soft_limit: 800, soft_exceeded: true })]);
    expect(screen.getByText('over the soft limit of 800 requests')).toBeTruthy();
  });

  it('offer no raise where a soft limit stands alone', () => {
    show([aQuota(NOW, { enforced: false, limit_value: 800, soft_limit: 800 })]);
    expect(screen.getByText('212 of 800 requests before an alert today')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Raise/ })).toBeNull();
  });

  it('say until when, by whom and why one is raised, and end it on a press', async () => {
    const endRaise = vi.fn(async () => ({ ended: null }));
    show([raised], { endRaise });
    const line = screen.getAllByRole('listitem')[0];
    expect(line?.textContent).toContain(
      `raised to 1,500 requests until ${formatClock(raise.until)} by ada: launch day`,
    );
    fireEvent.click(screen.getByRole('button', { name: 'End the raise' }));
    await waitFor(() => expect(endRaise).toHaveBeenCalledTimes(1));
    expect(endRaise.mock.calls[0]).toMatchObject([
      { scope: 'provider', name: 'claude_opus', limit: 'requests_per_day', operator: 'ada' },
    ]);
  });
});

describe('the dialog that raises one', () => {
  const open = async (answers: Parameters<typeof renderView>[1] = {}) => {
    show([aQuota(NOW, { used: 1000, remaining: 0, exhausted: true })], answers);
    fireEvent.click(screen.getByRole('button', { name: /^Raise .*, requests per day$/ }));
    return await screen.findByRole('dialog');
  };
  const write = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

  it('shows what it would do, sends it, and closes', async () => {
    const raiseLimit = vi.fn(async () => raised);
    const dialog = await open({ raiseLimit });
    const effect = within(dialog).getByLabelText('Effect');
    expect(effect.textContent).toContain('500 requests instead of 0 requests; it opens at once');
    write('Requests a day', '1,200');
    expect(effect.textContent).toContain('200 requests instead of 0 requests');
    write('Reason', 'launch day');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Raise for 4h' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(raiseLimit.mock.calls[0]).toMatchObject([
      { scope: 'provider', name: 'claude_opus', limit_value: 1200, ttl_seconds: 4 * 3600, operator: 'ada' },
    ]);
  });

  it('has its place in the address, and is closed by going back from it', async () => {
    show([aQuota(NOW)], {}, [ofChat], '/costs?raise=call_site/requests_per_day/chat');
    expect(screen.getByRole('dialog').textContent).toContain('Call site chat');
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(window.location.search).toBe('');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('says what is missing, and what the gateway answers', async () => {
    const dialog = await open({ raiseLimit: () => Promise.reject(new Error('There is no limit of that name.')) });
    write('Requests a day', '900');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Raise for 4h' }));
    expect(dialog.textContent).toContain('Write a number above 1,000 requests.');
    expect(dialog.textContent).toContain('Say why');
    write('Requests a day', '1100');
    write('Reason', 'launch day');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Raise for 4h' }));
    expect(await within(dialog).findByRole('alert')).toHaveProperty('textContent', 'There is no limit of that name.');
  });
});

describe('the form', () => {
  const form = { limit: '1500', expiry: '4h', reason: 'launch day', operator: 'ada' };

  it.each([
    ['no number', { limit: 'lots' }, 'limit'],
    ['no raise', { limit: '1000' }, 'limit'],
    ['half a request', { limit: '1000.5' }, 'limit'],
    ['no time', { expiry: 'soon' }, 'expiry'],
    ['longer than a week', { expiry: '8d' }, 'expiry'],
    ['no reason', { reason: '' }, 'reason'],
    ['nobody', { operator: ' ' }, 'operator'],
  ])('names the field with %s', (_, changes, field) => {
    const read = readRaiseForm({ ...form, ...changes }, aQuota(NOW));
    expect('problems' in read && Object.keys(read.problems)).toEqual([field]);
  });

  it('measures against the registry, not against the raise before', () => {
    expect(readRaiseForm({ ...form, limit: '1200' }, raised)).toMatchObject({ request: { limit_value: 1200 } });
  });
});

describe('the effect', () => {
  const effect = (changes: Partial<QuotaStatus>, value = 1500) =>
    Object.fromEntries(
      raisePreview({ budget: aQuota(NOW, changes), value, until: NOW + 6 * HOUR, now: NOW, timeZone: 'UTC' }).map(
        ({ label, text }) => [label, text],
      ),
    );

  it('is how much more may pass and how long it lasts at the present rate', () => {
    const running = { used: 800, remaining: 200, projected_exhaustion_at: NOW + 2 * HOUR };
    expect(effect(running)).toEqual({
      Limit: '1,500 requests a day until 18:00, instead of 1,000 requests',
      'Left today': '700 requests instead of 200 requests',
      Lasts: 'until 19:00 instead of 14:00, at the present rate',
      Afterwards: '1,000 requests a day again: closed until the reset if more is used by then',
    });
    expect(effect(running, 3000)['Lasts']).toBe('until the reset at 21:00 instead of 14:00');
  });

  it('is money in dollars', () => {
    const spent = { limit: 'usd_per_day' as const, used: 60, limit_value: 60, remaining: 0, exhausted: true };
    expect(effect(spent, 80)['Left today']).toBe('20.00 USD instead of 0 USD; it opens at once');
    expect(effect(spent, 80)['Lasts']).toContain('not known');
  });

  it('says when it would not be enough', () => {
    expect(effect({ used: 1600, remaining: 0, exhausted: true })['Left today']).toContain('it stays closed');
  });
});

describe('the words of the overview', () => {
  it('name a soft limit that is passed, and a raise', () => {
    const soft = aQuota(NOW, { soft_limit: 200, soft_exceeded: true });
    expect(resetWords(soft, NOW, 'UTC')).toBe('over the soft limit');
    expect(resetWords({ ...raised, projected_exhaustion_at: NOW + HOUR }, NOW, 'UTC')).toBe(
      'ends 13:00, raised until 18:00',
    );
    expect(usedOfLimit(aQuota(NOW, { enforced: false }))).toBe('212 /day');
  });
});
