import { clsx } from 'clsx';

interface MeterProps {
  label: string;
  value: number;
  limit: number;
  /** Share of the limit from which the bar warns, 0 to 1. */
  warnAt?: number;
  /** True where being over the limit alerts and refuses nothing: full is amber then, not red. */
  soft?: boolean;
  /** What assistive technology reads, such as "212 of 1,000 requests". */
  text: string;
}

/** How much of a limit is used. Full is red, near it amber, and a notch marks where the warning begins. */
export function Meter({ label, value, limit, warnAt = 0.8, soft = false, text }: MeterProps) {
  const share = limit > 0 ? Math.min(1, value / limit) : 1;
  const tone = share >= 1 && !soft ? 'bg-bad' : share >= warnAt ? 'bg-warn' : 'bg-ink-faint';
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={Math.min(value, limit)}
      aria-valuetext={text}
      className="relative h-1 w-full overflow-hidden rounded-full bg-line forced-color-adjust-none"
    >
      <div className={clsx('h-full rounded-full', tone)} style={{ width: `${share * 100}%` }} />
      <div className="absolute inset-y-0 w-px bg-surface" style={{ left: `${warnAt * 100}%` }} />
    </div>
  );
}
