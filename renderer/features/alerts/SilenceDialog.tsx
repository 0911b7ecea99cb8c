import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import {
  matchesEvery,
  MAXIMUM_SILENCE_SECONDS,
  type Alert,
  type SilenceRequest,
} from '../../../shared/domain/alerts.ts';
import { parseDuration } from '../../../shared/format/duration.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, TextArea, TextInput } from '../../ui/Field.tsx';
import { OperatorField } from '../../ui/OperatorField.tsx';
import { FormNotes } from '../../ui/FormNotes.tsx';
import { labelWords, readMatchers } from './alert-words.ts';

interface SilenceForm {
  matchers: string;
  length: string;
  reason: string;
  operator: string;
}

interface SilenceDialogProps {
  /** What it starts with, one `label = value` a line. */
  matchers: string;
  /** What is pending or fires now, to show what the silence would keep quiet. */
  alerts: readonly Alert[];
  onClose: () => void;
}

/** Keeps matching alerts from being told until a time; they are seen here all the same. */
export function SilenceDialog({ matchers, alerts, onClose }: SilenceDialogProps) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const formId = useId();
  const stale = useConnection(isStale);
  const [form, setForm] = useState<SilenceForm>(() => ({
    matchers,
    length: '2h',
    reason: '',
    operator: usePreferences.getState().operator,
  }));
  const [problems, setProblems] = useState<Partial<SilenceForm>>({});
  const create = useMutation({
    mutationFn: (request: SilenceRequest) => client.silences.create(request),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: query.alerts.key() });
      onClose();
    },
  });
  const change = (changes: Partial<SilenceForm>) => {
    setForm((before) => ({ ...before, ...changes }));
    setProblems((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !(key in changes))));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readForm(form);
    if ('problems' in read) return setProblems(read.problems);
    usePreferences.setState({ operator: read.request.operator });
    create.mutate(read.request);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Silence alerts"
      description="Matching alerts are not told to anybody until the time is over. One that outlives it is told then."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} tone="primary" busy={create.isPending} disabled={stale}>
            Silence for {form.length}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="flex flex-col gap-3">
        <Field
          label="What is silenced"
          error={problems.matchers}
          hint="One label a line; all must match. * stands for anything. alertname and severity are labels too."
        >
          {(control) => (
            <TextArea
              {...control}
              className="font-mono"
              spellCheck={false}
              value={form.matchers}
              onChange={(event) => change({ matchers: event.target.value })}
            />
          )}
        </Field>
        <Preview text={form.matchers} alerts={alerts} />
        <Field label="For" error={problems.length} hint="90s, 15m, 2h, 3d">
          {(control) => (
            <TextInput {...control} value={form.length} onChange={(event) => change({ length: event.target.value })} />
          )}
        </Field>
        <Field label="Reason" error={problems.reason}>
          {(control) => (
            <TextInput {...control} value={form.reason} onChange={(event) => change({ reason: event.target.value })} />
          )}
        </Field>
        <OperatorField value={form.operator} error={problems.operator} onChange={(operator) => change({ operator })} />
        <FormNotes error={create.error} />
      </form>
    </Dialog>
  );
}

/** Which of the present alerts a silence would keep quiet, while it is being written. */
function Preview({ text, alerts }: { text: string; alerts: readonly Alert[] }) {
  const read = readMatchers(text);
  if ('problem' in read) return null;
  const kept = alerts.filter((alert) => alert.state !== 'resolved' && matchesEvery(alert, read.matchers));
  return (
    <p role="status" className="text-table text-ink-muted">
      {kept.length === 0
        ? 'Nothing that fires now matches: the silence is for what may come.'
        : `Keeps ${kept.length} quiet now: ${kept.map(({ rule, labels }) => [rule, labelWords(labels)].filter(Boolean).join(' ')).join('; ')}.`}
    </p>
  );
}

function readForm(form: SilenceForm): { request: SilenceRequest } | { problems: Partial<SilenceForm> } {
  const problems: Partial<SilenceForm> = {};
  const read = readMatchers(form.matchers);
  if ('problem' in read) problems.matchers = read.problem;
  const seconds = readSeconds(form.length);
  if (typeof seconds === 'string') problems.length = seconds;
  if (form.reason.trim().length < 3)
    problems.reason = 'Say why, in three letters or more: it stands beside the silence and in the audit.';
  if (form.operator.trim() === '') problems.operator = 'Say who you are.';
  if (Object.keys(problems).length > 0 || 'problem' in read || typeof seconds === 'string') return { problems };
  return {
    request: {
      matchers: read.matchers,
      ttl_seconds: seconds,
      reason: form.reason.trim(),
      operator: form.operator.trim(),
    },
  };
}

function readSeconds(text: string): number | string {
  try {
    const seconds = Math.round(parseDuration(text) / 1000);
    if (seconds < 60) return 'The shortest silence is 1 min.';
    return seconds > MAXIMUM_SILENCE_SECONDS ? 'The longest silence is 30 d; switch the rule off instead.' : seconds;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
