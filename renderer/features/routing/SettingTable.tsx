import { clsx } from 'clsx';
import { RotateCcw, Undo2 } from 'lucide-react';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import { draftedValue, draftValue } from '../../state/routing-draft.ts';
import { IconButton } from '../../ui/Button.tsx';
import { SettingEditor } from './SettingEditor.tsx';
import { settingLabel, valueWords, type KeyedSetting } from './routing-model.ts';

const SOURCES = {
  file: 'from the file',
  stored: 'stored in the console',
  environment: 'from the environment',
  default: 'the default',
} as const;

interface SettingTableProps {
  settings: readonly KeyedSetting[];
  providers: readonly string[];
  /** Names that a model may be set to, offered while one types. */
  models: readonly string[];
  changes: RoutingDocument;
  version: number;
}

/** Settings with their value in effect, the file's beside it, and where it comes from; every one can be edited. */
export function SettingTable({ settings, providers, models, changes, version }: SettingTableProps) {
  return (
    <ul className="divide-y divide-line">
      {settings.map((setting) => (
        <SettingRow
          key={setting.path}
          setting={setting}
          providers={providers}
          models={models}
          drafted={draftedValue(changes, setting.keys)}
          version={version}
        />
      ))}
    </ul>
  );
}

interface SettingRowProps {
  setting: KeyedSetting;
  providers: readonly string[];
  models: readonly string[];
  drafted: RoutingDocument[string] | undefined;
  version: number;
}

function SettingRow({ setting, providers, models, drafted, version }: SettingRowProps) {
  const { keys, value, file_value: fileValue, source, env } = setting;
  const label = settingLabel(keys);
  const changed = drafted !== undefined;
  // A stored value that the draft takes away shows what the file will give.
  const shown = changed ? (drafted ?? fileValue) : value;
  return (
    <li
      className={clsx(
        'grid items-start gap-x-3 gap-y-1 px-3 py-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,16rem)_4.5rem]',
        changed && 'bg-accent/5',
      )}
    >
      <div className="min-w-0">
        <div className="break-words">{label}</div>
        <div className="text-table break-words text-ink-faint">
          {changed ? `changed, now ${valueWords(value)}` : SOURCES[source]}
          {env !== null && source === 'environment' && ` (${env})`}
          {source === 'stored' && `; the file says ${fileValue === null ? 'nothing' : valueWords(fileValue)}`}
          {keys.at(-1) === 'fallback_chain' && '; the primary is asked first wherever it stands'}
        </div>
      </div>
      <SettingEditor
        setting={setting}
        label={label}
        value={shown}
        providers={providers}
        models={models}
        onChange={(next) =>
          draftValue(keys, JSON.stringify(next) === JSON.stringify(value) ? undefined : next, version)
        }
      />
      <div className="flex justify-end gap-1">
        {changed && (
          <IconButton
            size="small"
            icon={Undo2}
            label={`Take back the change of ${label}`}
            onClick={() => draftValue(keys, undefined, version)}
          />
        )}
        {source === 'stored' && drafted !== null && (
          <IconButton
            size="small"
            icon={RotateCcw}
            label={`Let the file decide ${label}`}
            onClick={() => draftValue(keys, null, version)}
          />
        )}
      </div>
    </li>
  );
}
