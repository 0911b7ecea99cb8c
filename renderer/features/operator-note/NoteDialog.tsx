import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, TextInput } from '../../ui/Field.tsx';
import { FormNotes } from '../../ui/FormNotes.tsx';
import { OperatorField } from '../../ui/OperatorField.tsx';

interface NoteDialogProps {
  title: string;
  description: string;
  /** The word on the decisive button. */
  action: string;
  /** What the text is called; it stands in the audit as the reason. */
  reasonLabel?: string;
  tone?: 'primary' | 'danger';
  busy: boolean;
  /** What the gateway said against it. */
  error: Pick<Error, 'message'> | null;
  onSubmit: (note: OperatorNote) => void;
  onClose: () => void;
  children?: ReactNode;
}

/** Asks who does something and why, before it is done. */
export function NoteDialog({
  title,
  description,
  action,
  reasonLabel = 'Reason',
  tone = 'primary',
  busy,
  error,
  onSubmit,
  onClose,
  children,
}: NoteDialogProps) {
  const formId = useId();
  const stale = useConnection(isStale);
  const [reason, setReason] = useState('');
  const [operator, setOperator] = useState(() => usePreferences.getState().operator);
  const [tried, setTried] = useState(false);
  const reasonProblem =
    reason.trim().length < 3
      ? reasonLabel === 'Reason'
        ? 'Say why, in three letters or more: it stands in the audit.'
        : 'Write a few words.'
      : null;
  const operatorProblem = operator.trim() === '' ? 'Say who you are.' : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (reasonProblem !== null || operatorProblem !== null) return;
    usePreferences.setState({ operator: operator.trim() });
    onSubmit({ operator: operator.trim(), reason: reason.trim() });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} tone={tone} busy={busy} disabled={stale}>
            {action}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="flex flex-col gap-3">
        {children}
        <Field label={reasonLabel} error={tried ? reasonProblem : null}>
          {(control) => <TextInput {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <OperatorField value={operator} error={tried ? operatorProblem : null} onChange={setOperator} />
        <FormNotes error={error} stale={stale} />
      </form>
    </Dialog>
  );
}
