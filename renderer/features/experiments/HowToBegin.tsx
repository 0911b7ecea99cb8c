import { useStatus } from '../../state/live.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Code } from '../../ui/Facts.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { shadowYaml } from './experiment-words.ts';

/** What an experiment is, and the lines of the registry that begin one. */
export function HowToBegin() {
  const status = useStatus();
  const candidate = status?.providers.find(({ name }) => name !== status.primary)?.name ?? 'claude_opus_api';
  const yaml = shadowYaml(candidate);
  return (
    <Panel title="No experiment is running">
      <p className="mb-2 max-w-prose text-ink-muted">
        A share of the requests can be sent to a second provider as well, after callers have their answers, and the two
        answers are compared: time, cost, length, words, JSON and tool calls. Callers notice nothing, what it costs is
        shown apart, and no word of a request or an answer is stored.
      </p>
      <p className="mb-2 max-w-prose text-ink-muted">
        Add this to the registry
        {status?.config.path && (
          <>
            {' '}
            <Code>{status.config.path}</Code>
          </>
        )}
        ; it takes effect when the file is saved.
      </p>
      <div className="relative max-w-2xl rounded-small border border-line bg-inset">
        <pre tabIndex={0} aria-label="Lines for the registry" className="overflow-x-auto p-2 pr-9 font-mono text-table">
          {yaml}
        </pre>
        <div className="absolute top-1 right-1">
          <CopyButton text={yaml} label="Copy the lines for the registry" />
        </div>
      </div>
    </Panel>
  );
}
