import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  FILTER_NAMES,
  matchesFilters,
  readFilters,
  toQuery,
} from '../../../renderer/features/requests/request-filters.ts';
import { curlOf } from '../../../renderer/features/requests/request-curl.ts';
import { requestsToCsv } from '../../../renderer/features/requests/requests-export.ts';
import { RequestsView } from '../../../renderer/features/requests/RequestsView.tsx';
import { waterfallOf } from '../../../renderer/features/requests/waterfall.ts';
import { useConnection } from '../../../renderer/state/connection.ts';
import { useLive } from '../../../renderer/state/live.ts';
import type { RequestSummary } from '../../../shared/domain/request.ts';
import type { FakeCalls } from '../../support/console-client.ts';
import { aRequest, consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';
import { formatDay } from '../../../shared/format/time.ts';
import { sampleAttempt, sampleDecision, sampleRequest } from '../../support/store-plain-fixtures.ts';

const NOW = Date.now();

function page(first: number, rows: number, next: string | null) {
  const requests = Array.from({ length: rows }, (_, index) =>
    aRequest(NOW - (first + index) * 1000, first + index, { id: `req-${first + index}` }),
  );
  return { requests, next_cursor: next };
}

const detail = sampleRequest({
  id: 'req-0',
  status: 'error',
  error_code: 'upstream_failure',
  error_message: 'kimi answered 500',
  http_status: 502,
  decision: { ...sampleDecision, reason: 'the primary is healthy' },
  attempt_list: [
    sampleAttempt({
      index: 0,
      provider: 'kimi_k2',
      outcome: 'failure',
      failure_class: 'server_error',
      message: 'it answered 500',
    }),
  ],
});

const calls = (changes: FakeCalls = {}): FakeCalls => ({
  'requests.list': async () => page(0, 3, null),
  'requests.get': async () => detail,
  ...changes,
});

beforeEach(() => {
  // Nothing is laid out here; the list is given a height to show rows in.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  resetConsole();
  loadFixture({ ...consoleFixture('healthy', NOW), requests: [] });
});

function liveRequest(id: string, changes: Partial<RequestSummary> = {}): void {
  act(() =>
    useLive.setState(({ requests }) => ({
      requests: [
        aRequest(Date.now(), 0, { id, user: `user of ${id}`, started_at: Date.now() + 1, ...changes }),
        ...requests,
      ],
    })),
  );
}

const rows = () =>
  within(screen.getByRole('grid', { name: 'Requests' }))
    .getAllByRole('row')
    .slice(1);

describe('the filters', () => {
  it('are read from the address, and what no filter can have is left out', () => {
    const search = new URLSearchParams(
      'q= ada &status=error&tier=best&slower=5&failure=timeout&fallback=1&x=1&unpriced=2',
    );
    expect(readFilters(search)).toEqual({ q: 'ada', status: 'error', slower: '5', failure: 'timeout', fallback: '1' });
  });

  it('become the query of the API', () => {
    expect(
      toQuery({ q: 'ada', status: 'error', slower: '5', failure: 'timeout', fallback: '1', unpriced: '1' }),
    ).toEqual({
      search: 'ada',
      status: 'error',
      min_duration_ms: 5000,
      failure_class: 'timeout',
      fallback: true,
      pricing_unknown: true,
    });
  });

  it.each([
    [{ q: 'ADA' }, { user: 'ada lovelace' }, true],
    [{ q: 'ada' }, { user: 'ben' }, false],
    [{ status: 'error' }, { status: 'success' as const }, false],
    [{ fallback: '1' }, { fallback_from: 'kimi_k2' }, true],
    [{ fallback: '1' }, { fallback_from: null, resumed: false }, false],
    [{ slower: '2' }, { duration_ms: 2000 }, true],
    [{ unpriced: '1' }, { pricing_unknown: false }, false],
    [{ provider: 'claude_opus', tier: 'fast' }, { provider: 'claude_opus', tier: 'fast' as const }, true],
  ])('%j on a live request with %j: %s', (filters, changes, expected) => {
    expect(matchesFilters(aRequest(NOW, 0, changes), filters)).toBe(expected);
  });

  it('survive the address whatever is in it', () => {
    const value = fc.record(Object.fromEntries(FILTER_NAMES.map((name) => [name, fc.string()])));
    fc.assert(
      fc.property(value, (values) => {
        const filters = readFilters(new URLSearchParams(values as Record<string, string>));
        expect(readFilters(new URLSearchParams(filters as Record<string, string>))).toEqual(filters);
      }),
    );
  });
});

describe('the list', () => {
  it('shows requests, and one that has just ended above them', async () => {
    renderInConsole(<RequestsView />, calls());
    await waitFor(() => expect(rows()).toHaveLength(3));
    liveRequest('live-1', { requested_model: 'the newest' });
    await waitFor(() => expect(rows()).toHaveLength(4));
    expect(rows()[0]?.textContent).toContain('the newest');
  });

  it('stands still while paused and counts what comes', async () => {
    renderInConsole(<RequestsView />, calls());
    await waitFor(() => expect(rows()).toHaveLength(3));
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    liveRequest('live-1');
    liveRequest('live-2');
    expect(rows()).toHaveLength(3);
    fireEvent.click(screen.getByRole('button', { name: '2 new' }));
    expect(await screen.findByRole('button', { name: 'Pause' })).toBeTruthy();
  });

  it('says how many the live stream left out', async () => {
    renderInConsole(<RequestsView />, calls());
    await waitFor(() => expect(rows()).toHaveLength(3));
    act(() => useLive.setState({ skippedRequests: 950 }));
    expect(await screen.findByRole('button', { name: /950 came too fast/ })).toBeTruthy();
  });

  it('asks for the next page only when its end is near, by its cursor', async () => {
    const list = vi.fn(async (input: unknown) =>
      (input as { cursor?: string }).cursor === 'next' ? page(200, 50, null) : page(0, 200, 'next'),
    );
    renderInConsole(<RequestsView />, calls({ 'requests.list': list }));
    expect(await screen.findByText(/, 200 and more/)).toBeTruthy();
    expect(rows().length).toBeLessThan(80);
    expect(list).toHaveBeenCalledTimes(1);
    const scroller = screen.getByRole('grid', { name: 'Requests' });
    scroller.scrollTop = 180 * 30;
    fireEvent.scroll(scroller);
    await waitFor(() => expect(list).toHaveBeenLastCalledWith(expect.objectContaining({ cursor: 'next' })));
    expect(list).toHaveBeenCalledTimes(2);
  });

  it('narrows by a filter that stands in the address, and takes it out by its chip', async () => {
    const list = vi.fn(async () => page(0, 1, null));
    renderInConsole(<RequestsView />, calls({ 'requests.list': list }));
    await waitFor(() => expect(rows()).toHaveLength(1));
    fireEvent.change(screen.getByLabelText('Outcome'), { target: { value: 'error' } });
    expect(window.location.search).toContain('status=error');
    await waitFor(() => expect(list).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'error' })));
    fireEvent.click(screen.getByRole('button', { name: /error.*take this filter out/ }));
    expect(window.location.search).not.toContain('status');
  });

  it('searches a moment after the last key, and / goes to the field', async () => {
    renderInConsole(<RequestsView />, calls());
    fireEvent.keyDown(document.body, { key: '/' });
    const field = screen.getByRole('searchbox');
    expect(document.activeElement).toBe(field);
    fireEvent.change(field, { target: { value: 'ada' } });
    await waitFor(() => expect(window.location.search).toContain('q=ada'));
  });

  it('says when nothing matches, with the way out', async () => {
    window.history.replaceState(null, '', '/requests?status=error');
    renderInConsole(<RequestsView />, calls({ 'requests.list': async () => page(0, 0, null) }));
    expect(await screen.findByText('No request matches the filters.')).toBeTruthy();
  });

  it('says when there is nothing yet', async () => {
    renderInConsole(<RequestsView />, calls({ 'requests.list': async () => page(0, 0, null) }));
    expect(await screen.findByText(/Point a client at the gateway/)).toBeTruthy();
  });

  it('says why it could not be loaded, and tries again', async () => {
    const list = vi.fn(async () => {
      throw new Error('The store is closed.');
    });
    renderInConsole(<RequestsView />, calls({ 'requests.list': list }));
    expect(await screen.findByText('The store is closed.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
  });

  it('says that it stands still while the connection is lost', async () => {
    useConnection.setState({ phase: 'lost' });
    renderInConsole(<RequestsView />, calls());
    expect(await screen.findByText(/the connection is lost; this list stands still/)).toBeTruthy();
  });
});

