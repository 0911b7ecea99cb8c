import { useQuery } from '@tanstack/react-query';
import type { Drill } from '../../../shared/domain/drills.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Link } from '../../app/router.tsx';
import { isStale, useConnection } from '../../state/connection.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ReportMenu } from '../incidents/ReportMenu.tsx';
import { drillMark, faultWords } from './drill-words.ts';

/** One drill: what was done, what was measured, the verdict, and the incidents that it made. */
export function DrillDrawer({ drill, onClose }: { drill: Drill; onClose: () => void }) {
  const { client, query } = useConsoleApi();
  const labels = useProviderLabels();
  const readable = useReadableReason();
  const stale = useConnection(isStale);
  const detail = useQuery(
    query.drills.get.queryOptions({
      input: { id: drill.id },
      // Its incidents come with its states.
      queryKey: [...query.drills.get.queryKey({ input: { id: drill.id } }), drill.state],
    }),
  );
  const mark = drillMark(drill);
  const report = (
    <ReportMenu
      name={`drill-${drill.id}`}
      load={(format) => client.drills.report({ id: drill.id, format })}
      disabled={stale || drill.state !== 'ended'}
    />
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      shape="drawer"
      title={`Drill ${drill.id}: ${labels(drill.provider)}`}
      description={`${faultWords(drill)}, by ${drill.operator}: ${drill.reason}`}
      footer={report}
    >
      <div className="flex flex-col gap-4">
        <StatusMark status={mark.status} word={mark.word} />
        {drill.findings.length > 0 && (
          <ul className="list-disc pl-5">
            {drill.findings.map((finding) => (
              <li key={finding}>{readable(finding, drill.starts_at)}</li>
            ))}
          </ul>
        )}
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {figuresOf(drill).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-muted">{name}</dt>
              <dd className="tabular-nums">{value}</dd>
            </div>
          ))}
          <dt className="text-ink-muted">Began</dt>
          <dd>
            <RelativeTime at={drill.starts_at} />
          </dd>
        </dl>
        {detail.data && <DrillIncidents ids={detail.data.incident_ids} />}
        {detail.error && <p className="text-bad">{detail.error.message}</p>}
      </div>
    </Dialog>
  );
}

/** Each incident is told on its own; none is a finding, too. */
function DrillIncidents({ ids }: { ids: readonly number[] }) {
  if (ids.length === 0) return <p className="text-ink-muted">No incident: the primary served all the while.</p>;
  return (
    <ul>
      {ids.map((id) => (
        <li key={id}>
          <Link
            to="/fallbacks"
            parameters={{ incident: String(id) }}
            className="text-accent underline underline-offset-2"
          >
            Incident {id}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function figuresOf({ figures, targets, fault_ends_at: faultEnded }: Drill): [string, string][] {
  const span = (from: number | null, to: number | null, target: number | null): string => {
    const took = from === null || to === null ? 'not seen' : formatDuration(Math.max(0, to - from));
    return target === null ? took : `${took} (at most ${formatDuration(target)})`;
  };
  return [
    ['Calls that met the fault', String(figures.faulty_calls)],
    ['Requests answered', String(figures.answered_requests)],
    ['Of these by another provider', String(figures.rerouted_requests)],
    ['Requests lost', `${figures.lost_requests} (at most ${targets.lost_requests})`],
    ['Time to detect', span(figures.first_fault_at, figures.detected_at, targets.detect_ms)],
    ['Time to recover', span(faultEnded, figures.recovered_at, targets.recover_ms)],
  ];
}
