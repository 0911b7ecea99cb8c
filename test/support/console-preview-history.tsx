import { createRoot } from 'react-dom/client';
import { createQueryClient } from '../../renderer/api/query-client.ts';
import { App } from '../../renderer/app/App.tsx';
import { useConnection } from '../../renderer/state/connection.ts';
import { useLive } from '../../renderer/state/live.ts';
import '../../renderer/ui/tokens.css';
import { editForm, runAll } from '../../renderer/features/playground/playground-store.ts';
import { consoleFixture, type Scenario } from './console-fixtures.ts';
import {
  aCrowdedHistory,
  aFallbackDay,
  aQuietDay,
  aSeriesDay,
  compareStream,
  costsOf,
  someCosts,
} from './console-fixtures-history.ts';
import { historyApi } from './console-history-client.ts';

/*
 * The history views over fixtures, for looking at them: /fallbacks?scenario=crowded&theme=light, and `broken=1`,
 * `loading=1` or `run=1` (the playground with answers).
 */
const search = new URLSearchParams(window.location.search);
const scenario = (search.get('scenario') ?? 'fallback') as Scenario;
const now = Date.now();
const fixture = consoleFixture(scenario, now);
const providers = fixture.status?.providers ?? [];
const quiet = scenario === 'healthy' || scenario === 'first-run';

document.documentElement.dataset['theme'] = search.get('theme') ?? 'dark';
useConnection.setState(fixture.connection);
useLive.setState({
  status: fixture.status,
  requests: fixture.requests,
  openEpisodes: scenario === 'crowded' ? [] : fixture.openEpisodes,
  recentFallbacks: [],
});

const broken = () => Promise.reject(new Error('The store is read-only: /var/lib/switchyard cannot be written to.'));
const pending = () => new Promise<never>(() => undefined);
const replaced = search.has('broken') ? broken : search.has('loading') ? pending : null;

const api = historyApi({
  fallbacks:
    replaced ??
    (async () => {
      if (scenario === 'crowded') return aCrowdedHistory(now, providers);
      if (scenario === 'first-run') return { ...aQuietDay(now), lanes: [] };
      return quiet ? aQuietDay(now) : aFallbackDay(now);
    }),
  costs:
    replaced ??
    (async ({ group_by: group }) => (scenario === 'first-run' ? costsOf(now, group, []) : someCosts(now, group))),
  series:
    replaced ??
    (async () =>
      scenario === 'first-run'
        ? { ...aSeriesDay(now, []) }
        : aSeriesDay(
            now,
            providers.map(({ name }) => name),
          )),
  compare: compareStream,
});

if (search.has('run')) {
  const asked =
    scenario === 'crowded'
      ? ['provider_0', 'provider_1', 'provider_3', 'provider_5']
      : ['kimi_k2', 'claude_opus', 'gpt4'];
  editForm({
    prompt: 'When should a gateway stop sending requests to a vLLM server that still answers /health?',
    targets: asked.map((provider, index) => ({ id: `preview-${index}`, provider, model: '' })),
  });
  runAll(api.client.compare.stream);
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <App api={api} queryClient={createQueryClient()} connectionName="preview" onRetry={() => undefined} />,
  );
}
