import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { viewerTimeZone } from '../../../shared/format/time.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useConnection } from '../../state/connection.ts';
import { useLive, useStatus } from '../../state/live.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { AlertList } from './AlertList.tsx';
import { FirstRequest } from './FirstRequest.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { LiveRequests } from './LiveRequests.tsx';
import { OtherProviders } from './OtherProviders.tsx';
import { hasCard, ProviderCards } from './ProviderCards.tsx';
import { TimelineStrip } from './TimelineStrip.tsx';
import { TrafficCharts } from './TrafficCharts.tsx';
import { latestChanges } from './latest-changes.ts';
import { isFirstRun } from './verdict.ts';
import { VerdictHeader } from './VerdictHeader.tsx';

/** As many as the panel beside the timeline holds. */
const MOST_CHANGES = 4;
/** With more cards than these the charts go below them. */
const MOST_CARDS_BESIDE_CHARTS = 3;

/**
 * The first screen: what serves, since when, why, what it costs, and what to press. A laptop shows all of that without
 * scrolling; the live requests come after it.
 */
export function OverviewView() {
  const status = useStatus();
  const { query } = useConsoleApi();
  const untouched = useLive((state) => state.requests.length === 0);
  // One answer for the timeline and all uptime bars.
  const day = useQuery(query.fallbacks.queryOptions({ input: { since: '24h' } }));
  const month = useQuery(query.uptime.queryOptions({ input: { days: 30, time_zone: viewerTimeZone() } }));
  if (!status) return <BeforeSnapshot />;
  const firstRun = isFirstRun(status);
  const others = status.providers.filter((provider) => !hasCard(provider, status.serving));
  if (firstRun) {
    return (
      <Column>
        <VerdictHeader status={status} />
        <FirstSteps status={status} />
        <OtherProviders providers={others} />
      </Column>
    );
  }
  const beside = status.providers.length - others.length <= MOST_CARDS_BESIDE_CHARTS;
  return (
    <Column>
      <VerdictHeader status={status} />
      {untouched && status.verdict !== 'down' && <FirstRequest status={status} />}
      <div className={clsx('grid gap-2 sm:gap-3', beside && 'xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]')}>
        <ProviderCards providers={status.providers} serving={status.serving} history={day.data} month={month.data} />
        <TrafficCharts beside={beside} />
      </div>
      <div className="grid gap-2 sm:gap-3 xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
        <TimelineStrip day={day} providers={status.providers} startedAt={status.started_at} />
        <AlertList alerts={status.firing_alerts} changes={latestChanges(day.data, status.providers, MOST_CHANGES)} />
      </div>
      {others.length > 0 && <OtherProviders providers={others} />}
      <LiveRequests />
    </Column>
  );
}

function Column({ children }: { children: React.ReactNode }) {
  return <div className="mx-auto flex max-w-[160rem] flex-col gap-2 sm:gap-3">{children}</div>;
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
