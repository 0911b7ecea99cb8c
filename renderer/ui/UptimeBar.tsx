import { clsx } from 'clsx';
import { useState, type KeyboardEvent } from 'react';
import { formatClock, formatDay } from '../../shared/format/time.ts';
import { statusWord, type MarkStatus } from './StatusMark.tsx';

export interface UptimeBucket {
  from: number;
  to: number;
  status: Exclude<MarkStatus, 'forced'>;
  /** What to say of it, where its times and its status are not all. */
  detail?: string;
}

const FILLS: Readonly<Record<UptimeBucket['status'], string>> = {
  healthy: 'h-full bg-ok/70',
  degraded: 'h-2/3 bg-warn',
  unhealthy: 'h-full bg-bad',
  unknown: 'h-1/3 bg-off/60',
  disabled: 'h-px bg-off/60',
  no_data: 'h-full hatched',
};

interface UptimeBarProps {
  /** Oldest first, equally long. */
  buckets: readonly UptimeBucket[];
  label: string;
  /** What it all comes to. */
  summary: string;
  height?: 'small' | 'medium';
}

/** Health over time as a row of marks: height beside colour, so that it reads in greyscale. Arrow keys walk through it. */
export function UptimeBar({ buckets, label, summary, height = 'medium' }: UptimeBarProps) {
  const [active, setActive] = useState<number | null>(null);
  const bucket = active === null ? undefined : buckets[active];
  const walk = (event: KeyboardEvent) => {
    const last = buckets.length - 1;
    const from = active ?? last + 1;
    const next = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setActive(Math.min(last, Math.max(0, next)));
  };
  return (
    <div className="relative">
      <div
        role="img"
        aria-label={bucket ? bucketText(bucket) : `${label}: ${summary}`}
        tabIndex={0}
        onKeyDown={walk}
        onBlur={() => setActive(null)}
        onPointerLeave={() => setActive(null)}
        className={clsx('flex items-end gap-px', height === 'small' ? 'h-2.5' : 'h-4')}
      >
        {buckets.map((each, index) => (
          <div
            key={each.from}
            title={bucketText(each)}
            onPointerEnter={() => setActive(index)}
            className={clsx('flex h-full min-w-0 flex-1 items-end', index === active && 'outline outline-ink-muted')}
          >
            <div className={clsx('w-full rounded-[1px] forced-color-adjust-none', FILLS[each.status])} />
          </div>
        ))}
      </div>
    </div>
  );
}

function bucketText(bucket: UptimeBucket): string {
  if (bucket.detail !== undefined) return bucket.detail;
  return `${formatDay(bucket.from)} ${formatClock(bucket.from)} to ${formatClock(bucket.to)}: ${statusWord(bucket.status)}`;
}
