import { colorValue, type SeriesColor } from '../../state/provider-colors.ts';

/** A thin bar that shows `share` (0 to 1) of the whole, for a table cell; the figure itself stands beside it as text. */
export function ShareBar({ share, color }: { share: number; color: SeriesColor }) {
  const width = Math.min(1, Math.max(0, share)) * 100;
  return (
    <svg width="100%" height="6" aria-hidden="true" className="block min-w-10" preserveAspectRatio="none">
      <rect width="100%" height="6" rx="1" fill="var(--line)" />
      {width > 0 && <rect width={`${Math.max(1, width)}%`} height="6" rx="1" fill={colorValue(color)} />}
    </svg>
  );
}
