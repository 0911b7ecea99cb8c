import { useQuery } from '@tanstack/react-query';
import type { NotifyChannel } from '../../../shared/domain/alerts.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Code, Fact, Facts } from '../../ui/Facts.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { SendTest } from '../notify/SendTest.tsx';

const KINDS: Readonly<Record<NotifyChannel['kind'], string>> = {
  slack: 'Slack',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
  desktop: 'Desktop',
};

/** Who is told when an alert fires, and a test of each way. */
export function NotificationsPanel({ settings }: { settings: Settings }) {
  const { query } = useConsoleApi();
  const alerts = useQuery(query.alerts.list.queryOptions());
  const channels = alerts.data?.channels ?? [];
  const missing = settings.keys.filter(({ purpose, present }) => purpose === 'notification' && !present);
  return (
    <div className="flex flex-col gap-3">
      {alerts.error && (
        <p role="alert" className="text-bad">
          The channels are not known: {alerts.error.message}
        </p>
      )}
      {channels.length > 0 && (
        <Facts>
          {channels.map((channel) => (
            <Channel key={channel.name} channel={channel} />
          ))}
        </Facts>
      )}
      {alerts.data && channels.length === 0 && (
        <p className="max-w-prose text-ink-muted">Nobody is told outside of this console.</p>
      )}
      {missing.length > 0 && (
        <p className="max-w-prose text-table text-ink-muted">
          Not set:{' '}
          {missing.map(({ env }, index) => (
            <span key={env}>
              {index > 0 && ', '}
              <Code>{env}</Code>
            </span>
          ))}
          . Channels of your own go under <Code>notify</Code> in the registry.
        </p>
      )}
    </div>
  );
}

function Channel({ channel }: { channel: NotifyChannel }) {
  return (
    <Fact label={`${KINDS[channel.kind]} ${channel.name}`}>
      <span className="flex flex-wrap items-center gap-x-2">
        <StatusMark
          status={channel.problem === null ? 'healthy' : 'degraded'}
          word={channel.problem === null ? 'set up' : 'not usable'}
        />
        <span className="min-w-0 flex-1 text-table text-ink-muted">
          {channel.problem ?? `${channel.target}, from ${channel.minimum_severity} on`}
        </span>
        <SendTest channel={channel} />
      </span>
    </Fact>
  );
}
