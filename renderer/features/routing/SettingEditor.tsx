import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { IconButton } from '../../ui/Button.tsx';
import { Select, TextInput } from '../../ui/Field.tsx';
import { choicesOf, editorOf, moved, valueWords, type Json, type KeyedSetting } from './routing-model.ts';

interface EditorProps {
  label: string;
  value: Json | null;
  onChange: (value: Json) => void;
}

interface SettingEditorProps extends EditorProps {
  setting: KeyedSetting;
  providers: readonly string[];
  models: readonly string[];
}

/** The control that fits a setting's kind. Changes go to the draft, never to the gateway. */
export function SettingEditor({ setting, providers, models, ...editor }: SettingEditorProps) {
  switch (editorOf(setting)) {
    case 'switch':
      return <ChoiceEditor {...editor} choices={['true', 'false']} read={(text) => text === 'true'} />;
    case 'provider':
      return <ChoiceEditor {...editor} choices={providers} word={(name) => name || 'not set'} />;
    case 'choice':
      return <ChoiceEditor {...editor} choices={choicesOf(setting.keys) ?? []} />;
    case 'order':
      return <OrderEditor {...editor} providers={providers} />;
    case 'list':
      return (
        <TextEditor
          {...editor}
          shown={textsOf(editor.value).join(', ')}
          read={(text) => text.split(',').flatMap((item) => item.trim() || [])}
        />
      );
    case 'number':
      return <TextEditor {...editor} read={readNumber} numeric />;
    case 'model':
      return <TextEditor {...editor} read={(text) => text.trim()} suggestions={models} />;
    case 'text':
      return <TextEditor {...editor} read={(text) => text.trim()} />;
    case 'json':
      return <TextEditor {...editor} read={readJson} />;
  }
}

function ChoiceEditor({
  label,
  value,
  onChange,
  choices,
  read = (text) => text,
  word = wordOf,
}: EditorProps & {
  choices: readonly string[];
  read?: (text: string) => Json;
  word?: (choice: string) => string;
}) {
  const current = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
  const known = choices.includes(current) ? choices : [current, ...choices];
  return (
    <Select
      aria-label={label}
      value={current}
      onChange={(text) => onChange(read(text))}
      options={known.map((choice) => ({ value: choice, label: word(choice) }))}
    />
  );
}

function wordOf(choice: string): string {
  if (choice === 'true') return 'on';
  if (choice === 'false') return 'off';
  return choice === '' ? 'not set' : choice.replaceAll('_', ' ');
}

/** Keeps what is typed while it makes no value; the draft follows as soon as it does. */
function TextEditor({
  label,
  value,
  onChange,
  shown = valueText(value),
  read,
  numeric = false,
  suggestions,
}: EditorProps & {
  shown?: string;
  read: (text: string) => Json | undefined;
  numeric?: boolean;
  suggestions?: readonly string[];
}) {
  const listId = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const invalid = typed !== null && read(typed) === undefined;
  return (
    <>
      <TextInput
        aria-label={label}
        list={suggestions && listId}
        aria-invalid={invalid || undefined}
        inputMode={numeric ? 'decimal' : undefined}
        className={numeric ? 'text-right tabular-nums' : undefined}
        value={typed ?? shown}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = read(event.target.value);
          if (next !== undefined) onChange(next);
        }}
        onBlur={() => setTyped(null)}
      />
      {suggestions && (
        <datalist id={listId}>
          {suggestions.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
    </>
  );
}

function OrderEditor({ label, value, onChange, providers }: EditorProps & { providers: readonly string[] }) {
  const chain = textsOf(value);
  const others = providers.filter((name) => !chain.includes(name));
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onChange(moved(chain, index, event.key === 'ArrowUp' ? -1 : 1));
  };
  return (
    <ol aria-label={label} className="flex flex-col gap-1">
      {chain.map((name, index) => (
        <li
          key={name}
          className="flex items-center gap-1 rounded-small border border-line bg-field pl-2"
          onKeyDown={(event) => onKeyDown(event, index)}
        >
          <span className="w-5 text-ink-faint tabular-nums">{index + 1}</span>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <IconButton
            size="small"
            icon={ArrowUp}
            label={`Move ${name} up`}
            disabled={index === 0}
            onClick={() => onChange(moved(chain, index, -1))}
          />
          <IconButton
            size="small"
            icon={ArrowDown}
            label={`Move ${name} down`}
            disabled={index === chain.length - 1}
            onClick={() => onChange(moved(chain, index, 1))}
          />
          <IconButton
            size="small"
            icon={X}
            label={`Take ${name} out of the chain`}
            disabled={chain.length === 1}
            onClick={() => onChange(chain.filter((other) => other !== name))}
          />
        </li>
      ))}
      {others.map((name) => (
        <li key={name} className="flex items-center gap-1 pl-2 text-ink-faint">
          <span className="min-w-0 flex-1 truncate">{name}, not in the chain</span>
          <IconButton size="small" icon={Plus} label={`Add ${name}`} onClick={() => onChange([...chain, name])} />
        </li>
      ))}
    </ol>
  );
}

function textsOf(value: Json | null): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function valueText(value: Json | null): string {
  return value === null ? '' : valueWords(value);
}

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