describe('the time of a row', () => {
  it('names its day where that is not today', async () => {
    const older = aRequest(NOW - 3 * 86_400_000, 1, { id: 'req-old' });
    const list = async () => ({ requests: [aRequest(NOW, 0, { id: 'req-new' }), older], next_cursor: null });
    renderInConsole(<RequestsView />, calls({ 'requests.list': list }));
    await waitFor(() => expect(rows()).toHaveLength(2));
    const [fresh, old] = rows().map((row) => row.querySelector('[role=gridcell]')?.textContent);
    expect(fresh).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(old).toContain(formatDay(older.started_at));
  });
});

describe('one request', () => {
  it('opens by a click, in the address, with cause, decision and attempts', async () => {
    renderInConsole(<RequestsView />, calls());
    await waitFor(() => expect(rows()).toHaveLength(3));
    fireEvent.click(rows()[0] as HTMLElement);
    const drawer = await screen.findByRole('dialog', { name: 'Request req-0' });
    expect(window.location.search).toContain('request=req-0');
    expect(await within(drawer).findByText('kimi answered 500')).toBeTruthy();
    expect(within(drawer).getByText('the primary is healthy')).toBeTruthy();
    expect(within(drawer).getByText('it answered 500')).toBeTruthy();
    expect(within(drawer).getByText(/Texts of prompt and answer are not stored/)).toBeTruthy();
  });

  it('says of whom it had chosen that it was not asked, and why', async () => {
    const reason = '20 of 20 places taken; one is free when a request ends';
    const decision = { ...sampleDecision, passed_over: [{ provider: 'kimi', reason }] };
    const refused = sampleRequest({ id: 'req-0', status: 'refused', provider: null, decision, attempt_list: [] });
    renderInConsole(<RequestsView />, calls({ 'requests.get': async () => refused }));
    await waitFor(() => expect(rows()).toHaveLength(3));
    fireEvent.click(rows()[0] as HTMLElement);
    const drawer = within(await screen.findByRole('dialog', { name: 'Request req-0' }));
    expect(
      await drawer.findByText(/^No provider was asked: .* was chosen first, but not asked, because 20 of 20/),
    ).toBeTruthy();
    const [first] = drawer.getAllByRole('listitem');
    expect(first?.textContent).toMatch(/chosen first: could serve, .*; not asked: 20 of 20 places taken/);
  });

  it('goes to the next one without leaving the drawer', async () => {
    renderInConsole(<RequestsView />, calls());
    await waitFor(() => expect(rows()).toHaveLength(3));
    fireEvent.click(rows()[0] as HTMLElement);
    fireEvent.click(await screen.findByRole('button', { name: 'Older request' }));
    expect(window.location.search).toContain('request=req-1');
  });

  it('opens by keys', async () => {
    renderInConsole(<RequestsView />, calls());
    await waitFor(() => expect(rows()).toHaveLength(3));
    const list = screen.getByRole('grid', { name: 'Requests' });
    fireEvent.keyDown(list, { key: 'ArrowDown' });
    fireEvent.keyDown(list, { key: 'Enter' });
    expect(window.location.search).toContain('request=req-1');
  });

  it('says when it is not there any more', async () => {
    window.history.replaceState(null, '', '/requests?request=gone');
    const get = async () => {
      throw new Error('There is no request "gone"; it may be older than the retention.');
    };
    renderInConsole(<RequestsView />, calls({ 'requests.get': get }));
    expect(await screen.findByText(/older than the retention/)).toBeTruthy();
  });
});

