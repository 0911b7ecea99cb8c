import { useCallback, useId, useMemo } from 'react';
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  Tooltip,
  XAxis,
  YAxis,
  type MouseHandlerDataParam,
} from 'recharts';
import type { Annotation } from '../../../shared/domain/annotations.ts';
import { colorValue } from '../../state/provider-colors.ts';
import { AnnotationMarks } from './AnnotationMarks.tsx';
import {
  axisReach,
  bandValue,
  bucketStep,
  canLabelDirectly,
  chartRows,
  highestValue,
  isIsolated,
  valueTicks,
  type ChartRow,
  type ChartSeries,
  type Threshold,
} from './chart-model.ts';
import { CrosshairLine, DirectLabels, ThresholdLines } from './ChartOverlays.tsx';
import { ChartTooltip } from './ChartTooltip.tsx';
import { useCrosshair } from './crosshair.ts';
import { Legend } from './Legend.tsx';
import { timeTicks } from './time-axis.ts';
import { useElementWidth } from './use-element-width.ts';

interface TimeChartProps {
  series: readonly ChartSeries[];
  kind: 'line' | 'stacked-area' | 'stacked-bar';
  /** Writes a value with its unit, on the axis and in the tooltip. */
  format: (value: number) => string;
  /** Pixels of the plot with its axes; a legend comes on top of it. */
  height: number;
  /** Epoch ms of both ends; the axis spans it whether or not there are points. */
  domain: readonly [number, number];
  /** What happened meanwhile, as faint lines with marks. */
  annotations?: readonly Annotation[];
  /** False where another chart of the same time has the marks already, and this one only draws their lines. */
  annotationMarks?: boolean;
  thresholds?: readonly Threshold[];
  /** IANA zone of the axis; the viewer's when left out. */
  timeZone?: string;
  /** What the chart shows, in a sentence, for those who cannot see it. */
  ariaLabel: string;
  /** False where a legend beside the chart names its series already. */
  named?: boolean;
}

const NARROW = 420;
const TOP_MARGIN = 8;
const AXIS_HEIGHT = 22;
const NONE: readonly never[] = [];

