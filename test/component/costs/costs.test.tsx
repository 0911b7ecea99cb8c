import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { costsToCsv, costsToJson, exportName } from '../../../renderer/features/costs/costs-export.ts';
import {
  byUrgency,
  orderedRows,
  rowLabel,
  trendSeries,
  unpricedInSeries,
} from '../../../renderer/features/costs/costs-model.ts';
import { isOptionalRate, priceInput, readRate } from '../../../renderer/features/costs/price-form.ts';
import { CostsView } from '../../../renderer/features/costs/CostsView.tsx';
import type { Costs, CostQuery } from '../../../shared/domain/history.ts';
import type { PriceApplication, PriceOutcome } from '../../../shared/domain/pricing.ts';
import { aProvider, aQuota, aStatus } from '../../support/console-fixtures.ts';
import { aSeriesDay, costFigures, costsOf, someCosts } from '../../support/console-fixtures-history.ts';
import { renderView } from '../../support/console-render-history.tsx';

const NOW = Date.UTC(2026, 10, 20, 12);

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('rowLabel', () => {
  const names = (provider: string) => (provider === 'kimi_k2' ? 'Kimi K2' : provider);
  it.each([
    ['provider', 'kimi_k2', 'Kimi K2'],
    ['provider', '', 'no provider answered'],
    ['tier', '', 'without a tier'],
    ['agent', '', 'without an agent'],
    ['agent', '(other)', 'all other agents'],
    ['agent', 'triage', 'triage'],
    ['day', '2026-11-20', '20 Nov 2026'],
    ['hour', '2026-11-20T03:00', '20 Nov 2026, 03:00'],
    ['hour', '2026-11-20T03', '20 Nov 2026, 03:00'],
    ['day', 'not a day', 'not a day'],
  ] as const)('%s %j reads %j', (group, key, label) => {
    expect(rowLabel(group, key, names)).toBe(label);
  });
});

describe('orderedRows', () => {
  it('runs time forward and everything else from the dearest down', () => {
    expect(orderedRows(someCosts(NOW, 'provider')).map(({ key }) => key)).toEqual([
      'claude_opus',
      'gpt4',
      'kimi_k2',
      'moonshot',
      '',
    ]);
    const hours = orderedRows(someCosts(NOW, 'hour')).map(({ key }) => key);
    expect(hours).toEqual(hours.toSorted());
  });
});

describe('byUrgency', () => {
  it('puts the exhausted first, then what runs out soonest, then the fullest', () => {
    const budgets = [
      aQuota(NOW, { used: 10 }),
      aQuota(NOW, { used: 900 }),
      aQuota(NOW, { projected_exhaustion_at: NOW + 1000 }),
      aQuota(NOW, { exhausted: true, used: 1000 }),
    ];
    expect(budgets.toSorted(byUrgency)).toEqual([budgets[3], budgets[2], budgets[1], budgets[0]]);
  });
});

describe('trendSeries', () => {
  it('leaves out providers with nothing of the measure', () => {
    const series = aSeriesDay(NOW, ['kimi_k2', 'claude_opus', 'gpt4']);
    const keys = (measure: 'cost' | 'requests') =>
      trendSeries(
        series,
        measure,
        (name) => name,
        () => 'neutral',
      ).map(({ key }) => key);
    expect(keys('cost')).toEqual(['claude_opus']);
    expect(keys('requests')).toEqual(['kimi_k2', 'claude_opus']);
  });
});

describe('the form of a price', () => {
  it.each([
    ['3', 3],
    ['3.00', 3],
    ['0,25', 0.25],
    [' .5 ', 0.5],
    ['', null],
    ['-1', null],
    ['1e3', null],
    ['1.2.3', null],
    ['three', null],
  ])('%j is a rate of %j', (text, rate) => {
    expect(readRate(text)).toBe(rate);
    expect(isOptionalRate(text)).toBe(rate !== null || text === '');
  });

  it('asks for the range shown or for all that is stored', () => {
    const form = { model: 'm', input: '1', output: '2', cacheRead: '', cacheWrite: '', scope: 'range' } as const;
    expect(priceInput(form, { since: '7d' })).toEqual({ model: 'm', pricing: { input: 1, output: 2 }, since: '7d' });
    expect(priceInput({ ...form, scope: 'stored' }, { since: '7d' })).toEqual({
      model: 'm',
      pricing: { input: 1, output: 2 },
    });
    expect(priceInput({ ...form, cacheWrite: 'x' }, {})).toBeNull();
  });
});