describe('the waterfall', () => {
  it('draws every stage to one scale, from the request’s start', () => {
    const attempt = sampleAttempt({
      started_at: NOW + 100,
      queue_ms: 50,
      headers_ms: 20,
      first_token_ms: 120,
      duration_ms: 400,
    });
    const { total, rows: drawn } = waterfallOf({ started_at: NOW, duration_ms: 450, attempt_list: [attempt] });
    expect(total).toBe(500);
    expect(drawn[0]?.segments).toEqual([
      { stage: 'queue', from: 50, to: 100 },
      { stage: 'headers', from: 100, to: 120 },
      { stage: 'first_token', from: 120, to: 220 },
      { stage: 'stream', from: 220, to: 500 },
    ]);
  });

  it('counts what ended an attempt to the stage that it had not left', () => {
    const attempt = sampleAttempt({
      started_at: NOW,
      queue_ms: 0,
      headers_ms: null,
      first_token_ms: null,
      duration_ms: 90,
    });
    const { rows: drawn } = waterfallOf({ started_at: NOW, duration_ms: 90, attempt_list: [attempt] });
    expect(drawn[0]?.segments).toEqual([{ stage: 'headers', from: 0, to: 90 }]);
  });

  it('never leaves its scale', () => {
    const time = fc.nat({ max: 10_000 });
    const maybe = fc.option(time);
    fc.assert(
      fc.property(time, time, maybe, maybe, time, time, (offset, queue, headers, first, duration, whole) => {
        const attempt = sampleAttempt({
          started_at: NOW + offset,
          queue_ms: queue,
          headers_ms: headers,
          first_token_ms: first,
          duration_ms: duration,
        });
        const { total, rows: drawn } = waterfallOf({ started_at: NOW, duration_ms: whole, attempt_list: [attempt] });
        for (const { from, to } of drawn[0]?.segments ?? []) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(total);
        }
      }),
    );
  });
});

