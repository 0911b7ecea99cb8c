import type { ReactNode } from 'react';
import { isStale, useConnection } from '../state/connection.ts';
import { Banners } from './Banners.tsx';
import { Rail } from './Rail.tsx';
import { useViewLocation } from './router.tsx';
import { TopBar } from './TopBar.tsx';
import { viewAt } from './views.ts';

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
        <Rail path={view?.path ?? path} />
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
