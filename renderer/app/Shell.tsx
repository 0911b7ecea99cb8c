import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { isStale, useConnection } from '../state/connection.ts';
import { Banners } from './Banners.tsx';
import { Link, useViewLocation } from './router.tsx';
import { TopBar } from './TopBar.tsx';
import { viewAt, VIEWS } from './views.ts';

interface ShellProps {
  connectionName: string;
  onRetry: () => void;
  children: ReactNode;
}

/** Rail, top bar and banners around the view. The view alone scrolls. */
export function Shell({ connectionName, onRetry, children }: ShellProps) {
  const stale = useConnection(isStale);
  const { path } = useViewLocation();
  const view = viewAt(path);
  return (
    <div className="flex h-dvh flex-col bg-canvas text-ink">
      <a
        href="#view"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:rounded-small focus:bg-raised focus:px-3 focus:py-1"
      >
        Skip to the view
      </a>
      <TopBar connectionName={connectionName} ranged={view?.ranged ?? false} />
      <Banners onRetry={onRetry} />
      <div className="flex min-h-0 flex-1 flex-col-reverse md:flex-row">
        <Rail path={path} />
        <main
          id="view"
          tabIndex={-1}
          aria-label={view?.label ?? 'No such view'}
          data-stale={stale || undefined}
          className="min-h-0 min-w-0 flex-1 overflow-x-hidden overflow-y-auto p-2 outline-none sm:p-4"
        >
          <h1 className="sr-only">{view?.label ?? 'No such view'}</h1>
          {children}
        </main>
      </div>
    </div>
  );
}

function Rail({ path }: { path: string }) {
  return (
    <nav
      aria-label="Views"
      className="flex shrink-0 gap-px border-line bg-surface max-md:justify-around max-md:border-t md:w-40 md:flex-col md:border-r md:p-2 lg:w-44"
    >
      {VIEWS.map(({ path: to, label, icon: Icon }) => {
        const current = to === path;
        return (
          <Link
            key={to}
            to={to}
            aria-current={current ? 'page' : undefined}
            className={clsx(
              'flex items-center gap-x-2 rounded-small px-2 max-md:flex-1 max-md:flex-col max-md:py-1.5 max-md:text-micro md:h-8',
              current ? 'bg-accent-soft font-medium text-ink' : 'text-ink-muted hover:bg-inset hover:text-ink',
            )}
          >
            <Icon aria-hidden="true" size={16} strokeWidth={1.75} className={clsx(current && 'text-accent')} />
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
