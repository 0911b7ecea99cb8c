import type { Status } from '../../../shared/domain/status.ts';
import { CommandLine } from '../../ui/CommandLine.tsx';
import { Panel } from '../../ui/Panel.tsx';

/** Until the first request has come: where clients are to be pointed, and one request to try it with. */
export function FirstRequest({ status }: { status: Status }) {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Who answers?' }] });
  return (
    <Panel title="No request has come yet">
      <p className="mb-2 max-w-prose text-ink-muted">
        Point a client of OpenAI at{' '}
        <code className="rounded-small bg-inset px-1 font-mono text-table text-ink">{status.gateway_url}/v1</code> or
        one of Anthropic at{' '}
        <code className="rounded-small bg-inset px-1 font-mono text-table text-ink">{status.gateway_url}</code>, with{' '}
        <code className="rounded-small bg-inset px-1 font-mono text-table text-ink">auto</code> as the model. Or try it
        from here; where the gateway asks for a key, add it as a bearer token.
      </p>
      <CommandLine
        command={`curl ${status.gateway_url}/v1/chat/completions -H "content-type: application/json" -d '${body}'`}
      />
    </Panel>
  );
}
