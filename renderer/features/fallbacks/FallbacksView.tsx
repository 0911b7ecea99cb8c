import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Fallbacks } from '../../../shared/domain/history.ts';
import { useConsoleApi } from '../../api/client.ts';
import { changeSearch, useSearchParameter } from '../../app/router.tsx';
import { setRange, useRange } from '../../app/use-range.ts';
import { useConnection, type ConnectionState } from '../../state/connection.ts';
import { useLive, useProviders } from '../../state/live.ts';
import { useNow } from '../../state/now.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { rangeDomain, rangeLabel, rangeQuery } from '../../state/range.ts';
import { StateTimeline } from '../../ui/charts/StateTimeline.tsx';
import type { TimelineSelection } from '../../ui/charts/timeline-model.ts';
import { watchedLanes } from '../../state/watched-lanes.ts';
import { parseZoom, writeZoom } from './timeline-zoom.ts';
import { panelStateOf, type PanelState } from '../../ui/panel-state.ts';
import { Panel } from '../../ui/Panel.tsx';
import { IncidentFigures } from '../incidents/IncidentFigures.tsx';
import { AnnotationControls } from '../annotations/AnnotationControls.tsx';
import { useAnnotations } from '../annotations/use-annotations.ts';
import { EpisodeDrawer } from './EpisodeDrawer.tsx';
import { EpisodesTable } from './EpisodesTable.tsx';
import { EventsTable } from './EventsTable.tsx';
import { episodeOf, eventsOf, fallbackTotals, liveLanes, totalsSentence, withLive } from './fallbacks-model.ts';

const NOTHING: Fallbacks = { since: 0, until: 0, events: [], events_truncated: false, episodes: [], lanes: [] };
/** The pictures move on in steps: over hours nobody sees a second. */
const STEP_MS = 5000;

/** When the primary did not serve, who stood in, why, and what it cost. */
export function FallbacksView() {
  const range = useRange();
  const now = useNow(STEP_MS);
  const { query } = useConsoleApi();
  const answer = useQuery(query.fallbacks.queryOptions({ input: rangeQuery(range) }));
  const { annotations } = useAnnotations(rangeQuery(range));
  const providers = useProviders();
  const names = useProviderLabels();
  const primary = useLive((state) => state.status?.primary ?? null);
  const openEpisodes = useLive((state) => state.openEpisodes);
  const recentFallbacks = useLive((state) => state.recentFallbacks);
  const [selected, select] = useSearchParameter('incident');
  const [zoomText, setZoomText] = useSearchParameter('zoom');
  const zoom = useMemo(() => parseZoom(zoomText), [zoomText]);

  // While the line is down nothing newer than its last message is known: the lanes end there.
  const knownUntil = Math.min(now, useConnection(lastKnown) ?? now);

  const fetched = answer.data ?? NOTHING;
  const moving = range.kind === 'relative';
  const [since, until] = rangeDomain(range, now);
  const { episodes, events } = moving ? withLive(fetched, { openEpisodes, recentFallbacks }, since) : fetched;
  const startedAt = useLive((state) => state.status?.started_at ?? null);
  const lanes = useMemo(() => {
    const watched =
      startedAt === null || !moving ? fetched.lanes : watchedLanes(fetched.lanes, providers, fetched, startedAt);
    return liveLanes(watched, providers, fetched.until, moving ? knownUntil : fetched.until);
  }, [fetched, providers, knownUntil, moving, startedAt]);
  const totals = fallbackTotals(episodes, since, until);
  const episode = episodes.find(({ id }) => String(id) === selected) ?? null;
  const label = rangeLabel(range);
  const primaryName = primary === null ? 'The primary' : names(primary);

  const onTimeline = (selection: TimelineSelection) => {
    const hit =
      selection.kind === 'episode'
        ? selection.id
        : episodeOf(episodes, selection.provider, selection.span.from, selection.span.to)?.id;
    if (hit !== undefined) select(String(hit));
  };
  const state = panelStateOf(answer);
  const emptyIf = (empty: boolean, title: string, hint: string): PanelState =>
    state.kind === 'ready' && empty ? { kind: 'empty', title, hint } : state;
  const untouched =
    fetched.lanes.length === 0
      ? 'Something appears here when the primary fails and another provider takes over.'
      : `${primaryName} took every request that was meant for it.`;

  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <Panel
        title={answer.data ? totalsSentence(totals) : 'Fallback timeline'}
        note={label}
        actions={<AnnotationControls range={rangeQuery(range)} />}
        minHeight={180}
        state={emptyIf(
          lanes.length === 0,
          moving ? 'No provider is watched' : 'No health was recorded then',
          moving
            ? 'Each one that is switched on gets a lane with its first probe.'
            : 'The gateway did not run, or no provider was switched on.',
        )}
      >
        <StateTimeline
          lanes={lanes}
          episodes={episodes}
          annotations={annotations}
          since={since}
          until={until}
          now={now}
          selectedEpisodeId={episode?.id ?? null}
          onSelect={onTimeline}
          zoom={zoom}
          // The way into a zoom is a step that the back button undoes; moving about in it is none.
          onZoom={(next) => setZoomText(next && writeZoom(next), { replace: zoom !== null && next !== null })}
          onUseRange={({ from, to }) => {
            changeSearch({ zoom: null }, { replace: true });
            setRange({ kind: 'fixed', since: Math.round(from), until: Math.round(to) });
          }}
          ariaLabel={`Health of ${lanes.length} providers, ${label}. ${totalsSentence(totals)}.`}
        />
      </Panel>
      <Panel
        title="Episodes"
        note={totals.open > 0 ? `${totals.open} lasting` : undefined}
        flush
        state={emptyIf(episodes.length === 0, `No fallback in the ${label}`, untouched)}
      >
        <EpisodesTable
          episodes={episodes}
          now={now}
          selectedId={episode?.id ?? null}
          onSelect={({ id }) => select(String(id))}
        />
      </Panel>
      <Panel
        title="Events"
        note="requests that another provider had to take"
        flush
        state={
          state.kind === 'ready' && fetched.events_truncated
            ? {
                kind: 'partial',
                message: `These are the newest ${events.length} events; the range holds more. Choose a shorter one to see them all.`,
              }
            : emptyIf(events.length === 0, `No request fell back in the ${label}`, untouched)
        }
      >
        <EventsTable events={events} />
      </Panel>
      <IncidentFigures />
      <EpisodeDrawer
        named={selected}
        episode={episode}
        events={episode ? eventsOf(episode, events) : []}
        eventsTruncated={fetched.events_truncated}
        now={now}
        onClose={() => select(null)}
      />
    </div>
  );
}

/** When the last live message came, in the gateway's time, while the line is down; null while it is up. */
function lastKnown({ phase, lastMessageAt, clockOffsetMs }: ConnectionState): number | null {
  return phase === 'live' || lastMessageAt === null ? null : lastMessageAt + clockOffsetMs;
}
