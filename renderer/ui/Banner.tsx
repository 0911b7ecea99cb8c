import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { StatusShape, type MarkStatus } from './StatusMark.tsx';

export type BannerTone = 'forced' | 'warn' | 'bad' | 'neutral';

const TONES: Readonly<Record<BannerTone, { box: string; mark: MarkStatus }>> = {
  forced: { box: 'bg-forced-soft border-forced/40', mark: 'forced' },
  warn: { box: 'bg-warn-soft border-warn/40', mark: 'degraded' },
  bad: { box: 'bg-bad-soft border-bad/40', mark: 'unhealthy' },
  neutral: { box: 'bg-off-soft border-line-strong', mark: 'unknown' },
};

/** A line across the view that holds until its cause is gone. */
export function Banner({ tone, actions, children }: { tone: BannerTone; actions?: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      className={clsx('flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-1.5 text-body', TONES[tone].box)}
    >
      <StatusShape status={TONES[tone].mark} />
      <div className="min-w-0 flex-1 basis-64">{children}</div>
      {actions && <div className="flex items-center gap-2">{actions}</div>}
    </div>
  );
}
