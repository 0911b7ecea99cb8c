import { useMemo } from 'react';
import type { Status } from '../../../shared/domain/status.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatRate, formatUsd } from '../../../shared/format/number.ts';
import { useRange } from '../../app/use-range.ts';
import { useLive } from '../../state/live.ts';
import { useProviderColors, useProviderLabels } from '../../state/provider-colors.ts';
import { rangeLabel } from '../../state/range.ts';
import { TimeChart } from '../../ui/charts/TimeChart.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import type { ChartValue, ProviderCurves } from './series-points.ts';
import { useTraffic } from './use-traffic.ts';

const HEIGHT = 140;

/** Who answered how much, how fast, for how much money, over the chosen range. */
export function TrafficCharts() {
  const label = rangeLabel(useRange());
  const { series, curves } = useTraffic();
  const state = panelStateOf(series, () =>
    curves.length === 0
      ? {
          title: `No request in the ${label}.`,
          hint: 'Point a client at the gateway; its requests appear here within seconds.',
        }
      : null,
  );
  const domain = useMemo(
    (): [number, number] => (series.data ? [series.data.since, series.data.until] : [0, 1]),
    [series.data],
  );
  const rate = useLive(({ status }) => status?.requests_per_second ?? null);
  const cost = useLive(({ status }) => status?.cost_usd_per_hour ?? null);
  const firstToken = useLive(({ status }) => servingFirstToken(status));
  const shared = { note: label, state, minHeight: HEIGHT, domain, curves };
  return (
    <>
      <CurvePanel
        {...shared}
        title={withFigure('Requests by provider', rate, formatRate)}
        pick={(each) => each.rate}
        kind="stacked-area"
        format={formatRate}
        ariaLabel={`Requests a second by provider, ${label}`}
      />
      <CurvePanel
        {...shared}
        title={withFigure('p95 first token', firstToken, formatDuration)}
        pick={(each) => each.firstToken}
        kind="line"
        format={formatDuration}
        ariaLabel={`95th percentile of the time to the first token by provider, ${label}`}
      />
      <CurvePanel
        {...shared}
        title={withFigure('Cost rate', cost, formatHourly)}
        pick={(each) => each.cost}
        kind="stacked-area"
        format={formatHourly}
        ariaLabel={`US dollars an hour by provider, ${label}`}
      />
    </>
  );
}

interface CurvePanelProps {
  title: string;
  note: string;
  state: ReturnType<typeof panelStateOf>;
  minHeight: number;
  domain: [number, number];
  curves: readonly ProviderCurves[];
  pick: (curves: ProviderCurves) => readonly ChartValue[];
  kind: 'line' | 'stacked-area';
  format: (value: number) => string;
  ariaLabel: string;
}

function CurvePanel({ title, note, state, minHeight, curves, pick, ...chart }: CurvePanelProps) {
  const color = useProviderColors();
  const name = useProviderLabels();
  const series = curves.map((each) => ({
    key: each.provider,
    label: name(each.provider),
    color: color(each.provider),
    points: pick(each),
  }));
  return (
    <Panel title={title} note={note} state={state} minHeight={minHeight}>
      <TimeChart {...chart} series={series} height={minHeight} />
    </Panel>
  );
}

function withFigure(title: string, value: number | null, format: (value: number) => string): string {
  return value === null ? title : `${title}, ${format(value)}`;
}

function formatHourly(usd: number): string {
  // Cents mean nothing in a rate of many dollars, and the axis has little room.
  return usd >= 20 ? `${formatCount(usd)} USD/h` : `${formatUsd(usd)}/h`;
}

function servingFirstToken(status: Status | null): number | null {
  return status?.providers.find(({ name }) => name === status.serving)?.gauges.first_token_ms?.p95 ?? null;
}
