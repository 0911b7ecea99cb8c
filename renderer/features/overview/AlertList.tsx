import type { FiringAlert } from '../../../shared/domain/status.ts';
import { Panel } from '../../ui/Panel.tsx';
import { StatusMark, type MarkStatus } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';

const MARKS: Readonly<Record<FiringAlert['severity'], MarkStatus>> = {
  critical: 'unhealthy',
  warning: 'degraded',
  info: 'unknown',
};

/** What is firing, gravest first. */
export function AlertList({ alerts }: { alerts: readonly FiringAlert[] }) {
  const order = ['critical', 'warning', 'info'];
  const sorted = alerts.toSorted(
    (left, right) => order.indexOf(left.severity) - order.indexOf(right.severity) || left.since - right.since,
  );
  return (
    <Panel
      title={alerts.length === 0 ? 'Alerts' : `Alerts, ${alerts.length} firing`}
      flush
      minHeight={48}
      state={alerts.length === 0 ? { kind: 'empty', title: 'Nothing is firing.' } : { kind: 'ready' }}
    >
      <ul className="divide-y divide-line/60">
        {sorted.map((alert) => (
          <li key={alert.id} className="px-3 py-2">
            <div className="flex items-baseline gap-2">
              <StatusMark status={MARKS[alert.severity]} word={alert.severity} className="text-table" />
              <span className="min-w-0 truncate font-medium">{alert.name}</span>
              <span className="ml-auto text-table text-ink-faint">
                <RelativeTime at={alert.since} />
              </span>
            </div>
            <p className="text-table text-ink-muted">{alert.summary}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
