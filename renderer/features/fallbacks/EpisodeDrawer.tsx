import type { ReactNode } from 'react';
import type { Episode, FallbackEvent } from '../../../shared/domain/history.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { useProviders } from '../../state/live.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Count, Money, Quantity } from '../../ui/figures.tsx';
import { IncidentPart } from '../incidents/IncidentPart.tsx';
import { EventsTable } from './EventsTable.tsx';
import { episodeLength, explainEpisode } from './fallbacks-model.ts';

interface EpisodeDrawerProps {
  /** Null keeps it closed. */
  episode: Episode | null;
  /** The episode's own events. */
  events: readonly FallbackEvent[];
  eventsTruncated: boolean;
  now: number;
  onClose: () => void;
}

/** One episode: told in words, in figures, and event by event. */
export function EpisodeDrawer({ episode, events, eventsTruncated, now, onClose }: EpisodeDrawerProps) {
  const names = useProviderLabels();
  const readable = useReadableReason();
  const selfHosted = useProviders().some(
    ({ name, deployment }) => name === episode?.from_provider && deployment === 'self-hosted',
  );
  if (!episode) return null;
  const title = `${names(episode.from_provider)} → ${episode.to_provider ? names(episode.to_provider) : 'nobody'}`;
  return (
    <Dialog
      open
      shape="drawer"
      title={title}
      description={episode.ended_at === null ? 'Fallback episode, still lasting' : 'Fallback episode'}
      onOpenChange={(open) => !open && onClose()}
    >
      <div className="flex flex-col gap-1.5">
        {explainEpisode({ ...episode, detail: readable(episode.detail) }, names, now, selfHosted).map((sentence) => (
          <p key={sentence} className="max-w-prose">
            {sentence}
          </p>
        ))}
      </div>
      <dl className="my-4 grid grid-cols-2 gap-px overflow-hidden rounded-panel border border-line bg-line">
        <Fact name="Started">{formatAbsolute(episode.started_at)}</Fact>
        <Fact name="Ended">{episode.ended_at === null ? 'not yet' : formatAbsolute(episode.ended_at)}</Fact>
        <Fact name="Duration">
          <Quantity text={formatDuration(episodeLength(episode, now))} />
        </Fact>
        <Fact name="Requests">
          <Count value={episode.requests} />
        </Fact>
        <Fact name="Failed">
          <Count value={episode.failed_requests} />
        </Fact>
        <Fact name="Extra cost">
          <Money usd={episode.cost_usd} unknown={episode.pricing_unknown_requests} />
        </Fact>
      </dl>
      <IncidentPart id={episode.id} />
      <h3 className="mb-1 font-medium">Events</h3>
      {eventsTruncated && (
        <p className="mb-1 text-table text-warn">
          Only the newest events are here: the range holds more than one answer carries.
        </p>
      )}
      {events.length === 0 ? (
        <EmptyState
          title="No single request fell back in this episode"
          hint="Requests went straight to the next provider because this one was known to be out."
        />
      ) : (
        <div className="-mx-4">
          <EventsTable events={events} maxHeight={9999} sameRoute />
        </div>
      )}
    </Dialog>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="bg-surface px-3 py-2">
      <dt className="text-table text-ink-faint">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}
