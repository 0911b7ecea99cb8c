import { useMemo } from 'react';
import type { Annotation } from '../../../shared/domain/annotations.ts';
import type { Percentiles, ProviderGauges } from '../../../shared/domain/provider.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatRate, formatUsd } from '../../../shared/format/number.ts';
import { useRange } from '../../app/use-range.ts';
import { useLive } from '../../state/live.ts';
import { useProviderColors, useProviderLabels } from '../../state/provider-colors.ts';
import { rangeLabel, rangeQuery } from '../../state/range.ts';
import { Legend } from '../../ui/charts/Legend.tsx';
import { TimeChart } from '../../ui/charts/TimeChart.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { AnnotationControls } from '../annotations/AnnotationControls.tsx';
import { useAnnotations } from '../annotations/use-annotations.ts';
import type { ChartValue, ProviderCurves } from './series-points.ts';
import { useTraffic } from './use-traffic.ts';

/** Pixels of each picture: beside the cards they share the cards' height. */
const BESIDE_HEIGHT = 62;
const BELOW_HEIGHT = 120;

/** Who answered how much, how fast, for how much money, over the chosen range: four pictures under one legend. */
export function TrafficCharts({ beside }: { beside: boolean }) {
  const range = useRange();
  const label = rangeLabel(range);
  const { annotations } = useAnnotations(rangeQuery(range));
  const { series, curves } = useTraffic();
  const state = panelStateOf(series, () =>
    curves.length === 0
      ? {
          title: `No request in the ${label}.`,
          hint: 'The curves begin within seconds of the first one.',
        }
      : null,
  );
  const domain = useMemo(
    (): [number, number] => (series.data ? [series.data.since, series.data.until] : [0, 1]),
    [series.data],
  );
  const rate = useLive(({ status }) => status?.requests_per_second ?? null);
  const cost = useLive(({ status }) => status?.cost_usd_per_hour ?? null);
  const firstToken = useLive(({ status }) => servingGauges(status)?.first_token_ms ?? null);
  const latency = useLive(({ status }) => servingGauges(status)?.latency_ms ?? null);
  const color = useProviderColors();
  const name = useProviderLabels();
  const height = beside ? BESIDE_HEIGHT : BELOW_HEIGHT;
  // One row of marks for all four; the others draw the lines alone.
  const shared = { domain, curves, height, annotations, annotationMarks: false };
  return (
    <Panel
      title="Traffic"
      note={label}
      actions={<AnnotationControls range={rangeQuery(range)} />}
      state={state}
      minHeight={height * 4}
      className={beside ? 'h-full' : undefined}
    >
      <div className={beside ? 'flex flex-1 flex-col justify-between gap-2' : 'grid gap-x-4 gap-y-2 lg:grid-cols-2'}>
        <Curves
          {...shared}
          annotationMarks
          title={withFigure('Requests by provider', rate, formatRate)}
          pick={(each) => each.rate}
          kind="stacked-area"
          format={formatRate}
          ariaLabel={`Requests a second by provider, ${label}`}
        />
        <Curves
          {...shared}
          title={withFigures('First token, p95', firstToken)}
          pick={(each) => each.firstToken}
          kind="line"
          format={formatDuration}
          ariaLabel={`95th percentile of the time to the first token by provider, ${label}`}
        />
        <Curves
          {...shared}
          title={withFigures('Whole answer, p95', latency)}
          pick={(each) => each.latency}
          kind="line"
          format={formatDuration}
          ariaLabel={`95th percentile of the time to the whole answer by provider, ${label}`}
        />
        <Curves
          {...shared}
          title={withFigure('Cost rate', cost, formatHourly)}
          pick={(each) => each.cost}
          kind="stacked-area"
          format={formatHourly}
          ariaLabel={`US dollars an hour by provider, ${label}`}
        />
      </div>
      <div className="mt-2">
        <Legend
          items={curves.map(({ provider }) => ({ key: provider, label: name(provider), color: color(provider) }))}
        />
      </div>
    </Panel>
  );
}

interface CurvesProps {
  title: string;
  domain: [number, number];
  curves: readonly ProviderCurves[];
  height: number;
  annotations: readonly Annotation[];
  annotationMarks: boolean;
  pick: (curves: ProviderCurves) => readonly ChartValue[];
  kind: 'line' | 'stacked-area';
  format: (value: number) => string;
  ariaLabel: string;
}

function Curves({ title, curves, pick, ...chart }: CurvesProps) {
  const color = useProviderColors();
  const name = useProviderLabels();
  const series = curves
    .map((each) => ({
      key: each.provider,
      label: name(each.provider),
      color: color(each.provider),
      points: pick(each),
    }))
    .filter(({ points }) => points.some(({ value }) => value !== null && value > 0));
  return (
    <section className="min-w-0">
      <h3 className="text-table font-medium">{title}</h3>
      <TimeChart {...chart} series={series} named={false} />
    </section>
  );
}

function withFigure(title: string, value: number | null, format: (value: number) => string): string {
  return value === null ? title : `${title}, ${format(value)}`;
}

function formatHourly(usd: number): string {
  // Cents mean nothing in a rate of many dollars, and the axis has little room.
  return usd >= 20 ? `${formatCount(usd)} USD/h` : `${formatUsd(usd)}/h`;
}

function servingGauges(status: Status | null): ProviderGauges | null {
  return status?.providers.find(({ name }) => name === status.serving)?.gauges ?? null;
}

/** The curve is the 95th percentile; who serves now has its median told beside it. */
function withFigures(title: string, value: Percentiles | null): string {
  return value === null ? title : `${title} ${formatDuration(value.p95)}, p50 ${formatDuration(value.p50)}`;
}
