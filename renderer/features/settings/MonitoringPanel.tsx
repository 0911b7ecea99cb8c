import type { Settings } from '../../../shared/domain/settings.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Code, Fact, Facts } from '../../ui/Facts.tsx';

/** Where the figures can be fetched, seen and sent. */
export function MonitoringPanel({ settings: { monitoring } }: { settings: Settings }) {
  const { metrics_url: metrics, prometheus_port: port, grafana_url: grafana, otlp } = monitoring;
  return (
    <Facts>
      <Fact label="Metrics">
        <span className="flex items-center gap-1">
          <Code>{metrics}</Code>
          <CopyButton text={metrics} label="Copy the address of the metrics" />
        </span>
      </Fact>
      <Fact label="Further listener">
        {port === null ? (
          <NotSet env="PROMETHEUS_PORT" />
        ) : port === 0 ? (
          'on a free port of its own choice'
        ) : (
          `port ${port}, for metrics alone`
        )}
      </Fact>
      <Fact label="Grafana">
        {grafana === null ? (
          <NotSet env="GRAFANA_PORT" />
        ) : (
          <a href={grafana} target="_blank" rel="noreferrer" className="text-accent underline underline-offset-2">
            {grafana}
          </a>
        )}
      </Fact>
      <Fact label="OpenTelemetry">
        <OpenTelemetry otlp={otlp} />
      </Fact>
    </Facts>
  );
}

function OpenTelemetry({ otlp }: { otlp: Settings['monitoring']['otlp'] }) {
  const { traces, metrics, disabled, problems } = otlp;
  if (disabled) {
    return (
      <span className="text-ink-muted">
        none: <Code>OTEL_SDK_DISABLED</Code> is set
      </span>
    );
  }
  return (
    <>
      {traces === null && metrics === null && problems.length === 0 && <NotSet env="OTEL_EXPORTER_OTLP_ENDPOINT" />}
      {traces !== null && traces === metrics && (
        <>
          traces and metrics sent to <Code>{traces}</Code>
        </>
      )}
      {traces !== metrics && (
        <>
          traces sent {traces === null ? 'nowhere' : <To place={traces} />}, metrics{' '}
          {metrics === null ? 'nowhere' : <To place={metrics} />}
        </>
      )}
      {problems.map((problem) => (
        <span key={problem} className="block text-warn">
          {problem}
        </span>
      ))}
    </>
  );
}

function To({ place }: { place: string }) {
  return (
    <>
      to <Code>{place}</Code>
    </>
  );
}

function NotSet({ env }: { env: string }) {
  return (
    <span className="text-ink-muted">
      none: set <Code>{env}</Code>
    </span>
  );
}
