import type { Fallbacks } from '../../../shared/domain/history.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { Link, navigate } from '../../app/router.tsx';
import { StateTimeline } from '../../ui/charts/StateTimeline.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { watchedLanes } from '../../state/watched-lanes.ts';
import { useAnnotations } from '../annotations/use-annotations.ts';
import { panelStateOf, type QueryPicture } from '../../ui/panel-state.ts';

const DAY = { since: '24h' };
const LANE_PX = 20;
/** Brackets above the lanes and the axis below them. */
const AROUND_LANES_PX = 40;

/** The last 24 hours of the chain, and of whoever else was in trouble, with the fallback episodes above. */
export function TimelineStrip({
  day,
  providers,
  startedAt,
}: {
  day: QueryPicture<Fallbacks>;
  providers: readonly ProviderStatus[];
  /** Since when this gateway runs, epoch ms. */
  startedAt: number;
}) {
  const { annotations } = useAnnotations(DAY);
  const recorded = day.data && watchedLanes(day.data.lanes, providers, day.data, startedAt);
  const lanes = stripLanes(recorded ?? [], providers);
  const episodes = day.data?.episodes.length ?? 0;
  const state = panelStateOf(day, () =>
    lanes.length === 0
      ? { title: 'No provider is watched.', hint: 'Each one that is switched on gets a lane with its first probe.' }
      : null,
  );
  return (
    <Panel
      className="h-full"
      title={
        day.data
          ? `Fallback timeline, ${episodes === 0 ? 'no episode' : episodes === 1 ? '1 episode' : `${episodes} episodes`}`
          : 'Fallback timeline'
      }
      note="last 24 h"
      state={state}
      actions={
        <Link to="/fallbacks" parameters={{ range: '24h' }} className="text-table text-accent hover:underline">
          All fallbacks
        </Link>
      }
    >
      {day.data && (
        <StateTimeline
          lanes={lanes}
          episodes={day.data.episodes}
          annotations={annotations}
          since={day.data.since}
          until={day.data.until}
          height={AROUND_LANES_PX + LANE_PX * lanes.length}
          onSelect={(selection) =>
            navigate('/fallbacks', {
              range: '24h',
              incident: selection.kind === 'episode' ? String(selection.id) : null,
            })
          }
          ariaLabel="Health of each provider over the last 24 hours"
        />
      )}
    </Panel>
  );
}

function stripLanes(lanes: Fallbacks['lanes'], providers: readonly ProviderStatus[]) {
  const known = new Map(providers.map((provider) => [provider.name, provider]));
  const place = (name: string) => known.get(name)?.chain_position ?? 99;
  return lanes
    .filter(({ provider, spans }) => {
      const shown = spans.some(({ status }) => status !== 'disabled' && status !== 'no_data');
      const troubled = spans.some(({ status }) => status === 'unhealthy' || status === 'degraded');
      return shown && (troubled || known.get(provider)?.role !== 'other');
    })
    .toSorted((left, right) => place(left.provider) - place(right.provider))
    .map((lane) => ({ ...lane, label: known.get(lane.provider)?.display_name ?? lane.provider }));
}