describe('export', () => {
  it('writes the rows in the order shown and the total as CSV', () => {
    const lines = costsToCsv(someCosts(NOW), orderedRows(someCosts(NOW))).split('\r\n');
    expect(lines[0]).toBe(
      'provider,requests,errors,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,reasoning_tokens,cost_usd,pricing_unknown_requests,cache_savings_usd,list_savings_usd,list_price_unknown_requests,reference_cost_usd,savings_usd',
    );
    expect(lines[1]).toBe('claude_opus,3912,12,5120000,1900000,0,1480000,310000,62.6142,0,8.55,0,0,10.81,-51.8042');
    expect(lines[6]).toMatch(/^total,52168,50,/);
    expect(lines).toHaveLength(8);
  });

  it('quotes what needs it and defuses what a spreadsheet would run', () => {
    const row = { ...costFigures(), requests: 1 };
    const rows = [
      { ...row, key: '=HYPERLINK("x"),1' },
      { ...row, key: 'a "b"' },
    ];
    const csv = costsToCsv(costsOf(NOW, 'model', rows), rows);
    expect(csv).toContain(`"'=HYPERLINK(""x""),1",1,`);
    expect(csv).toContain('"a ""b""",1,');
  });

  it('writes the same as JSON, with the range and the zone', () => {
    const costs = someCosts(NOW, 'day');
    expect(JSON.parse(costsToJson(costs, orderedRows(costs)))).toEqual({
      group_by: 'day',
      since: '2026-11-19T12:00:00.000Z',
      until: '2026-11-20T12:00:00.000Z',
      time_zone: 'Europe/Berlin',
      rows: orderedRows(costs),
      totals: costs.totals,
      reference: costs.reference,
      amortised: costs.amortised,
    });
    expect(exportName(costs, 'json')).toBe('switchyard-costs-day-2026-11-20.json');
  });

  it('adds up: the columns of the rows are the total row', () => {
    const row = fc.record({ key: fc.string(), requests: fc.nat(1e6), cost: fc.nat(1e6) });
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ({ key }) => key, maxLength: 20 }), (rows) => {
        const costs = costsOf(
          NOW,
          'tier',
          rows.map(({ key, requests, cost }) => ({ ...costFigures(), key, requests, cost_usd: cost })),
        );
        const document = JSON.parse(costsToJson(costs, costs.rows)) as Costs;
        expect(document.rows.reduce((sum, { cost_usd }) => sum + cost_usd, 0)).toBe(document.totals.cost_usd);
        expect(document.rows).toHaveLength(rows.length);
      }),
    );
  });
});

