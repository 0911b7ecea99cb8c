import { clsx } from 'clsx';
import { BellOff, Check } from 'lucide-react';
import type { Alert } from '../../../shared/domain/alerts.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { onReadersClock } from '../../../shared/format/written-times.ts';
import { Link } from '../../app/router.tsx';
import { useProviders } from '../../state/live.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Button } from '../../ui/Button.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { RunbookLink } from '../runbook/RunbookDrawer.tsx';
import { RunbookPageLink } from '../runbook/RunbookPage.tsx';
import { labelWords, SEVERITY_MARKS, stateWord } from './alert-words.ts';

interface AlertCardProps {
  alert: Alert;
  /** Scrolled to and marked: somebody followed a link to it. */
  chosen: boolean;
  disabled: boolean;
  onAcknowledge: () => void;
  onSilence: () => void;
}

/** One alert: what happened, since when, what was done by itself, what to check, and who is on it. */
export function AlertCard({ alert, chosen, disabled, onAcknowledge, onSilence }: AlertCardProps) {
  const readable = useReadableReason();
  const firing = alert.state === 'firing';
  const provider = useProviders().find(({ name }) => name === alert.labels['model_name']);
  return (
    <li
      ref={(element) => {
        if (chosen) element?.scrollIntoView?.({ block: 'nearest' });
      }}
      aria-current={chosen || undefined}
      className={clsx('flex flex-col gap-1.5 px-3 py-2.5', chosen && 'bg-accent/10')}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusMark
          status={alert.state === 'resolved' ? 'healthy' : SEVERITY_MARKS[alert.severity]}
          word={alert.state === 'resolved' ? 'resolved' : alert.severity}
        />
        <h3 className="font-medium">
          <Link
            to="/alerts"
            parameters={{ alert: alert.id, tab: alert.state === 'resolved' ? 'history' : null }}
            className="underline-offset-2 hover:underline"
          >
            {alert.rule}
          </Link>
        </h3>
        {firing && stateWord(alert) !== 'firing' && <span className="text-table text-forced">{stateWord(alert)}</span>}
        {alert.state === 'pending' && <span className="text-table text-ink-muted">not yet for long enough</span>}
        <span className="text-table text-ink-faint">
          <Times alert={alert} />
        </span>
        {firing && (
          <div className="ml-auto flex gap-1">
            {alert.acknowledged === null && (
              <Button size="small" icon={Check} disabled={disabled} onClick={onAcknowledge}>
                Acknowledge
              </Button>
            )}
            {alert.silence_id === null && (
              <Button size="small" tone="quiet" icon={BellOff} disabled={disabled} onClick={onSilence}>
                Silence
              </Button>
            )}
          </div>
        )}
      </div>
      <p className="max-w-prose text-pretty">{readable(alert.summary, alert.pending_since)}</p>
      {alert.response !== '' && (
        <p className="max-w-prose text-ink-muted">{readable(alert.response, alert.pending_since)}</p>
      )}
      {alert.state !== 'resolved' && alert.checks.length > 0 && (
        <ul className="list-disc pl-5 text-ink-muted">
          {alert.checks.map((check) => (
            <li key={check} className="break-words">
              {onReadersClock(check, alert.pending_since)}
            </li>
          ))}
        </ul>
      )}
      <p className="flex flex-wrap gap-x-3 text-table text-ink-faint">
        {Object.keys(alert.labels).length > 0 && <span className="font-mono">{labelWords(alert.labels)}</span>}
        {alert.acknowledged !== null && (
          <span title={formatAbsolute(alert.acknowledged.at)}>
            {alert.acknowledged.operator} is on it{alert.acknowledged.reason && `: ${alert.acknowledged.reason}`}
          </span>
        )}
        {alert.silence_id !== null && (
          <Link to="/alerts" parameters={{ tab: 'silences' }} className="underline underline-offset-2">
            kept quiet by silence {alert.silence_id}
          </Link>
        )}
        <RunbookPageLink anchor={alert.runbook}>What to do</RunbookPageLink>
        {provider && <RunbookLink provider={provider.name} name={provider.display_name} />}
      </p>
    </li>
  );
}

function Times({ alert }: { alert: Alert }) {
  const { state, firing_since: firing, pending_since: pending, resolved_at: resolved } = alert;
  if (state === 'resolved' && resolved !== null) {
    return (
      <>
        fired for {formatDuration(resolved - (firing ?? pending))}, until <RelativeTime at={resolved} />
      </>
    );
  }
  return (
    <>
      since <RelativeTime at={firing ?? pending} />
    </>
  );
}
