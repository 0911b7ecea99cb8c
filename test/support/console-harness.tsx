import { cleanup, render, type RenderResult } from '@testing-library/react';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createConsoleApi, ConsoleApiProvider } from '../../renderer/api/client.ts';
import { createQueryClient } from '../../renderer/api/query-client.ts';
import { initialConnection, useConnection } from '../../renderer/state/connection.ts';
import { useForceDialog } from '../../renderer/state/force-dialog.ts';
import { initialLive } from '../../renderer/state/live-reducer.ts';
import { useLive } from '../../renderer/state/live.ts';
import { useNotice } from '../../renderer/state/notices.ts';
import { useOverlay } from '../../renderer/state/overlay.ts';
import { usePreferences } from '../../renderer/state/preferences.ts';
import { DEFAULT_RANGE } from '../../renderer/state/range.ts';
import { TooltipProvider } from '../../renderer/ui/Tooltip.tsx';
import { fakeClient, type FakeCalls } from './console-client.ts';
import type { ConsoleFixture } from './console-fixtures.ts';

/** Puts every store and the page back to where a fresh console begins. */
export function resetConsole(): void {
  cleanup();
  useConnection.setState(initialConnection, true);
  useLive.setState(initialLive, true);
  useForceDialog.setState({ draft: null });
  usePreferences.setState({
    theme: 'system',
    range: DEFAULT_RANGE,
    operator: '',
    recentActions: [],
    showAnnotations: true,
  });
  useOverlay.setState({ open: null });
  useNotice.setState({ notice: null });
  window.history.replaceState(null, '', '/');
}

/** Fills the stores as the live stream would have. */
export function loadFixture(fixture: ConsoleFixture): void {
  useConnection.setState(fixture.connection);
  useLive.setState({ status: fixture.status, requests: fixture.requests, openEpisodes: fixture.openEpisodes });
}

/** Renders inside everything that the application puts around a view. A failed call is not retried. */
export function renderInConsole(content: ReactNode, calls: FakeCalls = {}): RenderResult {
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  return render(
    <QueryClientProvider client={queryClient}>
      <ConsoleApiProvider value={createConsoleApi(fakeClient(calls))}>
        <TooltipProvider>{content}</TooltipProvider>
      </ConsoleApiProvider>
    </QueryClientProvider>,
  );
}
