import { useMemo } from 'react';
import type { CostGroup, CostRow, Costs } from '../../../shared/domain/history.ts';
import { formatExact, formatPercent, formatTokens, formatUsdAmount } from '../../../shared/format/number.ts';
import { useProviderColors, useProviderLabels, type SeriesColor } from '../../state/provider-colors.ts';
import { Swatch } from '../../ui/charts/Legend.tsx';
import { ShareBar } from '../../ui/charts/ShareBar.tsx';
import { DataTable, type Column, type Sort } from '../../ui/DataTable.tsx';
import { Count, Nothing, Quantity } from '../../ui/figures.tsx';
import { COST_GROUPS, costShare, isTimeGroup, isWhollyUnlisted, orderedRows, rowLabel } from './costs-model.ts';

/** The columns of a breakdown; the first is what the rows are grouped by. */
export function useCostColumns(costs: Costs | undefined): readonly Column<CostRow>[] {
  const names = useProviderLabels();
  const colors = useProviderColors();
  return useMemo(() => (costs ? costColumns(costs, names, colors) : []), [costs, names, colors]);
}

/** What a breakdown is ordered by until the viewer says otherwise: time forward, else the dearest first. */
export function firstSort(group: CostGroup): Sort {
  return isTimeGroup(group) ? { key: 'key', descending: false } : { key: 'cost', descending: true };
}

interface CostTableProps {
  costs: Costs;
  columns: readonly Column<CostRow>[];
  sort: Sort;
  onSort: (sort: Sort) => void;
}

/** One row a value of the grouping, and a last one that is their sum. */
export function CostTable({ costs, columns, sort, onSort }: CostTableProps) {
  const { group_by: group, totals } = costs;
  const rows = useMemo(() => orderedRows(costs), [costs]);
  const sums: CostRow = { ...totals, key: '' };
  return (
    <DataTable
      key={group}
      label={`Cost by ${COST_GROUPS.find(({ value }) => value === group)?.label.toLowerCase() ?? group}`}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key}
      sort={sort}
      onSort={onSort}
      maxHeight={640}
      totals={{
        ...Object.fromEntries(columns.map((column) => [column.key, column.cell(sums)])),
        key: 'Total',
        share: totals.cost_usd > 0 && (
          <span className="block text-right">
            <Quantity text="100 %" />
          </span>
        ),
      }}
    />
  );
}

function costColumns(
  { group_by: group, totals, reference }: Costs,
  names: (provider: string) => string,
  colors: (provider: string) => SeriesColor,
): Column<CostRow>[] {
  return [
    {
      key: 'key',
      header: COST_GROUPS.find(({ value }) => value === group)?.label ?? group,
      cell: (row) => (
        <span className="flex items-center gap-1.5 whitespace-nowrap">
          {group === 'provider' && row.key !== '' && <Swatch color={colors(row.key)} />}
          <span className={row.key === '' ? 'text-ink-faint' : undefined}>{rowLabel(group, row.key, names)}</span>
        </span>
      ),
      sortValue: (row) => (isTimeGroup(group) ? row.key : rowLabel(group, row.key, names).toLowerCase()),
    },
    {
      key: 'cost',
      header: 'Cost, USD',
      title: 'Of the requests whose price is known, failed attempts included',
      numeric: true,
      cell: (row) => <Cost row={row} />,
      sortValue: (row) => (isWhollyUnpriced(row) ? null : row.cost_usd),
    },
    {
      key: 'share',
      header: 'Share of cost',
      cell: (row) => (
        <span className="flex items-center gap-2">
          <ShareBar share={costShare(row, totals)} color={group === 'provider' ? colors(row.key) : 'accent'} />
          <span className="w-12 shrink-0 text-right">
            {isWhollyUnpriced(row) ? (
              <Nothing why="price unknown" />
            ) : (
              <Quantity text={formatPercent(costShare(row, totals))} />
            )}
          </span>
        </span>
      ),
      className: 'min-w-36 max-sm:hidden',
    },
    savingsColumn(
      'saved',
      'Saved, USD',
      reference.pricing_unknown
        ? `No price of ${reference.model} is known`
        : `What the same tokens would have cost on ${reference.model} at list price, minus what they cost`,
      (row) => (reference.pricing_unknown ? null : row.savings_usd),
    ),
    savingsColumn(
      'list',
      'Below list, USD',
      'What the same tokens would have cost at the public list price of their own model, minus what they cost; models without a list price are left out',
      (row) => (isWhollyUnlisted(row) ? null : row.list_savings_usd),
    ),
    savingsColumn(
      'cache',
      'Cache saved, USD',
      'What cached input would have cost uncached, minus what it cost',
      (row) => row.cache_savings_usd,
    ),
    countColumn('requests', 'Requests', (row) => row.requests),
    {
      ...countColumn('errors', 'Failed', (row) => row.errors),
      cell: (row) => (
        <span className={row.errors > 0 ? undefined : 'text-ink-faint'}>
          <Count value={row.errors} />
        </span>
      ),
    },
    tokenColumn('input', 'Input', 'Input tokens, the cached ones included', (row) => row.input_tokens),
    tokenColumn(
      'cached',
      'Cached',
      'Input tokens read from the cache; a part of the input',
      (row) => row.cache_read_tokens,
    ),
    tokenColumn('output', 'Output', 'Output tokens, the reasoning ones included', (row) => row.output_tokens),
    {
      ...countColumn('unpriced', 'Unpriced', (row) => row.pricing_unknown_requests),
      title: 'Requests without a known price; they are not in the cost',
      cell: (row) => (
        <span className={row.pricing_unknown_requests > 0 ? 'text-warn' : 'text-ink-faint'}>
          <Count value={row.pricing_unknown_requests} />
        </span>
      ),
    },
  ];
}

function countColumn(key: string, header: string, value: (row: CostRow) => number): Column<CostRow> {
  return { key, header, numeric: true, cell: (row) => <Count value={value(row)} />, sortValue: value };
}

function savingsColumn(
  key: string,
  header: string,
  title: string,
  value: (row: CostRow) => number | null,
): Column<CostRow> {
  const known = (row: CostRow) => (isWhollyUnpriced(row) ? null : value(row));
  return {
    key,
    header,
    title,
    numeric: true,
    cell: (row) => {
      const usd = known(row);
      return usd === null ? (
        <Nothing why="price unknown" />
      ) : (
        <Quantity text={formatUsdAmount(usd)} title={`${usd} USD`} />
      );
    },
    sortValue: known,
    className: 'max-lg:hidden',
  };
}

function tokenColumn(key: string, header: string, title: string, value: (row: CostRow) => number): Column<CostRow> {
  return {
    key,
    header,
    title,
    numeric: true,
    cell: (row) => <Quantity text={formatTokens(value(row))} title={formatExact(value(row))} />,
    sortValue: value,
  };
}

function isWhollyUnpriced(row: CostRow): boolean {
  return row.cost_usd === 0 && row.requests > 0 && row.pricing_unknown_requests >= row.requests;
}

function Cost({ row }: { row: CostRow }) {
  if (isWhollyUnpriced(row)) return <span className="text-warn">price unknown</span>;
  if (row.requests === 0) return <Nothing why="no requests" />;
  return <Quantity text={formatUsdAmount(row.cost_usd)} title={`${row.cost_usd} USD`} />;
}
