import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Select, TextInput } from '../../ui/Field.tsx';
import { statusWord } from '../../ui/StatusMark.tsx';
import { MOST_TARGETS, nextProvider, whyNotAskable, type Target } from './comparison-form.ts';
import { nextId } from './playground-store.ts';

interface TargetPickerProps {
  providers: readonly ProviderStatus[];
  targets: readonly Target[];
  onChange: (targets: readonly Target[]) => void;
  problem: string | undefined;
}

/** Who is asked, a line a column; the same provider may stand twice with two models. */
export function TargetPicker({ providers, targets, onChange, problem }: TargetPickerProps) {
  const headingId = useId();
  const options = [
    { value: '', label: 'Choose a provider', disabled: true },
    ...providers.map((provider) => ({
      value: provider.name,
      label: provider.display_name + standing(provider),
      disabled: whyNotAskable(provider) !== null,
    })),
  ];
  const change = (id: string, part: Partial<Target>) =>
    onChange(targets.map((target) => (target.id === id ? { ...target, ...part } : target)));

  return (
    <div role="group" aria-labelledby={headingId} className="flex flex-col gap-1">
      <span id={headingId} className="text-table font-medium text-ink-muted">
        Ask
      </span>
      {targets.map((target, index) => {
        const own = providers.find(({ name }) => name === target.provider)?.model;
        return (
          <div key={target.id} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-1 pb-1">
            <Select
              aria-label={`Provider of column ${index + 1}`}
              value={target.provider}
              className="rounded-b-none!"
              options={options}
              onChange={(provider) => change(target.id, { provider, model: '' })}
            />
            <TextInput
              aria-label={`Model of column ${index + 1}`}
              value={target.model}
              placeholder={own ?? "the server's own model"}
              spellCheck={false}
              className="row-start-2 h-7! rounded-t-none! border-t-0! font-mono text-table"
              onChange={(event) => change(target.id, { model: event.target.value })}
            />
            <IconButton
              icon={X}
              size="small"
              label={`Remove column ${index + 1}`}
              disabled={targets.length === 1}
              onClick={() => onChange(targets.filter(({ id }) => id !== target.id))}
            />
          </div>
        );
      })}
      {problem && <p className="text-table text-bad">{problem}</p>}
      <Button
        size="small"
        tone="quiet"
        icon={Plus}
        className="self-start"
        disabled={targets.length >= MOST_TARGETS}
        onClick={() => onChange([...targets, { id: nextId(), provider: nextProvider(providers, targets), model: '' }])}
      >
        Add a column
      </Button>
    </div>
  );
}

/** What speaks against asking it, after its name; nothing where all is well. */
function standing(provider: ProviderStatus): string {
  const { status } = provider.health;
  const word = whyNotAskable(provider) ?? (status === 'healthy' ? null : statusWord(status));
  return word === null ? '' : ` (${word})`;
}