describe('CostsView', () => {
  const answers = {
    costs: async ({ group_by: group }: CostQuery) => someCosts(NOW, group),
    series: async () => aSeriesDay(NOW, ['kimi_k2', 'claude_opus']),
  };
  const show = (over: Parameters<typeof renderView>[1] = {}, status = aStatus(NOW), address = '/costs?range=24h') =>
    renderView(<CostsView />, { ...answers, ...over }, { status, callSiteQuotas: [] }, address);

  it('says that it is loading', () => {
    show({ costs: undefined, series: undefined });
    expect(screen.getByRole('region', { name: 'Breakdown' }).getAttribute('aria-busy')).toBe('true');
  });

  it('says what will fill it', async () => {
    show({ costs: async ({ group_by: group }) => costsOf(NOW, group, []) });
    expect(await screen.findAllByText('No requests in the last 24 h')).toHaveLength(2);
  });

  it('says why it failed while its neighbours go on', async () => {
    show({ costs: () => Promise.reject(new Error('The store is read-only.')) });
    expect(await screen.findAllByText(/The store is read-only/)).toHaveLength(2);
    expect(await screen.findByRole('figure', { name: 'Cost by provider, last 24 h' })).toBeTruthy();
  });

  it('shows rows whose sum is the total row', async () => {
    show();
    const table = await screen.findByRole('table', { name: 'Cost by provider' });
    const rows = within(table)
      .getAllByRole('row')
      .map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent));
    expect(rows.at(1)).toEqual([
      'Claude Opus',
      '62.61',
      '99.9 %',
      '−51.80',
      '0',
      '8.55',
      '3,912',
      '12',
      '5.12 M',
      '1.9 M',
      '1.48 M',
      '0',
    ]);
    expect(rows.at(-1)).toEqual([
      'Total',
      '62.61',
      '100 %',
      '106.10',
      '85.09',
      '8.55',
      '52,168',
      '50',
      '66.6 M',
      '1.9 M',
      '20.8 M',
      '37',
    ]);
    expect(rows.map(([label, cost]) => [label, cost])).toContainEqual(['moonshot', 'price unknown']);
    expect(rows.map(([label, cost]) => [label, cost])).toContainEqual(['Kimi K2', '0']);
  });

  it('exports the rows in the order that the viewer has chosen', async () => {
    const saved: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      saved.push(blob as Blob);
      return 'blob:costs';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    show();
    const table = await screen.findByRole('table', { name: 'Cost by provider' });
    fireEvent.click(within(table).getByRole('button', { name: 'Requests' }));
    fireEvent.click(within(table).getByRole('button', { name: 'Requests' }));
    fireEvent.keyDown(screen.getByRole('button', { name: 'Export' }), { key: 'Enter' });
    fireEvent.click(await screen.findByRole('menuitem', { name: /^CSV/ }));
    const lines = (await saved[0]?.text())?.trim().split('\r\n').slice(1, -1) ?? [];
    const requests = lines.map((line) => Number(line.split(',')[1]));
    expect(requests.length).toBeGreaterThan(3);
    expect(requests).toEqual(requests.toSorted((a, b) => a - b));
    vi.restoreAllMocks();
  });

  it('says which models have no known price and what to do', async () => {
    show();
    const note = await screen.findByRole('region', { name: 'Requests without a known price' });
    expect(await within(note).findByText('house-model-7b')).toBeTruthy();
    expect(note.textContent).toContain('37 requests have no known price');
    expect(note.textContent).toContain('pricing: { input: 3.00, output: 15.00 }');
  });

  it('never calls a wholly unpriced range free', async () => {
    const unpriced = { ...costFigures({ requests: 5, pricing_unknown_requests: 5 }), key: 'x' };
    show({ costs: async ({ group_by: group }) => costsOf(NOW, group, [unpriced]) });
    expect(await screen.findByText('What this cost is unknown')).toBeTruthy();
    expect(screen.getByRole('table', { name: 'Cost by provider' }).textContent).toContain('price unknown');
    expect(screen.getByText('unknown')).toBeTruthy();
  });

  it('sets what was saved and what machines cost apart from the cost', async () => {
    show();
    const totals = await screen.findByText('Saved');
    const list = totals.closest('dl');
    expect(list?.textContent).toContain('106.10 USDagainst all of it on claude-haiku-4-5-20251001');
    expect(list?.textContent).toContain('Own machines108.00 USDapart from the cost');
    expect(list?.textContent).toContain('cached, 8.55 USD saved');
    expect(list?.textContent).toContain('Below list price85.09 USD37 requests have no list price');
  });

  it('says nothing of list prices where none is known', async () => {
    const row = { ...costFigures({ requests: 5, list_price_unknown_requests: 5 }), key: 'x' };
    show({ costs: async ({ group_by: group }) => costsOf(NOW, group, [row]) });
    expect(await screen.findByLabelText('No list price of these models is known')).toBeTruthy();
  });

  it('says nothing of savings against a model whose price nobody knows', async () => {
    const reference = { model: 'house-model', pricing_unknown: true };
    show({ costs: async ({ group_by: group }) => ({ ...someCosts(NOW, group), reference }) });
    expect(await screen.findByText('no price of house-model')).toBeTruthy();
    expect(screen.getAllByLabelText('No price of house-model is known')).toHaveLength(1);
    expect(screen.getByRole('table', { name: 'Cost by provider' }).textContent).not.toContain('−51.80');
  });

  it('says on the chart of costs what it has to leave out', async () => {
    const series = aSeriesDay(NOW, ['kimi_k2', 'claude_opus']);
    const first = series.providers[1]?.points[45];
    if (first) first.pricing_unknown_requests = 12;
    expect(unpricedInSeries(series)).toBe(12);
    show({ series: async () => series });
    expect(await screen.findByText('per 24 min, without what has no known price')).toBeTruthy();
    fireEvent.click(screen.getByRole('radio', { name: 'Requests' }));
    expect(screen.getByText('per 24 min')).toBeTruthy();
  });

  describe('applying a price', () => {
    const outcome = {
      model: 'house-model-7b',
      since: 0,
      until: NOW,
      attempts: 38,
      requests: 37,
      requests_now_known: 36,
    };
    const openDialog = async (applyPrice: (application: PriceApplication) => Promise<PriceOutcome>) => {
      show({ applyPrice });
      const open = await screen.findByRole('button', { name: 'Apply a price…' });
      await waitFor(() => expect(open.hasAttribute('disabled')).toBe(false));
      fireEvent.click(open);
      return await screen.findByRole('dialog', { name: 'Apply a price to past requests' });
    };
    const type = (dialog: HTMLElement, label: string, value: string) =>
      fireEvent.change(within(dialog).getByLabelText(label), { target: { value } });

    it('previews the sum by a dry run, then applies with who and why, and says what it did', async () => {
      const calls: PriceApplication[] = [];
      const dialog = await openDialog(async (application) => {
        calls.push(application);
        return { ...outcome, dry_run: application.dry_run, cost_usd: 1.5 };
      });
      expect(within(dialog).getByRole('status').textContent).toContain('With both rates');
      type(dialog, 'Input', '2,5');
      type(dialog, 'Output', '10');
      type(dialog, 'Cache read', '0.25');
      expect(await within(dialog).findByText('1.50 USD')).toBeTruthy();
      expect(within(dialog).getByRole('status').textContent).toBe(
        '1.50 USD for 37 requests, of which 1 still have another unknown price.',
      );
      type(dialog, 'Reason', 'the invoice came');
      type(dialog, 'Operator', 'ada');
      fireEvent.click(within(dialog).getByRole('button', { name: 'Apply the price' }));
      const done = await screen.findByRole('dialog', { name: 'The price is applied' });
      expect(done.textContent).toContain('37 requests of house-model-7b now cost 1.50 USD');
      const pricing = { input: 2.5, output: 10, cache_read: 0.25 };
      const asked = { model: 'house-model-7b', pricing, since: '24h' };
      expect(calls.filter((call) => !call.dry_run)).toEqual([
        { ...asked, operator: 'ada', reason: 'the invoice came', dry_run: false },
      ]);
      expect(calls.filter((call) => call.dry_run)).toMatchObject([asked]);
    });

    it('changes nothing without both rates, a name and a reason', async () => {
      const applyPrice = vi.fn(async () => ({ ...outcome, dry_run: true, cost_usd: 1.5 }));
      const dialog = await openDialog(applyPrice);
      type(dialog, 'Input', 'much');
      type(dialog, 'Operator', '');
      fireEvent.click(within(dialog).getByRole('button', { name: 'Apply the price' }));
      expect(within(dialog).getAllByText('A number such as 3.00.')).toHaveLength(2);
      expect(within(dialog).getByText('Say why, in three letters or more: it stands in the audit.')).toBeTruthy();
      expect(within(dialog).getByText('Say who you are.')).toBeTruthy();
      expect(applyPrice).not.toHaveBeenCalled();
    });

    it('says why it could not be applied', async () => {
      const dialog = await openDialog(async ({ dry_run: dryRun }) => {
        if (!dryRun) throw new Error('The disk is full.');
        return { ...outcome, dry_run: true, cost_usd: 1.5 };
      });
      type(dialog, 'Input', '1');
      type(dialog, 'Output', '2');
      type(dialog, 'Reason', 'the invoice came');
      type(dialog, 'Operator', 'ada');
      fireEvent.click(within(dialog).getByRole('button', { name: 'Apply the price' }));
      expect((await within(dialog).findByRole('alert')).textContent).toBe('The disk is full.');
    });
  });

  it('groups by what is chosen, in the address and in the viewer zone', async () => {
    const costs = vi.fn(answers.costs);
    show({ costs });
    await screen.findByRole('table', { name: 'Cost by provider' });
    fireEvent.click(screen.getByRole('radio', { name: 'Day' }));
    expect(await screen.findByRole('table', { name: 'Cost by day' })).toBeTruthy();
    expect(window.location.search).toContain('group=day');
    expect(costs.mock.calls.map(([query]) => query)).toContainEqual({
      since: '24h',
      group_by: 'day',
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
  });

  it('says when a budget runs out, and that there is none', async () => {
    const quota = [
      aQuota(NOW, { used: 812, remaining: 188, projected_exhaustion_at: NOW + 47 * 60_000 }),
      aQuota(NOW, { limit: 'usd_per_day', used: 60, limit_value: 60, exhausted: true }),
      aQuota(NOW, { limit: 'requests_per_second', used: 4, limit_value: 10 }),
    ];
    show({}, aStatus(NOW, { providers: [aProvider(NOW, { quota })] }));
    const budgets = screen.getByRole('region', { name: 'Budgets' });
    expect(budgets.textContent).toContain('812 of 1,000 requests today');
    expect(budgets.textContent).toContain('runs out in 47 min');
    expect(within(budgets).getAllByRole('meter')).toHaveLength(2);
    expect(within(budgets).getAllByRole('listitem')[0]?.textContent).toContain('exhausted, opens again in 9 h');
    cleanup();
    show({}, aStatus(NOW, { providers: [] }));
    expect(screen.getByText('No daily budget is set')).toBeTruthy();
  });

  it('draws the trend of the measure chosen', async () => {
    show();
    expect(await screen.findByRole('figure', { name: 'Cost by provider, last 24 h' })).toBeTruthy();
    fireEvent.click(screen.getByRole('radio', { name: 'Requests' }));
    expect(screen.getByRole('figure', { name: 'Requests by provider, last 24 h' })).toBeTruthy();
    expect(new URLSearchParams(window.location.search).get('measure')).toBe('requests');
  });
});
