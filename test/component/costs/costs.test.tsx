import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { costsToCsv, costsToJson, exportName } from '../../../renderer/features/costs/costs-export.ts';
import { byUrgency, orderedRows, rowLabel, trendSeries } from '../../../renderer/features/costs/costs-model.ts';
import { CostsView } from '../../../renderer/features/costs/CostsView.tsx';
import type { Costs, CostQuery } from '../../../shared/domain/history.ts';
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

describe('export', () => {
  it('writes the rows in the order shown and the total as CSV', () => {
    const lines = costsToCsv(someCosts(NOW)).split('\r\n');
    expect(lines[0]).toBe(
      'provider,requests,errors,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,reasoning_tokens,cost_usd,pricing_unknown_requests',
    );
    expect(lines[1]).toBe('claude_opus,3912,12,5120000,1900000,0,1480000,310000,62.6142,0');
    expect(lines[6]).toMatch(/^total,52168,50,/);
    expect(lines).toHaveLength(8);
  });

  it('quotes what needs it and defuses what a spreadsheet would run', () => {
    const row = { ...costFigures(), requests: 1 };
    const csv = costsToCsv(
      costsOf(NOW, 'model', [
        { ...row, key: '=HYPERLINK("x"),1' },
        { ...row, key: 'a "b"' },
      ]),
    );
    expect(csv).toContain(`"'=HYPERLINK(""x""),1",1,`);
    expect(csv).toContain('"a ""b""",1,');
  });

  it('writes the same as JSON, with the range and the zone', () => {
    const costs = someCosts(NOW, 'day');
    expect(JSON.parse(costsToJson(costs))).toEqual({
      group_by: 'day',
      since: '2026-11-19T12:00:00.000Z',
      until: '2026-11-20T12:00:00.000Z',
      time_zone: 'Europe/Berlin',
      rows: orderedRows(costs),
      totals: costs.totals,
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
        const document = JSON.parse(costsToJson(costs)) as Costs;
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
    renderView(<CostsView />, { ...answers, ...over }, { status }, address);

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
    expect(rows.at(1)).toEqual(['Claude Opus', '62.61', '99.9 %', '3,912', '12', '5.12 M', '1.9 M', '1.48 M', '0']);
    expect(rows.at(-1)).toEqual(['Total', '62.61', '100 %', '52,168', '50', '66.6 M', '1.9 M', '20.8 M', '37']);
    expect(rows.map(([label, cost]) => [label, cost])).toContainEqual(['moonshot', 'price unknown']);
    expect(rows.map(([label, cost]) => [label, cost])).toContainEqual(['Kimi K2', '0']);
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
  });
});
