import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Series } from '../../../shared/domain/history.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useLive } from '../../state/live.ts';
import { useRange } from '../../app/use-range.ts';
import { rangeQuery } from '../../state/range.ts';
import { providerCurves, type ProviderCurves } from './series-points.ts';

/** About one a six pixels of the panel: more would be gaps and spikes where traffic is thin. */
const BUCKETS = 60;
const NO_CURVES: readonly ProviderCurves[] = [];

/** The traffic of the chosen range; charts and cards share one cached answer. */
export function useTraffic(): { series: UseQueryResult<Series>; curves: readonly ProviderCurves[] } {
  const { query } = useConsoleApi();
  const series = useQuery(query.series.queryOptions({ input: { ...rangeQuery(useRange()), buckets: BUCKETS } }));
  const names = useLive((state) => state.status?.providers.map(({ name }) => name).join('\n') ?? '');
  const curves = useMemo(
    () => (series.data ? providerCurves(series.data, names.split('\n')) : NO_CURVES),
    [series.data, names],
  );
  return { series, curves };
}
