import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import type { Settings } from '../../../shared/domain/settings.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useLive } from '../../state/live.ts';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Panel } from '../../ui/Panel.tsx';
import { ClientSnippets } from './ClientSnippets.tsx';
import { ConfigPanel } from './ConfigPanel.tsx';
import { KeysPanel } from './KeysPanel.tsx';
import { LookPanel } from './LookPanel.tsx';
import { MonitoringPanel } from './MonitoringPanel.tsx';
import { NotificationsPanel } from './NotificationsPanel.tsx';
import { StoragePanel } from './StoragePanel.tsx';

/** How this installation is set up, and how to change it. Each part can be linked to by its name. */
export function SettingsView() {
  const { query } = useConsoleApi();
  // A reload of the registry changes most of what is said here; its version comes with the live status.
  const version = useLive((state) => `${state.status?.config.version} ${state.status?.config.loaded_at}`);
  const answer = useQuery(query.settings.queryOptions({ queryKey: [...query.settings.key(), version] }));
  const [section] = useSearchParameter('section');
  const loaded = answer.data !== undefined;
  useEffect(() => {
    if (section === null || !loaded) return;
    const part = document.getElementById(`settings-${section}`);
    part?.scrollIntoView({ block: 'start' });
    part?.focus({ preventScroll: true });
  }, [section, loaded]);
  const part = (title: string, content: (settings: Settings) => ReactNode) => (
    <Panel title={title} state={panelStateOf(answer)} minHeight={120}>
      {answer.data && content(answer.data)}
    </Panel>
  );
  return (
    <div className="mx-auto grid max-w-[80rem] gap-2 sm:gap-3 lg:grid-cols-2 lg:items-start">
      <div className="flex min-w-0 flex-col gap-2 sm:gap-3">
        <Section name="clients">
          {part('Connect a client', (settings) => (
            <ClientSnippets settings={settings} />
          ))}
        </Section>
        <Section name="config">
          {part('Configuration', (settings) => (
            <ConfigPanel settings={settings} />
          ))}
        </Section>
        <Section name="storage">
          {part('Storage', (settings) => (
            <StoragePanel settings={settings} />
          ))}
        </Section>
      </div>
      <div className="flex min-w-0 flex-col gap-2 sm:gap-3">
        <Section name="keys">
          {part('Keys', (settings) => (
            <KeysPanel settings={settings} />
          ))}
        </Section>
        <Section name="notifications">
          {part('Notifications', (settings) => (
            <NotificationsPanel settings={settings} />
          ))}
        </Section>
        <Section name="monitoring">
          {part('Monitoring', (settings) => (
            <MonitoringPanel settings={settings} />
          ))}
        </Section>
        <Section name="look">
          <LookPanel settings={answer.data} />
        </Section>
      </div>
    </div>
  );
}

function Section({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div
      id={`settings-${name}`}
      tabIndex={-1}
      className="scroll-mt-2 rounded-panel focus:outline-2 focus:outline-accent"
    >
      {children}
    </div>
  );
}
