import { clsx } from 'clsx';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  header: string;
  /** Explains the column on hover. */
  title?: string;
  /** Right-aligned figures. */
  numeric?: boolean;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable; null sorts last whichever way. */
  sortValue?: (row: Row) => number | string | null;
  className?: string;
}

export interface Sort {
  key: string;
  descending: boolean;
}

interface DataTableProps<Row> {
  /** Names the table for assistive technology. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  initialSort?: Sort;
  /** The order, where the caller needs it too (an export follows it); kept by the table itself when left out. */
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** Makes rows selectable by click, Enter and arrow keys. */
  onSelect?: (row: Row) => void;
  selectedKey?: string | null;
  /** Cells of a final row, by column key. */
  totals?: Readonly<Record<string, ReactNode>>;
  /** Height from which the body scrolls under a head that stays, in pixels. */
  maxHeight?: number;
  rowClassName?: (row: Row) => string | undefined;
}

/** Rows under a head that stays in sight; columns sort, figures align right. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, initialSort, onSelect, selectedKey, totals, maxHeight, rowClassName } = props;
  const [ownSort, setOwnSort] = useState<Sort | null>(initialSort ?? null);
  const sort = props.sort === undefined ? ownSort : props.sort;
  const setSort = props.onSort ?? setOwnSort;
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);

  const walk = (event: KeyboardEvent<HTMLTableRowElement>, row: Row) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onSelect?.(row);
      return;
    }
    const next =
      event.key === 'ArrowDown'
        ? event.currentTarget.nextElementSibling
        : event.key === 'ArrowUp'
          ? event.currentTarget.previousElementSibling
          : null;
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <div
      // A part that scrolls has to be reachable by keyboard; rows that can be chosen are so already.
      tabIndex={onSelect ? undefined : 0}
      className="min-h-0 min-w-0 overflow-auto"
      style={maxHeight ? { maxHeight } : undefined}
    >
      <table aria-label={label} className="w-full border-separate border-spacing-0 text-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row, index) => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                tabIndex={onSelect ? (key === selectedKey || (!selectedKey && index === 0) ? 0 : -1) : undefined}
                aria-selected={onSelect ? key === selectedKey : undefined}
                onClick={onSelect && (() => onSelect(row))}
                onKeyDown={onSelect && ((event) => walk(event, row))}
                className={clsx(
                  '-outline-offset-2',
                  onSelect && 'cursor-pointer hover:bg-inset',
                  key === selectedKey && 'bg-accent-soft',
                  rowClassName?.(row),
                )}
              >
                {columns.map((column) => (
                  <td key={column.key} className={cellClass(column, 'border-b border-line/60')}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
        {totals && (
          <tfoot>
            <tr>
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={cellClass(column, 'sticky bottom-0 border-t border-line-strong bg-surface font-medium')}
                >
                  {totals[column.key]}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function cellClass<Row>(column: Column<Row>, extra: string): string {
  return clsx(
    'h-7 px-2 py-1 first:pl-3 last:pr-3',
    column.numeric ? 'text-right whitespace-nowrap' : 'text-left',
    extra,
    column.className,
  );
}

interface HeadCellProps<Row> {
  column: Column<Row>;
  sort: Sort | null;
  onSort: (sort: Sort) => void;
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const active = sort?.key === column.key ? sort : null;
  const Arrow = active?.descending ? ChevronDown : ChevronUp;
  const className = cellClass(
    column,
    'sticky top-0 z-10 border-b border-line bg-surface font-medium whitespace-nowrap text-ink-faint',
  );
  if (!column.sortValue) {
    return (
      <th scope="col" title={column.title} className={className}>
        {column.header}
      </th>
    );
  }
  return (
    <th
      scope="col"
      title={column.title}
      aria-sort={active ? (active.descending ? 'descending' : 'ascending') : 'none'}
      className={className}
    >
      <button
        type="button"
        // Figures are first asked for from the largest, words from A.
        onClick={() => onSort({ key: column.key, descending: active ? !active.descending : column.numeric === true })}
        className={clsx('inline-flex items-center gap-0.5 hover:text-ink', active && 'text-ink')}
      >
        {column.header}
        {active && <Arrow aria-hidden="true" size={12} />}
      </button>
    </th>
  );
}

/** The rows in the order of `sort`; stable, nulls last whichever way. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const value = columns.find((column) => column.key === sort?.key)?.sortValue;
  if (!sort || !value) return rows;
  return rows.toSorted((left, right) => {
    const [a, b] = [value(left), value(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = typeof a === 'string' || typeof b === 'string' ? String(a).localeCompare(String(b)) : a - b;
    return sort.descending ? -order : order;
  });
}
