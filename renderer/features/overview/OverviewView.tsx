import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useConsoleApi } from '../../api/client.ts';
import { useConnection } from '../../state/connection.ts';
import { useStatus } from '../../state/live.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { AlertList } from './AlertList.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { LiveRequests } from './LiveRequests.tsx';
import { ProviderCards } from './ProviderCards.tsx';
import { TimelineStrip } from './TimelineStrip.tsx';
import { TrafficCharts } from './TrafficCharts.tsx';
import { isFirstRun } from './verdict.ts';
import { VerdictHeader } from './VerdictHeader.tsx';

/** With more cards than these the charts go below them. */
const MOST_CARDS_BESIDE_CHARTS = 6;

/** The first screen: what serves, since when, why, what it costs, and what to press. */
export function OverviewView() {
  const status = useStatus();
  const { query } = useConsoleApi();
  // One answer for the timeline and all uptime bars.
  const day = useQuery(query.fallbacks.queryOptions({ input: { since: '24h' } }));
  if (!status) return <BeforeSnapshot />;
  const firstRun = isFirstRun(status);
  const crowded =
    status.providers.filter(({ health }) => health.status !== 'disabled').length > MOST_CARDS_BESIDE_CHARTS;
  const cards = <ProviderCards providers={status.providers} serving={status.serving} history={day.data} />;
  const parts = {
    cards,
    charts: <TrafficCharts />,
    timeline: <TimelineStrip day={day} />,
    alerts: <AlertList alerts={status.firing_alerts} />,
  };
  return (
    <div className="mx-auto flex max-w-[160rem] flex-col gap-2 sm:gap-4">
      <VerdictHeader status={status} />
      {firstRun && <FirstSteps status={status} />}
      {firstRun ? cards : crowded ? <CrowdedLayout {...parts} /> : <UsualLayout {...parts} />}
      {!firstRun && <LiveRequests />}
    </div>
  );
}

interface Parts {
  cards: ReactNode;
  charts: ReactNode;
  timeline: ReactNode;
  alerts: ReactNode;
}

function UsualLayout({ cards, charts, timeline, alerts }: Parts) {
  return (
    <div className="grid items-start gap-2 sm:gap-4 xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
      <div className="flex min-w-0 flex-col gap-2 sm:gap-4">
        {cards}
        {timeline}
        {alerts}
      </div>
      <div className="flex min-w-0 flex-col gap-2 sm:gap-4">{charts}</div>
    </div>
  );
}

function CrowdedLayout({ cards, charts, timeline, alerts }: Parts) {
  return (
    <>
      {cards}
      <div className="grid gap-2 sm:gap-4 lg:grid-cols-3">{charts}</div>
      <div className="grid items-start gap-2 sm:gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        {timeline}
        {alerts}
      </div>
    </>
  );
}

function BeforeSnapshot() {
  const phase = useConnection((state) => state.phase);
  if (phase === 'connecting') return <Skeleton height={320} label="Connecting to the gateway" />;
  return (
    <EmptyState
      minHeight={320}
      title="Nothing is known yet: the gateway has not answered."
      hint="This view fills by itself as soon as the connection stands."
    />
  );
}
