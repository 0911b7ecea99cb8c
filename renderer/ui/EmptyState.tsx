import type { ReactNode } from 'react';

/** Says what will fill this place and what to do for it. */
export function EmptyState({ title, hint, minHeight = 96 }: { title: string; hint?: ReactNode; minHeight?: number }) {
  return (
    <div style={{ minHeight }} className="flex flex-1 flex-col items-center justify-center gap-1 px-6 py-4 text-center">
      <p className="text-body text-ink-muted">{title}</p>
      {hint && <div className="max-w-prose text-table text-ink-faint">{hint}</div>}
    </div>
  );
}
