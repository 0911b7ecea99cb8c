import type { Database } from 'better-sqlite3';
import type { CostGroup } from '../../../shared/domain/history.ts';
import { prepareAmortised } from './amortised.ts';
import { boundAgents, fromTheDearest, toCostAnswer } from './cost-answer.ts';
import { middleOf, planSegments, widenRange } from './cost-plan.ts';
import type { Horizons, Segment } from './cost-plan.ts';
import { DAY_MS, MINUTE_MS, ceilTo } from './grains.ts';
import { prepareHorizons } from './horizons.ts';
import type { Queries } from './reader-protocol.ts';
import { FIGURE_NAMES, NO_FIGURES, addFigures } from './rollup.ts';
import type { Figures } from './rollup.ts';
import { createZoneCalendar } from './time-zone.ts';
import type { CostBasis } from './types.ts';
import type { TimeRange } from './time-range.ts';

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
 * Agents beyond the most used ones are one row.
 * Throws `StoreQueryError` for an unknown zone.
 */
export function prepareCostQuery(database: Database): Queries['costs'] {
  const readHorizons = prepareHorizons(database);
  const readBounds = database.prepare<[], { first: number | null; last: number | null }>(
    'SELECT min(bucket) AS first, max(bucket) AS last FROM rollup_day',
  );
  const amortised = prepareAmortised(database);
  const figuresOf = (
    { keyOf, column, tables }: Grouping,
    range: TimeRange,
    horizons: Horizons,
  ): Map<string, Figures> => {
    const splits = keyOf ? (from: number, to: number) => keyOf(from) !== keyOf(to - MINUTE_MS) : () => false;
    const groups = new Map<string, Figures>();
    for (const segment of planSegments(range, horizons, splits)) {
      for (const row of readSegment(database, segment, column, tables)) {
        const key = keyOf ? keyOf(middleOf(Number(row.group_key), segment.grain)) : String(row.group_key);
        const figures = groups.get(key) ?? { ...NO_FIGURES };
        addFigures(figures, row);
        groups.set(key, figures);
      }
    }
    return groups;
  };
  const answer: Queries['costs'] = (asked, groupBy, timeZone, basis = NO_BASIS) => {
    const horizons = readHorizons();
    const widened = widenRange(asked, horizons);
    const range = clampRange(widened, readBounds.get());
    const asGrouped = grouping(groupBy, timeZone);
    const groups = figuresOf(asGrouped, range, horizons);
    const { rows, totals } = toCostAnswer(groupBy === 'agent' ? boundAgents(groups) : groups, basis.reference);
    return {
      rows: asGrouped.keyOf ? rows : fromTheDearest(rows),
      totals,
      unpriced:
        totals.pricing_unknown_requests === 0
          ? []
          : unpricedModels(groupBy === 'model' ? groups : figuresOf(grouping('model', timeZone), range, horizons)),
      amortised: amortised(widened, basis.infrastructure),
    };
  };
  // In one transaction: what is written meanwhile is in all of the figures or in none.
  return database.transaction(answer);
}

function unpricedModels(models: ReadonlyMap<string, Figures>): { model: string; requests: number }[] {
  return [...models]
    .map(([model, { pricing_unknown_requests: requests }]) => ({ model, requests }))
    .filter(({ requests }) => requests > 0)
    .toSorted((left, right) => right.requests - left.requests);
}

const NO_BASIS: CostBasis = { reference: null, infrastructure: [] };

interface Grouping {
  column: string;
  keyOf: ((at: number) => string) | null;
  /** What the names of the tables begin with. */
  tables: 'rollup' | 'agent_rollup';
}

/** For days and hours the key is found from the bucket's time, for others it is a column of the rollup. */
function grouping(groupBy: CostGroup, timeZone: string): Grouping {
  const calendar = createZoneCalendar(timeZone);
  if (groupBy === 'day') return { column: 'bucket', keyOf: calendar.dayOf, tables: 'rollup' };
  if (groupBy === 'hour') return { column: 'bucket', keyOf: calendar.hourOf, tables: 'rollup' };
  if (groupBy === 'agent') return { column: 'agent_id', keyOf: null, tables: 'agent_rollup' };
  return { column: groupBy, keyOf: null, tables: 'rollup' };
}

function readSegment(
  database: Database,
  { grain, from, to }: Segment,
  column: string,
  tables: Grouping['tables'],
): GroupedRow[] {
  return database
    .prepare<[number, number], GroupedRow>(
      `SELECT ${column} AS group_key, ${SUMS} FROM ${tables}_${grain} WHERE bucket >= ? AND bucket < ? GROUP BY ${column}`,
    )
    .all(from, to);
}

/** Nothing lies outside the first and the last day that hold a row, so a range of fifty years is planned as quickly. */
function clampRange(range: TimeRange, bounds: { first: number | null; last: number | null } | undefined): TimeRange {
  if (!bounds || bounds.first === null || bounds.last === null) return { since: 0, until: 0 };
  const since = Math.max(range.since, bounds.first);
  return { since, until: Math.max(since, Math.min(range.until, ceilTo(bounds.last + 1, DAY_MS))) };
}
