import { useQuery } from '@tanstack/react-query';
import type { Alerts, Delivery, NotifyChannel } from '../../../shared/domain/alerts.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Link, useSearchParameter } from '../../app/router.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { Countdown, RelativeTime } from '../../ui/time.tsx';
import { SendTest } from '../notify/SendTest.tsx';
import { DELIVERY_MARKS } from './alert-words.ts';

const STATUSES = [
  { value: 'all', label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'given_up', label: 'Given up' },
  { value: 'delivered', label: 'Delivered' },
] as const;
type StatusFilter = (typeof STATUSES)[number]['value'];

/** As many as one answer holds. */
const MOST = 500;

/** Where notifications go, and what came of each. */
export function Notifications({ alerts }: { alerts: Alerts }) {
  const { query } = useConsoleApi();
  const log = useQuery(query.notify.deliveries.queryOptions({ input: { limit: MOST } }));
  const deliveries = log.data?.deliveries ?? [];
  const [wanted, setWanted] = useSearchParameter('delivery');
  const filter: StatusFilter = STATUSES.find(({ value }) => value === wanted)?.value ?? 'all';
  const shown = deliveries.filter(({ status }) => filter === 'all' || status === filter);
  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <Panel
        title="Channels"
        flush
        state={
          alerts.channels.length === 0
            ? {
                kind: 'empty',
                title: 'Nobody is told.',
                hint: 'Set SLACK_WEBHOOK_URL or PAGERDUTY_ROUTING_KEY, or name a webhook under notify in the registry.',
              }
            : { kind: 'ready' }
        }
      >
        <ul className="divide-y divide-line">
          {alerts.channels.map((channel) => (
            <Channel
              key={channel.name}
              channel={channel}
              last={deliveries.find((delivery) => delivery.channel === channel.name) ?? null}
            />
          ))}
        </ul>
      </Panel>
      <Panel
        title="Deliveries"
        note={deliveries.length === MOST ? `the newest ${MOST}` : undefined}
        actions={
          <Segmented<StatusFilter>
            label="Deliveries shown"
            size="small"
            value={filter}
            options={STATUSES}
            onChange={(value) => setWanted(value === 'all' ? null : value, { replace: true })}
          />
        }
        flush
        state={panelStateOf(log, () =>
          shown.length > 0
            ? null
            : {
                title: deliveries.length === 0 ? 'Nothing was sent yet.' : 'No delivery is like that.',
                hint: deliveries.length === 0 ? 'Send a test to see that a channel works.' : undefined,
              },
        )}
      >
        <DataTable
          label="Deliveries"
          columns={DELIVERY_COLUMNS}
          rows={shown}
          rowKey={({ id }) => String(id)}
          maxHeight={560}
        />
      </Panel>
    </div>
  );
}

/** One channel: whether it works, what came of its last delivery, and a test. */
function Channel({ channel, last }: { channel: NotifyChannel; last: Delivery | null }) {
  const failing = last !== null && last.status !== 'delivered' && last.last_error !== '';
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
      <StatusMark
        status={channel.problem !== null ? 'unknown' : failing ? 'degraded' : 'healthy'}
        word={channel.name}
      />
      <span className="min-w-0 flex-1 basis-56 break-words text-ink-muted">
        {channel.problem ?? `${channel.target}, ${severityWords(channel)}`}
        {last && (
          <span className="block text-table text-ink-faint">
            last: {DELIVERY_MARKS[last.status].word} <RelativeTime at={last.delivered_at ?? last.created_at} />
            {failing && `, ${last.last_error}`}
          </span>
        )}
      </span>
      <SendTest channel={channel} />
    </li>
  );
}

function severityWords({ minimum_severity: least }: NotifyChannel): string {
  return least === 'critical' ? 'critical only' : least === 'info' ? 'every severity' : 'warning and critical';
}

const DELIVERY_COLUMNS: readonly Column<Delivery>[] = [
  { key: 'at', header: 'Made', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  { key: 'status', header: 'Status', cell: ({ status }) => <StatusMark {...DELIVERY_MARKS[status]} /> },
  { key: 'channel', header: 'Channel', cell: ({ channel }) => channel },
  {
    key: 'event',
    header: 'Tells',
    cell: ({ event, rule, alert_id: alert, summary }) => {
      if (alert === null) return <span title={summary}>{event}</span>;
      return (
        <Link
          to="/alerts"
          parameters={{ alert }}
          title={summary}
          className="underline-offset-2 hover:underline"
        >{`${event} of ${rule ?? 'an alert'}`}</Link>
      );
    },
  },
  {
    key: 'attempts',
    header: 'Tries',
    numeric: true,
    cell: ({ attempts }) => attempts,
    className: 'max-sm:hidden',
  },
  {
    key: 'next',
    header: 'Next try',
    cell: ({ next_attempt_at: at, status }) => (at === null || status !== 'waiting' ? '' : <Countdown until={at} />),
    className: 'max-sm:hidden',
  },
  {
    key: 'error',
    header: 'Last failure',
    cell: ({ last_error: error }) => <span className="text-ink-muted">{error}</span>,
    className: 'min-w-40',
  },
];
