import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { Drill } from '../../../shared/domain/drills.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { saveText } from '../../ui/files.ts';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { drillMark, faultWords } from './drill-words.ts';

/** One drill: what was done, what was measured, and the verdict. */
export function DrillDrawer({ drill, onClose }: { drill: Drill; onClose: () => void }) {
  const { query } = useConsoleApi();
  const labels = useProviderLabels();
  const report = useQuery(
    query.drills.report.queryOptions({ input: { id: drill.id }, enabled: drill.state === 'ended' }),
  );
  const mark = drillMark(drill);
  const download = (
    <Button
      icon={Download}
      disabled={!report.data}
      onClick={() => report.data && saveText(`drill-${drill.id}.md`, 'text/markdown', report.data.markdown)}
    >
      Report as Markdown
    </Button>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      shape="drawer"
      title={`Drill ${drill.id}: ${labels(drill.provider)}`}
      description={`${faultWords(drill)}, by ${drill.operator}: ${drill.reason}`}
      footer={download}
    >
      <div className="flex flex-col gap-4">
        <StatusMark status={mark.status} word={mark.word} />
        {drill.findings.length > 0 && (
          <ul className="list-disc pl-5">
            {drill.findings.map((finding) => (
              <li key={finding}>{finding}</li>
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
        {report.error && <p className="text-bad">{report.error.message}</p>}
      </div>
    </Dialog>
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
