import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import { annotationRequestSchema, type AnnotationRequest } from '../../../shared/domain/annotations.ts';
import { formatAbsolute, parseInstant } from '../../../shared/format/time.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { showNotice } from '../../state/notices.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, TextInput } from '../../ui/Field.tsx';
import { OperatorField } from '../../ui/OperatorField.tsx';
import { FormNotes } from '../../ui/FormNotes.tsx';
import { Segmented } from '../../ui/Segmented.tsx';

const KINDS = [
  { value: 'deploy', label: 'Deploy' },
  { value: 'note', label: 'Note' },
] as const;

interface AnnotationForm {
  kind: AnnotationRequest['kind'];
  text: string;
  when: string;
  link: string;
  operator: string;
}

/** Notes a deploy, or anything else, beside the charts. */
export function AnnotateDialog({ onClose }: { onClose: () => void }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const formId = useId();
  const stale = useConnection(isStale);
  const [form, setForm] = useState<AnnotationForm>(() => ({
    kind: 'note',
    text: '',
    when: 'now',
    link: '',
    operator: usePreferences.getState().operator,
  }));
  const [problems, setProblems] = useState<Partial<Record<keyof AnnotationForm, string>>>({});
  const create = useMutation({
    mutationFn: (request: AnnotationRequest) => client.annotations.create(request),
    onSuccess: ({ at: noted }) => {
      void queries.invalidateQueries({ queryKey: query.annotations.key() });
      showNotice(`Noted at ${formatAbsolute(noted)}; it stands on every chart over that time.`);
      onClose();
    },
  });
  const change = (changes: Partial<AnnotationForm>) => {
    setForm((before) => ({ ...before, ...changes }));
    setProblems((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !(key in changes))));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readForm(form, Date.now() + useConnection.getState().clockOffsetMs);
    if ('problems' in read) return setProblems(read.problems);
    usePreferences.setState({ operator: read.request.operator, showAnnotations: true });
    create.mutate(read.request);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a note"
      description="It stands on every chart over its time, in incidents and in the audit. Scripts do the same with POST /api/annotations."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} tone="primary" busy={create.isPending} disabled={stale}>
            Add
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="flex flex-col gap-3">
        <Segmented label="Kind" labelled value={form.kind} options={KINDS} onChange={(kind) => change({ kind })} />
        <Field label="What happened" error={problems.text}>
          {(control) => (
            <TextInput {...control} value={form.text} onChange={(event) => change({ text: event.target.value })} />
          )}
        </Field>
        <Field label="When" error={problems.when} hint="now, 15m for 15 minutes ago, or 2026-11-20T03:12:00Z">
          {(control) => (
            <TextInput {...control} value={form.when} onChange={(event) => change({ when: event.target.value })} />
          )}
        </Field>
        <Field label="Link" error={problems.link} hint="To the change or the ticket; may be left empty.">
          {(control) => (
            <TextInput
              {...control}
              type="url"
              value={form.link}
              onChange={(event) => change({ link: event.target.value })}
            />
          )}
        </Field>
        <OperatorField value={form.operator} error={problems.operator} onChange={(operator) => change({ operator })} />
        <FormNotes error={create.error} />
      </form>
    </Dialog>
  );
}

type ReadForm = { request: AnnotationRequest } | { problems: Partial<Record<keyof AnnotationForm, string>> };

function readForm(form: AnnotationForm, now: number): ReadForm {
  const when = readMoment(form.when.trim(), now);
  const link = form.link.trim();
  const read = annotationRequestSchema.safeParse({
    kind: form.kind,
    text: form.text,
    operator: form.operator,
    ...(typeof when === 'number' ? { at: when } : {}),
    ...(link === '' ? {} : { link }),
  });
  if (read.success && when !== null) return { request: read.data };
  const wrong = new Set(read.error?.issues.map(({ path }) => path[0]));
  return {
    problems: {
      ...(wrong.has('text') && { text: 'Say what happened, in at most 500 characters.' }),
      ...(wrong.has('operator') && { operator: 'Say who you are.' }),
      ...(wrong.has('link') && { link: 'Write an address that begins with https:// or http://, or leave it empty.' }),
      ...(when === null && { when: 'Write now, a time ago such as 15m, or a time such as 2026-11-20T03:12:00Z.' }),
    },
  };
}

/** Epoch ms; undefined for now, which the gateway's own clock says; null where it is none. */
function readMoment(text: string, now: number): number | undefined | null {
  if (text === '' || text === 'now') return undefined;
  try {
    return parseInstant(text, now);
  } catch {
    return null;
  }
}
