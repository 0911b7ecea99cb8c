import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alerts } from '../../../shared/domain/alerts.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Link, useSearchParameter } from '../../app/router.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { AlertCards } from './AlertCards.tsx';
import { AlertHistory } from './AlertHistory.tsx';
import { byUrgency } from './alert-words.ts';
import { Notifications } from './Notifications.tsx';
import { Rules } from './Rules.tsx';
import { SilenceDialog } from './SilenceDialog.tsx';
import { Silences } from './Silences.tsx';

const TABS = [
  { value: 'now', label: 'Now' },
  { value: 'history', label: 'History' },
  { value: 'silences', label: 'Silences' },
  { value: 'rules', label: 'Rules' },
  { value: 'deliveries', label: 'Notifications' },
] as const;
type Tab = (typeof TABS)[number]['value'];

/** What fires, who is on it, what is kept quiet, by which rules, and who was told. */
export function AlertsView() {
  const { query } = useConsoleApi();
  const [chosenTab, setTab] = useSearchParameter('tab');
  const tab: Tab = TABS.find(({ value }) => value === chosenTab)?.value ?? 'now';
  const alerts = useQuery(query.alerts.list.queryOptions());
  const [silencing, setSilencing] = useState<string | null>(null);
  const state = panelStateOf(alerts);
  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <Segmented<Tab>
        label="Part of the alerts"
        value={tab}
        options={TABS}
        onChange={(value) => setTab(value === 'now' ? null : value)}
      />
      {alerts.data ? (
        <>
          {state.kind === 'error' && <p className="text-warn">These may be old: {state.message}</p>}
          {tab === 'now' && <Now alerts={alerts.data} onSilence={setSilencing} />}
          {tab === 'history' && <AlertHistory rules={alerts.data.rules} onSilence={setSilencing} />}
          {tab === 'silences' && <Silences alerts={alerts.data} onCreate={() => setSilencing('')} />}
          {tab === 'rules' && <Rules alerts={alerts.data} />}
          {tab === 'deliveries' && <Notifications alerts={alerts.data} />}
        </>
      ) : (
        <Panel title="Alerts" state={state} minHeight={240} />
      )}
      {silencing !== null && (
        <SilenceDialog matchers={silencing} alerts={alerts.data?.alerts ?? []} onClose={() => setSilencing(null)} />
      )}
    </div>
  );
}

function Now({ alerts, onSilence }: { alerts: Alerts; onSilence: (matchers: string) => void }) {
  const [linked] = useSearchParameter('alert');
  const firing = alerts.alerts.filter(({ state }) => state === 'firing').toSorted(byUrgency);
  const pending = alerts.alerts.filter(({ state }) => state === 'pending').toSorted(byUrgency);
  const resolved = alerts.alerts
    .filter(({ state }) => state === 'resolved')
    .toSorted((left, right) => (right.resolved_at ?? 0) - (left.resolved_at ?? 0));
  const gone = linked !== null && !alerts.alerts.some(({ id }) => id === linked);
  return (
    <>
      {gone && (
        <p role="status" className="text-ink-muted">
          The alert that was linked to does not fire now.{' '}
          <Link
            to="/alerts"
            parameters={{ tab: 'history', alert: linked, range: '30d' }}
            className="text-accent underline underline-offset-2"
          >
            Look for it in the last 30 days
          </Link>
        </p>
      )}
      <Panel
        title={firing.length === 0 ? 'Nothing fires' : `${firing.length} firing`}
        note={alerts.channels.length === 0 ? 'nobody is told: no channel is configured' : undefined}
        flush
        state={
          firing.length === 0
            ? {
                kind: 'empty',
                title: 'All quiet.',
                hint: `${alerts.rules.filter(({ enabled }) => enabled).length} rules are looked at every few seconds.`,
              }
            : { kind: 'ready' }
        }
      >
        <AlertCards alerts={firing} onSilence={onSilence} />
      </Panel>
      {pending.length > 0 && (
        <Panel title={`${pending.length} pending`} note="fire when they hold for long enough" flush>
          <AlertCards alerts={pending} onSilence={onSilence} />
        </Panel>
      )}
      {resolved.length > 0 && (
        <Panel title="Resolved a moment ago" flush>
          <AlertCards alerts={resolved} onSilence={onSilence} />
        </Panel>
      )}
    </>
  );
}
