import { formatAbsolute } from '../../../shared/format/time.ts';
import type { ChartRow, ChartSeries } from './chart-model.ts';
import { Swatch } from './Legend.tsx';

interface ChartTooltipProps {
  row: ChartRow | undefined;
  series: readonly ChartSeries[];
  format: (value: number) => string;
  /** Whether a sum of the series means anything, as it does in stacks. */
  total: boolean;
  timeZone?: string;
}

/** The figures of every series at one moment; what was not measured says so. */
export function ChartTooltip({ row, series, format, total, timeZone }: ChartTooltipProps) {
  if (!row) return null;
  const sum = row.values.reduce<number>((all, value) => all + (value ?? 0), 0);
  return (
    <div className="rounded-panel border border-line-strong bg-raised px-2.5 py-2 text-table shadow-lg">
      <div className="mb-1 text-ink-muted">{formatAbsolute(row.at, timeZone)}</div>
      <table className="tabular-nums">
        <tbody>
          {series.map((one, index) => {
            const value = row.values[index] ?? null;
            return (
              <tr key={one.key}>
                <td className="pr-1.5">
                  <Swatch color={one.color} dashed={one.dashed ?? false} />
                </td>
                <td className="pr-4 text-ink-muted">{one.label}</td>
                <td className={value === null ? 'text-right text-ink-faint' : 'text-right text-ink'}>
                  {value === null ? 'no data' : format(value)}
                </td>
              </tr>
            );
          })}
          {total && series.length > 1 && (
            <tr className="border-t border-line">
              <td />
              <td className="pr-4 text-ink-muted">total</td>
              <td className="text-right text-ink">{format(sum)}</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
