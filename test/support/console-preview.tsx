import { createRoot } from 'react-dom/client';
import { createConsoleApi } from '../../renderer/api/client.ts';
import { createQueryClient } from '../../renderer/api/query-client.ts';
import { App } from '../../renderer/app/App.tsx';
import { followTheme } from '../../renderer/app/theme.ts';
import { useConnection } from '../../renderer/state/connection.ts';
import { openForceDialog } from '../../renderer/state/force-dialog.ts';
import { useLive } from '../../renderer/state/live.ts';
import { usePreferences } from '../../renderer/state/preferences.ts';
import '../../renderer/ui/tokens.css';
import { fakeClient, fixtureCalls } from './console-client.ts';
import { consoleFixture, type Scenario } from './console-fixtures.ts';

/** Serves the console over a fixture: `?scenario=fallback&theme=dark&dialog=force`. For looking at it, never shipped. */
const parameters = new URLSearchParams(window.location.search);
const fixture = consoleFixture((parameters.get('scenario') ?? 'healthy') as Scenario, Date.now());

usePreferences.setState({ theme: parameters.get('theme') === 'light' ? 'light' : 'dark' });
followTheme();
useConnection.setState(fixture.connection);
useLive.setState({ status: fixture.status, requests: fixture.requests, openEpisodes: fixture.openEpisodes });
window.history.replaceState(null, '', parameters.get('path') ?? '/');
if (parameters.get('dialog') === 'force') openForceDialog({ provider: parameters.get('provider') ?? undefined });

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <App
      api={createConsoleApi(fakeClient(fixtureCalls(fixture)))}
      queryClient={createQueryClient()}
      connectionName="gateway.eu-1:4181"
      onRetry={() => undefined}
    />,
  );
}