/** A bounded series over time (300 points or fewer each): numeric axis from zero, gaps as gaps, one crosshair per view. */
export function TimeChart(props: TimeChartProps) {
  const { series, kind, format, height, domain, timeZone, ariaLabel, named = true } = props;
  const annotations = props.annotations ?? NONE;
  const thresholds = props.thresholds ?? NONE;
  const stacked = kind !== 'line';
  const [measure, width] = useElementWidth(640);
  const chartId = useId();
  const point = useCrosshair((state) => state.point);

  const rows = useMemo(() => chartRows(series), [series]);
  const ticks = useMemo(
    () => valueTicks(axisReach(highestValue(rows, stacked), thresholds)),
    [rows, stacked, thresholds],
  );
  const top = ticks.at(-1) ?? 1;

  const direct = named && width >= NARROW && canLabelDirectly(rows, series, stacked);
  const left = 6.4 * Math.max(...ticks.map((tick) => format(tick).length)) + 10;
  const right = direct ? 6.4 * Math.min(18, Math.max(...series.map(({ label }) => label.length))) + 14 : 12;
  const times = useMemo(
    () => timeTicks(domain, width - left - right, timeZone),
    // The two ends, not the pair: a caller may build a new pair each time.
    // oxlint-disable-next-line react/exhaustive-deps
    [domain[0], domain[1], width, left, right, timeZone],
  );
  const timeLabels = useMemo(() => new Map(times.map(({ at, label }) => [at, label])), [times]);

  const step = bucketStep(rows, (domain[1] - domain[0]) / 60);
  const barSize = Math.max(1, Math.floor(((width - left - right) * step) / Math.max(1, domain[1] - domain[0])) - 1);
  // A bar stands for the whole of its bucket, so it is drawn around the middle of it.
  const timeOf = useCallback((row: ChartRow) => (kind === 'stacked-bar' ? row.at + step / 2 : row.at), [kind, step]);
  const shift = kind === 'stacked-bar' ? step / 2 : 0;

  const onMove = (state: MouseHandlerDataParam) => {
    const label = Number(state.activeLabel);
    point(state.isTooltipActive && Number.isFinite(label) ? label - shift : null, chartId);
  };

  return (
    <figure className="min-w-0" aria-label={ariaLabel}>
      <div ref={measure} className="relative min-w-0 overflow-x-clip" style={{ height }}>
        <ComposedChart
          width={width}
          height={height}
          data={rows}
          margin={{ top: TOP_MARGIN, right, bottom: 0, left: 0 }}
          barGap={0}
          onMouseMove={onMove}
          onMouseLeave={() => point(null, chartId)}
          title={ariaLabel}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" strokeWidth={1} />
          <XAxis
            dataKey={timeOf}
            type="number"
            scale="linear"
            domain={[domain[0], domain[1]]}
            allowDataOverflow
            ticks={times.map(({ at }) => at)}
            tickFormatter={(at: number) => timeLabels.get(at) ?? ''}
            interval={0}
            height={AXIS_HEIGHT}
            tickLine={false}
            axisLine={{ stroke: 'var(--line)' }}
            tick={AXIS_TEXT}
          />
          <YAxis
            type="number"
            domain={[0, top]}
            ticks={ticks}
            // Spaces that do not break: a figure and its unit stay on one line.
            tickFormatter={(value: number) => format(value).replaceAll(' ', '\u00a0')}
            interval={0}
            width={left}
            tickLine={false}
            axisLine={false}
            tick={AXIS_TEXT}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)', fill: 'var(--line)', fillOpacity: 0.4 }}
            wrapperStyle={{ zIndex: 20 }}
            content={({ active, label }) => (
              <ChartTooltip
                row={active ? rows.find((row) => timeOf(row) === Number(label)) : undefined}
                series={series}
                format={format}
                total={stacked}
                timeZone={timeZone}
              />
            )}
          />
          {series.map((one, index) => seriesShape(one, index, kind, rows, barSize))}
          <ThresholdLines thresholds={thresholds} top={top} />
          <CrosshairLine chartId={chartId} />
          {direct && <DirectLabels rows={rows} series={series} stacked={stacked} />}
        </ComposedChart>
        <AnnotationMarks
          annotations={annotations}
          domain={domain}
          left={left}
          width={Math.max(0, width - left - right)}
          top={TOP_MARGIN}
          bottom={height - AXIS_HEIGHT}
          marks={props.annotationMarks === false ? 'none' : 'top'}
          timeZone={timeZone}
        />
      </div>
      {named && !direct && series.length > 1 && (
        <div className="mt-2">
          <Legend items={series} />
        </div>
      )}
      <figcaption className="sr-only">{series.map((one) => summary(one, format)).join(' ')}</figcaption>
    </figure>
  );
}

const AXIS_TEXT = { fontSize: 11, fill: 'var(--ink-faint)' } as const;

function seriesShape(
  one: ChartSeries,
  index: number,
  kind: TimeChartProps['kind'],
  rows: readonly ChartRow[],
  barSize: number,
) {
  const color = colorValue(one.color);
  const shared = {
    name: one.label,
    // A function, because a provider's name may hold the dots that a path would be split at.
    dataKey: (row: ChartRow) => row.values[index] ?? null,
    isAnimationActive: false,
    stroke: color,
  } as const;
  switch (kind) {
    case 'stacked-bar':
      return <Bar {...shared} key={one.key} stackId="all" fill={color} stroke="none" barSize={barSize} />;
    case 'stacked-area':
      return (
        <Area
          {...shared}
          key={one.key}
          dataKey={(row: ChartRow) => bandValue(rows, rows.indexOf(row), index)}
          stackId="all"
          type="monotone"
          fill={color}
          fillOpacity={0.32}
          strokeWidth={1.25}
          dot={false}
          activeDot={false}
        />
      );
    case 'line':
      return (
        <Line
          {...shared}
          key={one.key}
          type="linear"
          strokeWidth={1.5}
          strokeDasharray={one.dashed ? '4 3' : undefined}
          connectNulls={false}
          activeDot={{ r: 3, stroke: 'none' }}
          dot={({ cx, cy, index: row }: { cx?: number; cy?: number; index?: number }) =>
            cx !== undefined && cy !== undefined && isIsolated(rows, row ?? -1, index) ? (
              <circle key={row} cx={cx} cy={cy} r={1.75} fill={color} />
            ) : (
              <g key={row} />
            )
          }
        />
      );
    default:
      return kind satisfies never;
  }
}

function summary(one: ChartSeries, format: (value: number) => string): string {
  const values = one.points.flatMap(({ value }) => (value === null ? [] : [value]));
  const last = values.at(-1);
  if (last === undefined) return `${one.label}: no data.`;
  return `${one.label}: newest ${format(last)}, highest ${format(Math.max(...values))}.`;
}
