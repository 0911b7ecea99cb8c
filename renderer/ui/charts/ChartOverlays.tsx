import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { colorValue } from '../../state/provider-colors.ts';
import { spreadLabels, type ChartRow, type ChartSeries, type Threshold } from './chart-model.ts';
import { useCrosshair } from './crosshair.ts';

const TEXT = { fontSize: 11, fontFamily: 'inherit' } as const;

/** The line of the shared crosshair, where the pointer is in another chart of the view. */
export function CrosshairLine({ chartId }: { chartId: string }) {
  const area = usePlotArea();
  const scale = useXAxisScale();
  const at = useCrosshair((state) => (state.source === chartId ? null : state.at));
  const x = at === null ? undefined : scale?.(at);
  if (!area || x === undefined || x < area.x || x > area.x + area.width) return null;
  return <line x1={x} x2={x} y1={area.y} y2={area.y + area.height} stroke="var(--line-strong)" pointerEvents="none" />;
}

/** Limits as labelled dashed lines; one far above the data is named at the top edge instead of drawn. */
export function ThresholdLines({ thresholds, top }: { thresholds: readonly Threshold[]; top: number }) {
  const area = usePlotArea();
  const scale = useYAxisScale();
  if (!area || !scale) return null;
  return thresholds.map(({ value, label }) => {
    const inside = value <= top;
    const y = inside ? (scale(value) ?? area.y) : area.y;
    return (
      <g key={label} pointerEvents="none">
        {inside && (
          <line x1={area.x} x2={area.x + area.width} y1={y} y2={y} stroke="var(--warn)" strokeDasharray="5 3" />
        )}
        <text {...TEXT} x={area.x + 4} y={inside ? y - 4 : area.y + 10} fill="var(--warn)">
          {inside ? label : `↑ ${label}`}
        </text>
      </g>
    );
  });
}

/** The name of each series at its newest value, beside the plot, moved apart where they would touch. */
export function DirectLabels(props: { rows: readonly ChartRow[]; series: readonly ChartSeries[]; stacked: boolean }) {
  const { rows, series, stacked } = props;
  const area = usePlotArea();
  const scale = useYAxisScale();
  if (!area || !scale) return null;
  const labels = newestValues(rows, series, stacked);
  const wanted = labels.map(({ value }) => scale(value) ?? area.y + area.height);
  const placed = spreadLabels(wanted, 13, area.y + 5, area.y + area.height);
  return labels.map(({ one }, index) => (
    <text
      {...TEXT}
      key={one.key}
      x={area.x + area.width + 6}
      y={(placed[index] ?? 0) + 4}
      fill={colorValue(one.color)}
      fontWeight={500}
      pointerEvents="none"
    >
      {one.label.length > 18 ? `${one.label.slice(0, 17)}…` : one.label}
    </text>
  ));
}

/** Where each label belongs on the value axis: at the last value, in a stack at the middle of the last band. */
function newestValues(rows: readonly ChartRow[], series: readonly ChartSeries[], stacked: boolean) {
  if (!stacked) {
    return series.flatMap((one, index) => {
      const value = rows.findLast((row) => typeof row.values[index] === 'number')?.values[index];
      return typeof value === 'number' ? [{ one, value }] : [];
    });
  }
  const last = rows.findLast((row) => row.values.some((value) => value !== null && value > 0));
  let below = 0;
  return series.flatMap((one, index) => {
    const value = last?.values[index] ?? 0;
    below += value;
    return value > 0 ? [{ one, value: below - value / 2 }] : [];
  });
}
