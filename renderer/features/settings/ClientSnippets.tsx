import type { Settings } from '../../../shared/domain/settings.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Code, Fact, Facts } from '../../ui/Facts.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { clientSnippets } from './client-snippets.ts';

/** Where clients are pointed, and how, ready to be copied. */
export function ClientSnippets({ settings: { gateway } }: { settings: Settings }) {
  const [chosen, choose] = useSearchParameter('client');
  const snippets = clientSnippets(gateway.url, gateway.key_required);
  const snippet = snippets.find(({ id }) => id === chosen) ?? snippets[0];
  if (!snippet) return null;
  return (
    <div className="flex flex-col gap-3">
      <Facts>
        <Address label="Gateway" url={gateway.url} />
        <Address label="For OpenAI clients" url={`${gateway.url}/v1`} />
        <Console />
        <Fact label="Key of clients">
          {gateway.key_required ? (
            <>
              one of <Code>SWITCHYARD_GATEWAY_KEYS</Code>, as a bearer token or <Code>x-api-key</Code>
            </>
          ) : (
            'none is asked for; any text will do'
          )}
        </Fact>
      </Facts>
      <Segmented
        label="Client"
        size="small"
        value={snippet.id}
        onChange={(id) => choose(id, { replace: true })}
        options={snippets.map(({ id, label }) => ({ value: id, label }))}
      />
      <div className="relative rounded-small border border-line bg-inset">
        <pre tabIndex={0} aria-label={snippet.label} className="overflow-x-auto p-2 pr-9 font-mono text-table">
          {snippet.text}
        </pre>
        <div className="absolute top-1 right-1">
          <CopyButton text={snippet.text} label={`Copy the snippet for ${snippet.label}`} />
        </div>
      </div>
      <p className="max-w-prose text-table text-ink-muted">
        <Code>auto</Code> lets the policy decide. A registry name, <Code>tier:fast</Code>, <Code>call-site:NAME</Code>{' '}
        or an upstream model’s id asks for just that.
      </p>
    </div>
  );
}

function Address({ label, url }: { label: string; url: string }) {
  return (
    <Fact label={label}>
      <span className="flex items-center gap-1">
        <Code>{url}</Code>
        <CopyButton text={url} label={`Copy ${url}`} />
      </span>
    </Fact>
  );
}

/** The desktop's own window has no address that anybody else could open. */
function Console() {
  const { origin, protocol } = window.location;
  if (!protocol.startsWith('http')) return <Fact label="Console">this window, on this computer</Fact>;
  return <Address label="Console" url={origin} />;
}
