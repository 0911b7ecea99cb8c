import type { Settings } from '../../../shared/domain/settings.ts';
import { Link } from '../../app/router.tsx';
import { CommandLine } from '../../ui/CommandLine.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Code, Fact, Facts } from '../../ui/Facts.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';

/** Which registry runs, since when, and why its newest edit does not, where that is so. */
export function ConfigPanel({ settings: { config } }: { settings: Settings }) {
  return (
    <div className="flex flex-col gap-3">
      <Facts>
        <Fact label="Registry">
          {config.path === null ? (
            'built in: none was found or named'
          ) : (
            <span className="flex items-center gap-1">
              <Code>{config.path}</Code>
              <CopyButton text={config.path} label="Copy the path of the registry" />
            </span>
          )}
        </Fact>
        <Fact label="Running version">
          <Code>{config.version}</Code>, loaded <RelativeTime at={config.loaded_at} />
        </Fact>
        <Fact label="Newest edit">
          {config.error === null ? (
            <StatusMark status="healthy" word="in effect" />
          ) : (
            <StatusMark status="degraded" word="refused" />
          )}
        </Fact>
        <Fact label="Stored above it">
          {config.stored_version === 0 ? (
            'nothing'
          ) : (
            <>
              version {config.stored_version}{' '}
              <Link to="/routing" className="text-accent underline underline-offset-2">
                Routing
              </Link>
            </>
          )}
        </Fact>
        {config.env_file && (
          <Fact label="Environment file">
            <Code>{config.env_file.path}</Code>
            {config.env_file.exists ? '' : ', not there'}
          </Fact>
        )}
      </Facts>
      {config.error !== null && (
        <pre
          role="alert"
          className="overflow-x-auto rounded-small border border-warn/40 bg-warn-soft p-2 font-mono text-table whitespace-pre-wrap"
        >
          {config.error}
        </pre>
      )}
      {config.path === null ? (
        <p className="max-w-prose text-ink-muted">
          Write a <Code>switchyard.yaml</Code> and start with <Code>--config</Code>, or put it where Switchyard is
          started.
        </p>
      ) : (
        <>
          <p className="max-w-prose text-ink-muted">
            Saving the file reloads it without dropping a request. Check an edit before you save it:
          </p>
          <CommandLine command={`switchyard check ${config.path}`} />
        </>
      )}
    </div>
  );
}