describe('a copied request', () => {
  it('is a command in its own dialect, with the key left to the shell', () => {
    const request = aRequest(NOW, 0, {
      dialect: 'anthropic',
      requested_model: "it's",
      streamed: true,
      user: 'a"b',
      call_site: null,
    });
    expect(curlOf(request, 'http://127.0.0.1:4180').split('\n')).toEqual([
      `curl 'http://127.0.0.1:4180/v1/messages' \\`,
      String.raw`  -H "x-api-key: $SWITCHYARD_KEY" \ `.trimEnd(),
      String.raw`  -H "content-type: application/json" \ `.trimEnd(),
      String.raw`  -H "anthropic-version: 2023-06-01" \ `.trimEnd(),
      String.raw`  -H "x-switchyard-user: a\"b" \ `.trimEnd(),
      String.raw`  -d '{"model":"it'\''s","max_tokens":1024,"stream":true,"messages":[{"role":"user","content":"YOUR PROMPT"}]}'`,
    ]);
  });

  it('as CSV runs no formula in a spreadsheet', () => {
    const csv = requestsToCsv([aRequest(NOW, 0, { requested_model: '=1+1', user: 'a,"b"' })]);
    expect(csv).toContain("'=1+1");
    expect(csv).toContain('"a,""b"""');
    expect(csv.split('\r\n')).toHaveLength(3);
  });
});
