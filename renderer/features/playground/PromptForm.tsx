import { Play, Square } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { Button } from '../../ui/Button.tsx';
import { Field, TextArea, TextInput } from '../../ui/Field.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { formProblems, type ComparisonForm } from './comparison-form.ts';
import { TargetPicker } from './TargetPicker.tsx';

interface PromptFormProps {
  form: ComparisonForm;
  providers: readonly ProviderStatus[];
  simulated: boolean;
  running: boolean;
  onEdit: (change: Partial<ComparisonForm>) => void;
  onRun: () => void;
  onStop: () => void;
}

/** The prompt, who is asked, and the few settings that every provider knows. Ctrl or Cmd with Enter runs. */
export function PromptForm({ form, providers, simulated, running, onEdit, onRun, onStop }: PromptFormProps) {
  // Nobody is told off for an empty form before having tried to send it.
  const [tried, setTried] = useState(false);
  const problems = formProblems(form);
  const shown = tried ? problems : { ...problems, prompt: undefined, targets: undefined };
  const run = () => {
    setTried(true);
    if (Object.keys(problems).length === 0) onRun();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!running) run();
  };
  const asked = form.targets.filter(({ provider }) => provider !== '').length;

  return (
    <form
      aria-label="Comparison"
      className="@container"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <div className="grid gap-x-4 gap-y-3 @2xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-3">
          <Field label="Prompt" error={shown.prompt}>
            {(control) => (
              <TextArea
                {...control}
                rows={4}
                className="field-sizing-content max-h-96 min-h-24"
                value={form.prompt}
                placeholder="What every provider is asked"
                onChange={(event) => onEdit({ prompt: event.target.value })}
              />
            )}
          </Field>
          <Field label="System prompt" error={shown.system}>
            {(control) => (
              <TextArea
                {...control}
                rows={2}
                className="field-sizing-content max-h-60"
                value={form.system}
                placeholder="None"
                onChange={(event) => onEdit({ system: event.target.value })}
              />
            )}
          </Field>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <TargetPicker
            providers={providers}
            targets={form.targets}
            problem={shown.targets}
            onChange={(targets) => onEdit({ targets })}
          />
          <div className="grid grid-cols-3 gap-2">
            <Field label="Max tokens" error={shown.maxTokens}>
              {(control) => (
                <TextInput
                  {...control}
                  inputMode="numeric"
                  value={form.maxTokens}
                  onChange={(event) => onEdit({ maxTokens: event.target.value })}
                />
              )}
            </Field>
            <Field label="Temperature" error={shown.temperature}>
              {(control) => (
                <TextInput
                  {...control}
                  inputMode="decimal"
                  placeholder="own"
                  value={form.temperature}
                  onChange={(event) => onEdit({ temperature: event.target.value })}
                />
              )}
            </Field>
            <Field label="Effort, 0 to 1" error={shown.effort}>
              {(control) => (
                <TextInput
                  {...control}
                  inputMode="decimal"
                  placeholder="own"
                  value={form.effort}
                  onChange={(event) => onEdit({ effort: event.target.value })}
                />
              )}
            </Field>
          </div>
          <div className="flex flex-wrap items-center gap-2">
            {/* Two buttons by their keys: as one, the press that stops would turn into the press of what takes its place. */}
            {running ? (
              <Button key="stop" icon={Square} onClick={onStop}>
                Stop all
              </Button>
            ) : (
              <Button key="run" type="submit" tone="primary" icon={Play}>
                Run
              </Button>
            )}
            <span className="text-table text-ink-faint">
              <Kbd>Ctrl</Kbd> or <Kbd>⌘</Kbd> <Kbd>Enter</Kbd>
            </span>
            <span className="basis-full text-table text-ink-faint">
              {simulated
                ? 'Sent to simulated providers; nothing is charged.'
                : `Sent for real to ${asked === 1 ? 'one provider' : `${asked} providers`}, past routing and fallback, and charged as usual.`}
            </span>
          </div>
        </div>
      </div>
    </form>
  );
}
