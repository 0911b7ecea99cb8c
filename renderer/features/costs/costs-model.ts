import { OTHER_AGENTS } from '../../../shared/domain/history.ts';
import type { CostFigures, CostGroup, CostRow, Costs, Series } from '../../../shared/domain/history.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { SeriesColor } from '../../state/provider-colors.ts';
import type { ChartSeries } from '../../ui/charts/chart-model.ts';

/** The dimensions that the view can group by, as they stand on screen. */
export const COST_GROUPS: readonly { value: CostGroup; label: string }[] = [
  { value: 'provider', label: 'Provider' },
  { value: 'model', label: 'Model' },
  { value: 'tier', label: 'Tier' },
  { value: 'call_site', label: 'Call site' },
  { value: 'agent', label: 'Agent' },
  { value: 'day', label: 'Day' },
  { value: 'hour', label: 'Hour' },
];

/** The group written in the address; `provider` where there is none or it is not one. */
export function parseGroup(text: string | null): CostGroup {
  return COST_GROUPS.find(({ value }) => value === text)?.value ?? 'provider';
}

/** True for the groups that are stretches of time. */
export function isTimeGroup(group: CostGroup): boolean {
  return group === 'day' || group === 'hour';
}

/** The rows as the view shows and exports them: time forward, everything else from the dearest down. */
export function orderedRows(costs: Pick<Costs, 'group_by' | 'rows'>): CostRow[] {
  if (isTimeGroup(costs.group_by)) return costs.rows.toSorted((a, b) => a.key.localeCompare(b.key));
  return costs.rows.toSorted(
    (a, b) => b.cost_usd - a.cost_usd || b.requests - a.requests || a.key.localeCompare(b.key),
  );
}

const NO_VALUE: Readonly<Partial<Record<CostGroup, string>>> = {
  provider: 'no provider answered',
  model: 'no model answered',
  tier: 'without a tier',
  call_site: 'without a call site',
  agent: 'without an agent',
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What a row is called on screen. Days and hours are cut in the zone of the answer, so they are read as written. */
export function rowLabel(group: CostGroup, key: string, names: (provider: string) => string): string {
  if (key === '') return NO_VALUE[group] ?? 'none';
  if (group === 'provider') return names(key);
  if (group === 'agent' && key === OTHER_AGENTS) return 'all other agents';
  if (!isTimeGroup(group)) return key;
  const [, year, month, day, clock] = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}(?::\d{2})?))?/.exec(key) ?? [];
  if (year === undefined || month === undefined || day === undefined) return key;
  const date = `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
  if (clock === undefined) return date;
  return `${date}, ${clock.length === 2 ? `${clock}:00` : clock}`;
}

/** A row's share of the whole, 0 to 1; 0 while nothing has cost anything. */
export function costShare(row: CostFigures, totals: CostFigures): number {
  return totals.cost_usd > 0 ? row.cost_usd / totals.cost_usd : 0;
}

export type TrendMeasure = 'cost' | 'requests' | 'tokens';

/** One stacked series per provider that has any of the measure in the range, in the order of the answer. */
export function trendSeries(
  series: Series,
  measure: TrendMeasure,
  names: (provider: string) => string,
  colors: (provider: string) => SeriesColor,
): ChartSeries[] {
  const pick = { cost: 'cost_usd', requests: 'requests', tokens: 'output_tokens' } as const;
  return series.providers
    .map(({ provider, points }) => ({
      key: provider,
      label: names(provider),
      color: colors(provider),
      points: points.map((point) => ({ at: point.at, value: point[pick[measure]] })),
    }))
    .filter(({ points }) => points.some(({ value }) => value > 0));
}

/** The limits that are budgets, those counted over a day; rates and concurrency are not. */
export function budgetsOf(quota: readonly QuotaStatus[]): QuotaStatus[] {
  return quota.filter(({ limit }) => limit === 'usd_per_day' || limit === 'requests_per_day');
}

/** Requests of the series whose price is not known and which a chart of costs therefore can not show. */
export function unpricedInSeries(series: Series): number {
  return series.providers.reduce(
    (sum, { points }) => sum + points.reduce((part, point) => part + point.pricing_unknown_requests, 0),
    0,
  );
}

/** Orders budgets by what needs a hand first: exhausted, then the one that runs out soonest, then the fullest. */
export function byUrgency(a: QuotaStatus, b: QuotaStatus): number {
  const end = ({ exhausted, projected_exhaustion_at: at }: QuotaStatus) =>
    exhausted ? 0 : (at ?? Number.MAX_SAFE_INTEGER);
  return end(a) - end(b) || b.used / b.limit_value - a.used / a.limit_value;
}

/** True where of no request a list price is known, so that nothing can be held against it. */
export function isWhollyUnlisted({
  requests,
  list_price_unknown_requests: unlisted,
}: Pick<CostFigures, 'requests' | 'list_price_unknown_requests'>): boolean {
  return requests > 0 && unlisted >= requests;
}
