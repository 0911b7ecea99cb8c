import type { Database } from 'better-sqlite3';
import type { CostFigures, CostGroup, CostRow } from '../../../shared/domain/history.ts';
import { middleOf, planSegments, widenRange } from './cost-plan.ts';
import type { Segment } from './cost-plan.ts';
import { DAY_MS, MINUTE_MS, ceilTo } from './grains.ts';
import { prepareHorizons } from './horizons.ts';
import { fromMicroUsd } from './money.ts';
import type { Queries } from './reader-protocol.ts';
import { FIGURE_NAMES, NO_FIGURES, addFigures } from './rollup.ts';
import type { Figures } from './rollup.ts';
import { createZoneCalendar } from './time-zone.ts';
import type { TimeRange } from './types.ts';

type GroupedRow = Figures & { group_key: string | number };

const SUMS = FIGURE_NAMES.map((name) => `SUM(${name}) AS ${name}`).join(', ');

/**
 * Costs of a range, grouped, read from rollups alone.
 *
 * Edges are cut at whole minutes, outwards: the minutes that hold `since` and `until` belong to the range. Where minute
 * rollups are gone (older than 14 days) they are cut at whole hours, where hour rollups are gone too (400 days) at whole
 * UTC days. Days and hours are those of `timeZone`; a bucket that can be cut no finer and lies across two of them goes to
 * the one that holds its middle. Every bucket goes to exactly one row, so the rows add up to the totals exactly.
 *
 * Rows of days and hours run forward in time, others from the dearest down; groups without any figure are left out.
 * Throws `StoreQueryError` for an unknown zone.
 */
export function prepareCostQuery(database: Database): Queries['costs'] {
  const readHorizons = prepareHorizons(database);
  const readBounds = database.prepare<[], { first: number | null; last: number | null }>(
    'SELECT min(bucket) AS first, max(bucket) AS last FROM rollup_day',
  );
  return (asked, groupBy, timeZone) => {
    const { keyOf, column } = grouping(groupBy, timeZone);
    const horizons = readHorizons();
    const range = clampRange(widenRange(asked, horizons), readBounds.get());
    const splits = keyOf ? (from: number, to: number) => keyOf(from) !== keyOf(to - MINUTE_MS) : () => false;
    const groups = new Map<string, Figures>();
    const totals: Figures = { ...NO_FIGURES };
    for (const segment of planSegments(range, horizons, splits)) {
      for (const row of readSegment(database, segment, column)) {
        const key = keyOf ? keyOf(middleOf(Number(row.group_key), segment.grain)) : String(row.group_key);
        const figures = groups.get(key) ?? { ...NO_FIGURES };
        addFigures(figures, row);
        groups.set(key, figures);
        addFigures(totals, row);
      }
    }
    return { rows: toRows(groups, keyOf !== null), totals: toCostFigures(totals) };
  };
}

/** For days and hours the key is found from the bucket's time, for others it is a column of the rollup. */
function grouping(groupBy: CostGroup, timeZone: string): { column: string; keyOf: ((at: number) => string) | null } {
  const calendar = createZoneCalendar(timeZone);
  if (groupBy === 'day') return { column: 'bucket', keyOf: calendar.dayOf };
  if (groupBy === 'hour') return { column: 'bucket', keyOf: calendar.hourOf };
  return { column: groupBy, keyOf: null };
}

function readSegment(database: Database, { grain, from, to }: Segment, column: string): GroupedRow[] {
  return database
    .prepare<[number, number], GroupedRow>(
      `SELECT ${column} AS group_key, ${SUMS} FROM rollup_${grain} WHERE bucket >= ? AND bucket < ? GROUP BY ${column}`,
    )
    .all(from, to);
}

/** Nothing lies outside the first and the last day that hold a row, so a range of fifty years is planned as quickly. */
function clampRange(range: TimeRange, bounds: { first: number | null; last: number | null } | undefined): TimeRange {
  if (!bounds || bounds.first === null || bounds.last === null) return { since: 0, until: 0 };
  const since = Math.max(range.since, bounds.first);
  return { since, until: Math.max(since, Math.min(range.until, ceilTo(bounds.last + 1, DAY_MS))) };
}

function toRows(groups: ReadonlyMap<string, Figures>, inTime: boolean): CostRow[] {
  const rows = [...groups].map(([key, figures]) => ({ key, ...toCostFigures(figures) }));
  const byKey = (left: CostRow, right: CostRow) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0);
  return inTime
    ? rows
    : rows.toSorted(
        (left, right) => right.cost_usd - left.cost_usd || right.requests - left.requests || byKey(left, right),
      );
}

function toCostFigures(figures: Figures): CostFigures {
  return {
    requests: figures.requests,
    errors: figures.errors,
    input_tokens: figures.input_tokens,
    cache_read_tokens: figures.cache_read_tokens,
    cache_write_tokens: figures.cache_write_tokens,
    output_tokens: figures.output_tokens,
    reasoning_tokens: figures.reasoning_tokens,
    cost_usd: fromMicroUsd(figures.cost_micro_usd),
    pricing_unknown_requests: figures.pricing_unknown_requests,
  };
}
