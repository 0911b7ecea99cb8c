import type { Fallbacks } from '../../../shared/domain/history.ts';
import { Link, navigate } from '../../app/router.tsx';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { StateTimeline } from '../../ui/charts/StateTimeline.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf, type QueryPicture } from '../../ui/panel-state.ts';

/** The last 24 hours of every provider that can serve, with the fallback episodes above them. */
export function TimelineStrip({ day }: { day: QueryPicture<Fallbacks> }) {
  const label = useProviderLabels();
  const lanes = (day.data?.lanes ?? [])
    .filter(({ spans }) => spans.some(({ status }) => status !== 'disabled' && status !== 'no_data'))
    .map((lane) => ({ ...lane, label: label(lane.provider) }));
  const episodes = day.data?.episodes.length ?? 0;
  const state = panelStateOf(day, () =>
    lanes.length === 0
      ? { title: 'No health has been recorded yet.', hint: 'Each provider gets a lane with its first probe.' }
      : null,
  );
  return (
    <Panel
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
          since={day.data.since}
          until={day.data.until}
          onSelect={() => navigate('/fallbacks', { range: '24h' })}
          ariaLabel="Health of each provider over the last 24 hours"
        />
      )}
    </Panel>
  );
}
