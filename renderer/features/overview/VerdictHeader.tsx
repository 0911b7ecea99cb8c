import { clsx } from 'clsx';
import { ArrowLeftRight } from 'lucide-react';
import type { Status } from '../../../shared/domain/status.ts';
import { openForceDialog } from '../../state/force-dialog.ts';
import { useConnection, isStale } from '../../state/connection.ts';
import { useNow } from '../../state/now.ts';
import { Button } from '../../ui/Button.tsx';
import { StatusShape, statusTone, type MarkStatus } from '../../ui/StatusMark.tsx';
import { verdictWords } from './verdict.ts';

const GROUNDS: Readonly<Record<MarkStatus, string>> = {
  healthy: 'border-line bg-surface',
  degraded: 'border-warn/40 bg-warn-soft',
  unhealthy: 'border-bad/50 bg-bad-soft',
  forced: 'border-forced/40 bg-forced-soft',
  unknown: 'border-line bg-surface',
  disabled: 'border-line bg-surface',
  no_data: 'border-line bg-surface',
};

/** One sentence that says how things are; everything below explains it. */
export function VerdictHeader({ status }: { status: Status }) {
  const now = useNow();
  const stale = useConnection(isStale);
  const { mark, label, headline, details } = verdictWords(status, now);
  const blink = !stale && status.firing_alerts.some(({ severity }) => severity === 'critical');
  return (
    <section
      aria-label="Verdict"
      className={clsx('flex flex-wrap items-center gap-x-6 gap-y-3 rounded-panel border px-4 py-3', GROUNDS[mark])}
    >
      <div className="min-w-0 flex-1 basis-96">
        <p className={clsx('flex items-center gap-2 text-table font-semibold tracking-wider', statusTone(mark))}>
          <StatusShape status={mark} size={12} blink={blink} />
          {stale ? `LAST KNOWN: ${label}` : label}
        </p>
        <p role="status" className="mt-1 text-verdict font-medium tracking-tight text-pretty">
          {headline}
        </p>
        {details.length > 0 && <p className="text-lead text-pretty text-ink-muted">{details.join(' ')}</p>}
      </div>
      {mark !== 'unknown' && (
        <Button tone={mark === 'healthy' ? 'plain' : 'primary'} icon={ArrowLeftRight} onClick={() => openForceDialog()}>
          Force a provider
        </Button>
      )}
    </section>
  );
}
