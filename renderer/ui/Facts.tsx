import type { ReactNode } from 'react';

/** Named facts, one a line: the name left, what is known of it beside it. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 max-sm:grid-cols-1 max-sm:gap-y-0.5">
      {children}
    </dl>
  );
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-ink-faint max-sm:mt-1.5">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** A name of the outside world: a file, a key of the environment, an address. */
export function Code({ children }: { children: ReactNode }) {
  return <code className="rounded-small bg-inset px-1 font-mono text-table wrap-anywhere text-ink">{children}</code>;
}
