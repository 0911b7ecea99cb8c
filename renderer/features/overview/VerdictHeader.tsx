import { clsx } from 'clsx';
import { ArrowLeftRight, Route } from 'lucide-react';
import type { Status } from '../../../shared/domain/status.ts';
import { Link, navigate } from '../../app/router.tsx';
import { isStale, useConnection } from '../../state/connection.ts';
import { openForceDialog } from '../../state/force-dialog.ts';
import { useLive } from '../../state/live.ts';
import { useNow } from '../../state/now.ts';
import { Button } from '../../ui/Button.tsx';
import { StatusShape, statusTone, type MarkStatus } from '../../ui/StatusMark.tsx';
import { RunbookButton } from '../runbook/RunbookDrawer.tsx';
import { needsRunbook } from '../runbook/runbook-model.ts';
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

/** One sentence that says how things are, and what one can do about it; everything below explains it. */
export function VerdictHeader({ status }: { status: Status }) {
  const now = useNow();
  const stale = useConnection(isStale);
  const { mark, label, headline, details } = verdictWords(status, now);
  const blink =
    !stale && status.firing_alerts.some(({ severity, acknowledged_by: by }) => severity === 'critical' && by === null);
  return (
    <section
      aria-label="Verdict"
      className={clsx('flex flex-wrap items-center gap-x-6 gap-y-2 rounded-panel border px-4 py-3', GROUNDS[mark])}
    >
      <div className="min-w-0 flex-1 basis-96">
        <p className={clsx('flex items-center gap-2 text-table font-semibold tracking-wider', statusTone(mark))}>
          <StatusShape status={mark} size={12} blink={blink} />
          {stale ? `LAST KNOWN: ${label}` : label}
          <FiringCount alerts={status.firing_alerts} />
        </p>
        <p role="status" className="mt-0.5 text-verdict font-medium tracking-tight text-pretty">
          {headline}
        </p>
        {details.length > 0 && <p className="text-lead text-pretty text-ink-muted">{unbroken(details.join(' '))}</p>}
      </div>
      {mark !== 'unknown' && <VerdictActions status={status} stale={stale} />}
    </section>
  );
}

/** How many alerts fire, and how many of them nobody is on; nothing where none fires. */
function FiringCount({ alerts }: { alerts: Status['firing_alerts'] }) {
  if (alerts.length === 0) return null;
  const open = alerts.filter(({ acknowledged_by: by }) => by === null);
  const critical = open.some(({ severity }) => severity === 'critical');
  const waiting = open.length === alerts.length ? '' : open.length === 0 ? ', all taken' : `, ${open.length} not taken`;
  return (
    <Link
      to="/alerts"
      className={clsx(
        'ml-2 font-medium tracking-normal underline-offset-2 hover:underline',
        critical ? 'text-bad' : open.length > 0 ? 'text-warn' : 'text-ink-muted',
      )}
    >
      {alerts.length} {alerts.length === 1 ? 'alert' : 'alerts'} firing{waiting}
    </Link>
  );
}

/** Keeps figures and their units on one line. */
function unbroken(text: string): string {
  return text.replace(/(\d) (?=(USD|ms|s|min|h|d|\/s|\/min|%)(\W|$))/g, '$1\u00a0');
}

/** What to press: the runbook first where something is broken, for it is what ends the trouble. */
function VerdictActions({ status, stale }: { status: Status; stale: boolean }) {
  const primary = status.providers.find(({ name }) => name === status.primary);
  const incident = useLive((state) => state.openEpisodes.find(({ ended_at: end }) => end === null) ?? null);
  const broken = primary && needsRunbook(primary) ? primary : null;
  return (
    <div className="flex flex-wrap gap-2">
      {broken && <RunbookButton provider={broken.name} name={broken.display_name} />}
      {incident && (
        <Button icon={Route} onClick={() => navigate('/fallbacks', { incident: String(incident.id) })}>
          Open incident
        </Button>
      )}
      <Button
        icon={ArrowLeftRight}
        disabled={stale}
        title={stale ? 'Not while the connection to the gateway is lost' : undefined}
        onClick={() => openForceDialog()}
      >
        Force a provider
      </Button>
    </div>
  );
}
