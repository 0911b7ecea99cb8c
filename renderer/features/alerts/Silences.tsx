import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { matchesEvery, type Alerts, type EndSilenceRequest, type Silence } from '../../../shared/domain/alerts.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { Button } from '../../ui/Button.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { Countdown, RelativeTime } from '../../ui/time.tsx';
import { NoteDialog } from '../operator-note/NoteDialog.tsx';

/** Silences that hold, with their end and the way to end them now. */
export function Silences({ alerts, onCreate }: { alerts: Alerts; onCreate: () => void }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const stale = useConnection(isStale);
  const [ending, setEnding] = useState<Silence | null>(null);
  const end = useMutation({
    mutationFn: (request: EndSilenceRequest) => client.silences.end(request),
    onSuccess: () => {
      setEnding(null);
      void queries.invalidateQueries({ queryKey: query.alerts.key() });
    },
  });
  const firing = alerts.alerts.filter(({ state }) => state === 'firing');
  const columns: Column<Silence>[] = [
    {
      key: 'matchers',
      header: 'What',
      cell: ({ matchers }) => (
        <span className="font-mono">{matchers.map(({ label, value }) => `${label} = ${value}`).join(', ')}</span>
      ),
    },
    {
      key: 'quiet',
      header: 'Keeps quiet now',
      cell: ({ matchers }) => {
        const kept = firing.filter((alert) => matchesEvery(alert, matchers));
        return kept.length === 0 ? (
          <span className="text-ink-faint">nothing</span>
        ) : (
          kept.map(({ rule }) => rule).join(', ')
        );
      },
      className: 'max-sm:hidden',
    },
    { key: 'reason', header: 'Why', cell: ({ reason }) => reason },
    { key: 'operator', header: 'Who', cell: ({ operator }) => operator, className: 'max-sm:hidden' },
    {
      key: 'since',
      header: 'Since',
      cell: ({ created_at: at }) => <RelativeTime at={at} />,
      className: 'max-md:hidden',
    },
    { key: 'ends', header: 'Ends in', numeric: true, cell: ({ expires_at: at }) => <Countdown until={at} /> },
    {
      key: 'end',
      header: '',
      cell: (silence) => (
        <Button size="small" disabled={stale} onClick={() => setEnding(silence)}>
          End now
        </Button>
      ),
      className: 'text-right',
    },
  ];
  return (
    <Panel
      title={alerts.silences.length === 0 ? 'Silences' : `${alerts.silences.length} silenced`}
      flush
      actions={
        <Button size="small" disabled={stale} onClick={onCreate}>
          New silence
        </Button>
      }
      state={
        alerts.silences.length === 0
          ? {
              kind: 'empty',
              title: 'Nothing is silenced.',
              hint: 'Silence alerts for planned work, with a reason and an end.',
            }
          : { kind: 'ready' }
      }
    >
      <DataTable label="Silences" columns={columns} rows={alerts.silences} rowKey={({ id }) => String(id)} />
      {ending && (
        <NoteDialog
          title={`End silence ${ending.id}`}
          description={`${ending.operator} set it: ${ending.reason}. Alerts that still fire are told at once.`}
          action="End the silence"
          busy={end.isPending}
          error={end.error}
          onSubmit={(note) => end.mutate({ id: ending.id, ...note })}
          onClose={() => {
            setEnding(null);
            end.reset();
          }}
        />
      )}
    </Panel>
  );
}
