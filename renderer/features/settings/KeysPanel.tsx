import type { KeyStanding, Settings } from '../../../shared/domain/settings.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Code } from '../../ui/Facts.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';

const PURPOSES: Readonly<Record<Exclude<KeyStanding['purpose'], 'provider'>, string>> = {
  notification: 'notifications',
  gateway: 'clients of the gateway',
  console: 'this console; one is made where none is set',
};

/** Which secrets are there and which are missing: by name alone. */
export function KeysPanel({ settings }: { settings: Settings }) {
  const labels = useProviderLabels();
  const missing = settings.keys.filter(({ present, providers }) => !present && providers.length > 0);
  const columns: Column<KeyStanding>[] = [
    { key: 'env', header: 'Variable', cell: ({ env }) => <Code>{env}</Code>, className: 'sm:whitespace-nowrap' },
    { key: 'standing', header: 'State', cell: standing },
    {
      key: 'use',
      header: 'Used by',
      cell: ({ purpose, providers }) =>
        purpose === 'provider'
          ? providers.length > 0
            ? providers.map(labels).join(', ')
            : 'its API, as soon as it is set'
          : PURPOSES[purpose],
      className: 'text-ink-muted',
    },
  ];
  return (
    <div className="flex flex-col gap-3">
      <div className="-mx-3 -mt-3">
        <DataTable label="Keys" columns={columns} rows={settings.keys} rowKey={({ env }) => env} />
      </div>
      <p className="max-w-prose text-ink-muted">
        {settings.simulated
          ? 'The providers are simulated, so these keys are not real ones and open nothing.'
          : howToSet(settings, missing)}{' '}
        Keys are never shown, stored or logged.
      </p>
    </div>
  );
}

function standing({ present, providers }: KeyStanding) {
  if (present) return <StatusMark status="healthy" word="present" />;
  return providers.length > 0 ? (
    <StatusMark status="degraded" word="missing" />
  ) : (
    <StatusMark status="unknown" word="not set" />
  );
}

function howToSet({ config: { env_file: file } }: Settings, missing: readonly KeyStanding[]) {
  const name = missing[0]?.env ?? 'ANTHROPIC_API_KEY';
  return (
    <>
      Set one in the environment of the host
      {file && (
        <>
          {' '}
          or as a line <Code>{name}=…</Code> in <Code>{file.path}</Code>
          {file.exists
            ? ', which is read again when it is saved'
            : ', which does not exist yet; restart after making it'}
        </>
      )}
      .
    </>
  );
}
