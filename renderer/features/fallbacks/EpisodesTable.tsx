import { useMemo } from 'react';
import type { Episode } from '../../../shared/domain/history.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Count, Money, Quantity } from '../../ui/figures.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime, Since } from '../../ui/time.tsx';
import { causeWords, episodeLength } from './fallbacks-model.ts';

interface EpisodesTableProps {
  episodes: readonly Episode[];
  now: number;
  selectedId: number | null;
  onSelect: (episode: Episode) => void;
}

/** One row a stretch in which the primary did not serve. */
export function EpisodesTable({ episodes, now, selectedId, onSelect }: EpisodesTableProps) {
  const names = useProviderLabels();
  const readable = useReadableReason();
  const columns = useMemo(() => episodeColumns(names, readable, now), [names, readable, now]);
  return (
    <DataTable
      label="Fallback episodes"
      columns={columns}
      rows={episodes}
      rowKey={(episode) => String(episode.id)}
      initialSort={{ key: 'started', descending: true }}
      onSelect={onSelect}
      selectedKey={selectedId === null ? null : String(selectedId)}
      maxHeight={420}
    />
  );
}

function episodeColumns(
  names: (provider: string) => string,
  readable: (reason: string, at: number) => string,
  now: number,
): Column<Episode>[] {
  return [
    {
      key: 'started',
      header: 'Started',
      cell: (episode) => <RelativeTime at={episode.started_at} />,
      sortValue: (episode) => episode.started_at,
      className: 'whitespace-nowrap',
    },
    {
      key: 'route',
      header: 'From → to',
      cell: (episode) => (
        <span className="sm:whitespace-nowrap">
          <span className="max-sm:hidden">{names(episode.from_provider)} </span>→{' '}
          {episode.to_provider ? names(episode.to_provider) : <span className="text-bad">nobody</span>}
        </span>
      ),
      sortValue: (episode) => `${episode.from_provider} ${episode.to_provider ?? ''}`,
    },
    {
      key: 'reason',
      header: 'Reason',
      cell: (episode) => (
        <span className="block truncate" title={readable(episode.detail, episode.started_at)}>
          {causeWords(episode.reason)}
          {episode.detail && <span className="text-ink-muted">: {readable(episode.detail, episode.started_at)}</span>}
        </span>
      ),
      sortValue: (episode) => episode.reason,
      // Takes the room that the others leave, and no more.
      className: 'w-full max-w-0 max-md:hidden',
    },
    {
      key: 'duration',
      header: 'Duration',
      numeric: true,
      cell: (episode) =>
        episode.ended_at === null ? (
          <span className="inline-flex items-center gap-2">
            <StatusMark status="degraded" word="lasting" />
            <Since at={episode.started_at} />
          </span>
        ) : (
          <Quantity text={formatDuration(episodeLength(episode, now))} />
        ),
      sortValue: (episode) => episodeLength(episode, now),
    },
    {
      key: 'requests',
      header: 'Requests',
      numeric: true,
      cell: (episode) => <Count value={episode.requests} />,
      sortValue: (episode) => episode.requests,
      className: 'max-sm:hidden',
    },
    {
      key: 'failed',
      header: 'Failed',
      numeric: true,
      cell: (episode) => (
        <span className={episode.failed_requests > 0 ? 'text-bad' : 'text-ink-faint'}>
          <Count value={episode.failed_requests} />
        </span>
      ),
      sortValue: (episode) => episode.failed_requests,
      className: 'max-sm:hidden',
    },
    {
      key: 'cost',
      header: 'Extra cost',
      title: 'What the requests cost at the providers that stood in',
      numeric: true,
      cell: (episode) => <Money usd={episode.cost_usd} unknown={episode.pricing_unknown_requests} />,
      sortValue: (episode) => episode.cost_usd,
    },
  ];
}
