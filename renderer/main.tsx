import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectConsole } from './api/connection.ts';
import { createConsoleApi } from './api/client.ts';
import { createQueryClient } from './api/query-client.ts';
import { hostTransport } from './api/transport.ts';
import { App } from './app/App.tsx';
import { loadEverything } from './app/on-demand.tsx';
import { followTheme } from './app/theme.ts';
import { useConnection } from './state/connection.ts';
import { createLiveFeed } from './state/live-feed.ts';
import { useLive } from './state/live.ts';
import './ui/tokens.css';

/** A page that is never idle loads what is left all the same. */
const IDLE_AT_MOST_MS = 500;

followTheme();

const transport = hostTransport();
const queryClient = createQueryClient();
const connection = connectConsole({
  transport,
  setState: (change) => useConnection.setState(change),
  startFeed: () =>
    createLiveFeed({
      read: useLive.getState,
      write: (state) => useLive.setState(state, true),
      nextFrame: (paint) => requestAnimationFrame(paint),
    }).accept,
  onReconnected: () => void queryClient.invalidateQueries(),
  now: Date.now,
  random: Math.random,
});
window.addEventListener('online', connection.retryNow);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') connection.retryNow();
});

// Once the gateway has answered, and not before the first view has what it needs.
const stopWaiting = useConnection.subscribe(({ phase }) => {
  if (phase !== 'live') return;
  stopWaiting();
  void loadEverything((act) =>
    'requestIdleCallback' in window
      ? requestIdleCallback(act, { timeout: IDLE_AT_MOST_MS })
      : setTimeout(act, IDLE_AT_MOST_MS),
  );
});

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <App
      api={createConsoleApi(connection.client)}
      queryClient={queryClient}
      connectionName={transport.name}
      onRetry={connection.retryNow}
    />
  </StrictMode>,
);
