import type { FiringAlert } from '../../../shared/domain/status.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Link } from '../../app/router.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { StatusMark, type MarkStatus } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import type { HealthChange } from './latest-changes.ts';

const MARKS: Readonly<Record<FiringAlert['severity'], MarkStatus>> = {
  critical: 'unhealthy',
  warning: 'degraded',
  info: 'unknown',
};

interface AlertListProps {
  alerts: readonly FiringAlert[];
  /** The newest changes of health, newest first. */
  changes: readonly HealthChange[];
}

/** What is firing, gravest first, and what changed last: the two things to read after the verdict. */
export function AlertList({ alerts, changes }: AlertListProps) {
  const readable = useReadableReason();
  const order = ['critical', 'warning', 'info'];
  const sorted = alerts.toSorted(
    (left, right) => order.indexOf(left.severity) - order.indexOf(right.severity) || left.since - right.since,
  );
  return (
    <Panel
      title={alerts.length === 0 ? 'Latest changes' : `Alerts, ${alerts.length} firing`}
      note={alerts.length === 0 ? 'of providers, last 24 h' : undefined}
      actions={
        alerts.length > 0 && (
          <Link to="/alerts" className="text-table text-accent hover:underline">
            All alerts
          </Link>
        )
      }
      flush
      className="h-full"
    >
      {sorted.length > 0 && (
        <ul aria-label="Firing alerts" className="divide-y divide-line/60 border-b border-line">
          {sorted.map((alert) => (
            <li key={alert.id} className="px-3 py-1.5">
              <div className="flex items-baseline gap-2">
                <StatusMark status={MARKS[alert.severity]} word={alert.severity} className="text-table" />
                <Link
                  to="/alerts"
                  parameters={{ alert: alert.id }}
                  className="min-w-0 truncate font-medium underline-offset-2 hover:underline"
                >
                  {alert.name}
                </Link>
                <span className="ml-auto text-table text-ink-faint">
                  <RelativeTime at={alert.since} />
                </span>
              </div>
              <p className="text-table text-ink-muted">
                {readable(alert.summary)}
                {alert.acknowledged_by !== null && ` ${alert.acknowledged_by} is on it.`}
              </p>
            </li>
          ))}
        </ul>
      )}
      <Changes changes={changes} titled={alerts.length > 0} />
    </Panel>
  );
}

function Changes({ changes, titled }: { changes: readonly HealthChange[]; titled: boolean }) {
  const label = useProviderLabels();
  const readable = useReadableReason();
  if (changes.length === 0) {
    return <p className="px-3 py-2 text-table text-ink-muted">No provider has changed its state in the last 24 h.</p>;
  }
  return (
    <>
      {titled && <h3 className="px-3 pt-2 text-micro text-ink-faint">Latest changes</h3>}
      <ul aria-label="Latest changes" className="pb-1 text-table">
        {changes.map(({ provider, at, status, reason }) => (
          <li key={`${provider} ${at}`} className="flex items-baseline gap-2 px-3 py-1">
            <span className="w-20 shrink-0 text-ink-faint">
              <RelativeTime at={at} />
            </span>
            <StatusMark status={status} />
            <span className="min-w-0 flex-1 truncate" title={readable(reason, at)}>
              {label(provider)}
              {reason && status !== 'healthy' && <span className="text-ink-muted">: {readable(reason, at)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
