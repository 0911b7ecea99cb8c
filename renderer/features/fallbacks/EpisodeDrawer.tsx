import type { Episode, FallbackEvent } from '../../../shared/domain/history.ts';
import { parseId } from '../../../shared/format/identifier.ts';
import { quote } from '../../../shared/format/quote.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Missing } from '../../ui/Missing.tsx';
import { IncidentReport } from '../incidents/IncidentReport.tsx';
import { EventsTable } from './EventsTable.tsx';
import { episodeReason } from './fallbacks-model.ts';

interface EpisodeDrawerProps {
  /** The incident that is open as the address names it, which is the number of its episode; null keeps the drawer closed. */
  named: string | null;
  /** Its episode; null where it is not within the range. */
  episode: Episode | null;
  /** The episode's own events. */
  events: readonly FallbackEvent[];
  eventsTruncated: boolean;
  now: number;
  onClose: () => void;
}

/** One episode as an incident: told in words, its cause and figures, what happened in order, and event by event. */
export function EpisodeDrawer({ named, episode, events, eventsTruncated, now, onClose }: EpisodeDrawerProps) {
  const names = useProviderLabels();
  const readable = useReadableReason();
  if (named === null) return null;
  const id = parseId(named);
  if (id === null) {
    return (
      <Dialog open shape="drawer" title="No such incident" onOpenChange={onClose}>
        <Missing
          sentence={`There is no incident ${quote(named)}: incidents are numbered.`}
          back="Back to the fallbacks"
          onBack={onClose}
        />
      </Dialog>
    );
  }
  const route =
    episode && `${names(episode.from_provider)} → ${episode.to_provider ? names(episode.to_provider) : 'nobody'}`;
  return (
    <Dialog
      open
      shape="drawer"
      title={route ?? `Incident ${id}`}
      description={route ? `Incident ${id}${episode?.ended_at === null ? ', still lasting' : ''}` : undefined}
      onOpenChange={(open) => !open && onClose()}
    >
      <IncidentReport
        id={id}
        now={now}
        onLeave={onClose}
        reason={episode && episodeReason({ ...episode, detail: readable(episode.detail, episode.started_at) })}
      />
      {episode && (
        <section aria-label="Events" className="mt-4">
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
        </section>
      )}
    </Dialog>
  );
}
