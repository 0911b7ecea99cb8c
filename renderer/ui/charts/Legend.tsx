import { colorValue, type SeriesColor } from '../../state/provider-colors.ts';

interface LegendItem {
  key: string;
  label: string;
  color: SeriesColor;
  /** A figure shown beside the label, already formatted. */
  value?: string;
  dashed?: boolean;
}

/** What the colours of a chart mean, for where its lines are too many or too tight to be labelled directly. */
export function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-table text-ink-muted">
      {items.map((item) => (
        <li key={item.key} className="flex min-w-0 items-center gap-1.5">
          <Swatch color={item.color} dashed={item.dashed ?? false} />
          <span className="truncate">{item.label}</span>
          {item.value !== undefined && <span className="text-ink tabular-nums">{item.value}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The mark of a series: a square, or a dashed stroke for a dashed line. */
export function Swatch({ color, dashed = false }: { color: SeriesColor; dashed?: boolean }) {
  return (
    <svg width="10" height="10" aria-hidden="true" className="shrink-0">
      {dashed ? (
        <line x1="0" x2="10" y1="5" y2="5" stroke={colorValue(color)} strokeWidth="2" strokeDasharray="3 2" />
      ) : (
        <rect width="10" height="10" rx="2" fill={colorValue(color)} />
      )}
    </svg>
  );
}
