import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { configure, render, type RenderResult } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { ConsoleApiProvider } from '../../renderer/api/client.ts';
import { useLive } from '../../renderer/state/live.ts';
import { initialLive, type LiveState } from '../../renderer/state/live-reducer.ts';
import { TooltipProvider } from '../../renderer/ui/Tooltip.tsx';
import { historyApi, type HistoryAnswers } from './console-history-client.ts';

// Views with hundreds of rows are slow to render on a busy machine; what is waited for always comes.
configure({ asyncUtilTimeout: 20_000 });
vi.setConfig({ testTimeout: 60_000 });

/** Renders a view over canned answers, a live state and an address; nothing is retried, so that errors show at once. */
export function renderView(
  view: ReactNode,
  answers: HistoryAnswers,
  live: Partial<LiveState> = {},
  address = '/',
): RenderResult {
  window.history.replaceState(null, '', address);
  useLive.setState({ ...initialLive, ...live }, true);
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
  return render(
    <QueryClientProvider client={queryClient}>
      <ConsoleApiProvider value={historyApi(answers)}>
        <TooltipProvider>{view}</TooltipProvider>
      </ConsoleApiProvider>
    </QueryClientProvider>,
  );
}
