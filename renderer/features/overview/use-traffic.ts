import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Series } from '../../../shared/domain/history.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useRange } from '../../app/use-range.ts';
import { rangeQuery } from '../../state/range.ts';
import { providerCurves, type ProviderCurves } from './series-points.ts';

const BUCKETS = 120;
const NO_CURVES: readonly ProviderCurves[] = [];

/** The traffic of the chosen range; charts and cards share one cached answer. */
export function useTraffic(): { series: UseQueryResult<Series>; curves: readonly ProviderCurves[] } {
  const { query } = useConsoleApi();
  const series = useQuery(query.series.queryOptions({ input: { ...rangeQuery(useRange()), buckets: BUCKETS } }));
  const curves = useMemo(() => (series.data ? providerCurves(series.data) : NO_CURVES), [series.data]);
  return { series, curves };
}
