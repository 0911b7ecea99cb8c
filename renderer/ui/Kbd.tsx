import type { ReactNode } from 'react';

/** A key of the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-small border border-line-strong bg-inset px-1 font-mono text-micro text-ink-muted">
      {children}
    </kbd>
  );
}
