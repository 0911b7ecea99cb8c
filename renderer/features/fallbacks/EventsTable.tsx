import { useMemo, useState } from 'react';
import type { FallbackEvent } from '../../../shared/domain/history.ts';
import { formatAbsolute, formatClockSeconds, formatDay } from '../../../shared/format/time.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Button } from '../../ui/Button.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { causeWords } from './fallbacks-model.ts';

const PAGE = 100;

interface EventsTableProps {
  events: readonly FallbackEvent[];
  /** Pixels from which the rows scroll. */
  maxHeight?: number;
  /** Leaves out the route, where all events share it. */
  sameRoute?: boolean;
}

/** Single requests that another provider took; a hundred at a time, so that a storm of them stays light. */
export function EventsTable({ events, maxHeight = 420, sameRoute = false }: EventsTableProps) {
  const names = useProviderLabels();
  const readable = useReadableReason();
  const [shown, setShown] = useState(PAGE);
  const columns = useMemo(
    () => eventColumns(names, readable).filter(({ key }) => !sameRoute || key !== 'route'),
    [names, readable, sameRoute],
  );
  const rest = events.length - shown;
  return (
    <>
      <DataTable
        label="Fallback events"
        columns={columns}
        rows={events.slice(0, shown)}
        rowKey={(event) => String(event.id)}
        maxHeight={maxHeight}
      />
      {rest > 0 && (
        <div className="border-t border-line p-2">
          <Button size="small" tone="quiet" onClick={() => setShown(shown + PAGE)}>
            Show {Math.min(PAGE, rest)} more of {rest}
          </Button>
        </div>
      )}
    </>
  );
}

function eventColumns(
  names: (provider: string) => string,
  readable: (reason: string, at: number) => string,
): Column<FallbackEvent>[] {
  return [
    { key: 'at', header: 'When', cell: (event) => <EventTime at={event.at} />, className: 'whitespace-nowrap' },
    {
      key: 'route',
      header: 'From → to',
      cell: (event) => (
        <span className="whitespace-nowrap">
          {names(event.from_provider)} → {names(event.to_provider)}
        </span>
      ),
      className: 'max-md:hidden',
    },
    {
      key: 'detail',
      header: 'What happened',
      cell: (event) => (
        <span className="block truncate" title={readable(event.detail, event.at)}>
          {event.detail ? readable(event.detail, event.at) : causeWords(event.reason)}
        </span>
      ),
      // Takes the room that the others leave, and no more.
      className: 'w-full max-w-0',
    },
    {
      key: 'served',
      header: 'Outcome',
      cell: (event) => (
        <StatusMark status={event.served ? 'healthy' : 'unhealthy'} word={event.served ? 'served' : 'failed'} />
      ),
    },
    {
      key: 'request',
      header: 'Request',
      cell: (event) => <Identifier id={event.request_id} />,
      className: 'max-md:hidden',
    },
  ];
}

/** To the second: events of one minute are many, and "4 h ago" would say the same of all. */
function EventTime({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatAbsolute(at)}>
      <span className="text-ink-faint max-sm:hidden">{formatDay(at)}</span> {formatClockSeconds(at)}
    </time>
  );
}
