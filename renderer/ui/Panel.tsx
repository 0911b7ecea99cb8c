import { clsx } from 'clsx';
import { RotateCw } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Button } from './Button.tsx';
import { EmptyState } from './EmptyState.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import type { PanelState } from './panel-state.ts';
import { Skeleton } from './Skeleton.tsx';

interface PanelProps {
  /** The question's answer where it can be one: "p95 first token, 1.4 s". */
  title: ReactNode;
  /** Faint words after the title, such as the range. */
  note?: ReactNode;
  actions?: ReactNode;
  state?: PanelState;
  /** Height kept while there is nothing to show, in pixels. */
  minHeight?: number;
  /** True when the content brings its own padding (tables, lists). */
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}

/** A titled part of a view that fails, loads and stays empty by itself. */
export function Panel({
  title,
  note,
  actions,
  state = { kind: 'ready' },
  minHeight = 96,
  flush,
  className,
  children,
}: PanelProps) {
  const headingId = useId();
  return (
    <section
      aria-labelledby={headingId}
      aria-busy={state.kind === 'loading' || undefined}
      className={clsx('flex min-w-0 flex-col rounded-panel border border-line bg-surface', className)}
    >
      <header className="flex min-h-9 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3 py-1">
        <h2 id={headingId} className="min-w-0 text-body font-medium text-pretty text-ink">
          {title}
        </h2>
        {note && <span className="truncate text-table text-ink-faint">{note}</span>}
        {actions && <div className="ml-auto flex items-center gap-1">{actions}</div>}
      </header>
      <div className={clsx('flex min-h-0 flex-1 flex-col', !flush && 'p-3')}>
        <ErrorBoundary
          fallback={(error, retry) => <Failure message={error.message} retry={retry} minHeight={minHeight} />}
        >
          <PanelBody state={state} minHeight={minHeight} flush={flush}>
            {children}
          </PanelBody>
        </ErrorBoundary>
      </div>
    </section>
  );
}

type PanelBodyProps = Required<Pick<PanelProps, 'state' | 'minHeight'>> & Pick<PanelProps, 'flush' | 'children'>;

function PanelBody({ state, minHeight, flush, children }: PanelBodyProps) {
  const padding = flush ? 'p-3' : '';
  switch (state.kind) {
    case 'ready':
      return children;
    case 'partial':
      return (
        <>
          <p className={clsx('pb-2 text-table text-warn', flush && 'px-3 pt-2')}>{state.message}</p>
          {children}
        </>
      );
    case 'loading':
      return state.hasPicture ? (
        <div data-old="" className="flex min-h-0 flex-1 flex-col">
          {children}
        </div>
      ) : (
        <div className={padding}>
          <Skeleton height={minHeight} label="Loading" />
        </div>
      );
    case 'empty':
      return <EmptyState title={state.title} hint={state.hint} minHeight={minHeight} />;
    case 'error':
      return (
        <>
          <Failure message={state.message} retry={state.retry} minHeight={state.hasPicture ? 0 : minHeight} />
          {state.hasPicture && <div data-old="">{children}</div>}
        </>
      );
  }
}

function Failure({ message, retry, minHeight }: { message: string; retry?: () => void; minHeight: number }) {
  return (
    <div
      role="alert"
      style={{ minHeight }}
      className="flex flex-col items-start justify-center gap-2 p-3 text-body text-ink-muted"
    >
      <p className="max-w-prose break-words">
        <span className="font-medium text-bad">This panel could not be loaded. </span>
        {message}
      </p>
      {retry && (
        <Button size="small" icon={RotateCw} onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
