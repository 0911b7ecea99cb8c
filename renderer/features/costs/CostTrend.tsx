import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Series } from '../../../shared/domain/history.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatTokens, formatUsd } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useRange } from '../../app/use-range.ts';
import { useProviderColors, useProviderLabels } from '../../state/provider-colors.ts';
import { rangeLabel, rangeQuery } from '../../state/range.ts';
import { TimeChart } from '../../ui/charts/TimeChart.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Panel } from '../../ui/Panel.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { AnnotationControls } from '../annotations/AnnotationControls.tsx';
import { useAnnotations } from '../annotations/use-annotations.ts';
import { trendSeries, unpricedInSeries, type TrendMeasure } from './costs-model.ts';

interface Measure {
  value: TrendMeasure;
  label: string;
  format: (value: number) => string;
}

const COST: Measure = { value: 'cost', label: 'Cost', format: formatUsd };
const MEASURES: readonly Measure[] = [
  COST,
  { value: 'requests', label: 'Requests', format: formatCount },
  { value: 'tokens', label: 'Output tokens', format: formatTokens },
];
const BUCKETS = 60;

/** Cost, requests or output tokens over the range, stacked by provider. */
export function CostTrend() {
  const range = useRange();
  const { query } = useConsoleApi();
  const answer = useQuery(
    query.series.queryOptions({ input: { ...rangeQuery(range), buckets: BUCKETS, latency: false } }),
  );
  const { annotations } = useAnnotations(rangeQuery(range));
  const names = useProviderLabels();
  const colors = useProviderColors();
  const [text, choose] = useSearchParameter('measure');
  const measure = MEASURES.find(({ value }) => value === text) ?? COST;
  const chosen = measure.value;
  const series = useMemo(
    () => (answer.data ? trendSeries(answer.data, chosen, names, colors) : []),
    [answer.data, chosen, names, colors],
  );
  const label = rangeLabel(range);
  const state = panelStateOf(answer, () =>
    series.length > 0
      ? null
      : { title: chosen === 'cost' ? `Nothing has cost anything in the ${label}` : `No requests in the ${label}` },
  );
  return (
    <Panel
      title={`${measure.label} by provider`}
      note={answer.data ? trendNote(answer.data, chosen) : undefined}
      actions={
        <>
          <Segmented label="Measure of the trend" size="small" value={chosen} onChange={choose} options={MEASURES} />
          <AnnotationControls range={rangeQuery(range)} />
        </>
      }
      minHeight={200}
      state={state}
    >
      {answer.data && (
        <TimeChart
          series={series}
          kind="stacked-bar"
          format={measure.format}
          height={200}
          domain={[answer.data.since, answer.data.until]}
          annotations={annotations}
          ariaLabel={`${measure.label} by provider, ${label}`}
        />
      )}
    </Panel>
  );
}

/** How wide a bucket is, and what a chart of costs has to leave out. */
function trendNote(series: Series, measure: TrendMeasure): string {
  const step = `per ${formatDuration(series.step_ms)}`;
  return measure === 'cost' && unpricedInSeries(series) > 0 ? `${step}, without what has no known price` : step;
}
