import type { Status } from '../../../shared/domain/status.ts';
import { Panel } from '../../ui/Panel.tsx';

/** What a newcomer does next: connect the own model, add a key, or look at the demo. */
export function FirstSteps({ status }: { status: Status }) {
  const missing = [
    ...new Set(
      status.providers
        .map(({ key, key_env: name }) => (key === 'missing' ? name : null))
        .filter((name) => name !== null),
    ),
  ];
  return (
    <Panel title="Three ways to begin" flush>
      <ol className="grid divide-line max-md:divide-y md:grid-cols-3 md:divide-x">
        <Step title="Connect your own vLLM">
          Set <Code>KIMI_K2_ENDPOINT</Code> to its address, such as <Code>http://gpu-1:8000</Code>, and start Switchyard
          again. Its health shows here within seconds.
        </Step>
        <Step title="Add an API key">
          {missing.length > 0 ? (
            <>
              Put {missing.map((name, index) => [index > 0 && ' or ', <Code key={name}>{name}</Code>])} into the
              environment or into <Code>.env</Code> beside the registry.
            </>
          ) : (
            <>
              Put a key such as <Code>ANTHROPIC_API_KEY</Code> into the environment or into <Code>.env</Code> beside the
              registry.
            </>
          )}{' '}
          Keys are never shown.
        </Step>
        <Step title="Watch the demo">
          <Code>npm run demo</Code> runs simulated providers with live traffic and an incident. It needs no key, no GPU
          and no network.
        </Step>
      </ol>
    </Panel>
  );
}

function Step({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <li className="flex flex-col gap-1 p-4">
      <h3 className="font-medium">{title}</h3>
      <p className="text-ink-muted">{children}</p>
    </li>
  );
}

function Code({ children }: { children: React.ReactNode }) {
  return <code className="rounded-small bg-inset px-1 font-mono text-table text-ink">{children}</code>;
}
