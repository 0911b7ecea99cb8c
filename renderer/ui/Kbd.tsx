import type { ReactNode } from 'react';

/** A key of the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-small border border-line-strong bg-inset px-1 font-mono text-micro text-ink-muted">
      {children}
    </kbd>
  );
}

/** Keys pressed together or one after another. */
export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className="inline-flex shrink-0 items-center gap-1">
      {keys.map((key, index) => (
        // The keys of one shortcut have no identity but their place.
        <Kbd key={`${index}${key}`}>{key}</Kbd>
      ))}
    </span>
  );
}
