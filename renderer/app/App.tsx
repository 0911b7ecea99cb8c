import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { Suspense } from 'react';
import { ConsoleApiProvider, type ConsoleApi } from '../api/client.ts';
import { ProviderActions } from '../features/overview/ProviderActionDialog.tsx';
import { ForceDialog } from '../features/override/ForceDialog.tsx';
import { RunbookDrawer } from '../features/runbook/RunbookDrawer.tsx';
import { RunbookPageDrawer } from '../features/runbook/RunbookPage.tsx';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { TooltipProvider } from '../ui/Tooltip.tsx';
import { HistoryRefresh } from './HistoryRefresh.tsx';
import { Notices } from './Notices.tsx';
import { forgetFailures } from './on-demand.tsx';
import { Overlays } from './Overlays.tsx';
import { Link, useViewLocation } from './router.tsx';
import { Shell } from './Shell.tsx';
import { viewAt } from './views.ts';

interface AppProps {
  api: ConsoleApi;
  queryClient: QueryClient;
  connectionName: string;
  /** Tries to connect at once. */
  onRetry: () => void;
}

/** The whole console. */
export function App({ api, queryClient, connectionName, onRetry }: AppProps) {
  return (
    <QueryClientProvider client={queryClient}>
      <ConsoleApiProvider value={api}>
        <TooltipProvider>
          <Shell connectionName={connectionName} onRetry={onRetry}>
            <CurrentView />
          </Shell>
          <ForceDialog />
          <ProviderActions />
          <RunbookDrawer />
          <RunbookPageDrawer />
          <Overlays />
          <Notices />
          <HistoryRefresh />
        </TooltipProvider>
      </ConsoleApiProvider>
    </QueryClientProvider>
  );
}

function CurrentView() {
  const { path } = useViewLocation();
  const view = viewAt(path);
  if (!view) {
    return (
      <EmptyState
        title={`There is no view at ${path}.`}
        hint={
          <Link to="/" className="text-accent underline">
            Go to the overview
          </Link>
        }
        minHeight={240}
      />
    );
  }
  return (
    <ErrorBoundary
      key={path}
      fallback={(error, retry) => <ViewFailure message={error.message} retry={() => tryAgain(retry)} />}
    >
      <Suspense fallback={<Skeleton height={320} label={`Loading ${view.label}`} />}>
        <view.component />
      </Suspense>
    </ErrorBoundary>
  );
}

function tryAgain(show: () => void): void {
  forgetFailures();
  show();
}

function ViewFailure({ message, retry }: { message: string; retry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-3 p-6">
      <p className="max-w-prose">
        <span className="font-medium text-bad">This view failed. </span>
        {message}
      </p>
      <Button onClick={retry}>Show it again</Button>
    </div>
  );
}
