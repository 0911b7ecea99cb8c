import { useMutation } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import type { QuotaStatus, RaiseRequest } from '../../../shared/domain/quota.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { useNow } from '../../state/now.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, TextInput } from '../../ui/Field.tsx';
import { FormNotes } from '../../ui/FormNotes.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { PreviewList } from '../override/PreviewList.tsx';
import { readLimit, readRaiseExpiry, readRaiseForm, type RaiseForm, type RaiseProblems } from './raise-form.ts';
import { raisePreview } from './raise-preview.ts';

const EXPIRIES = ['1h', '4h', '12h', '24h'].map((value) => ({ value, label: value }));

interface RaiseDialogProps {
  /** The provider or call site as the console shows it. */
  title: string;
  budget: QuotaStatus;
  onClose: () => void;
}

/** Raises a daily budget until a time: shows what that does before it is done. */
export function RaiseDialog({ title, budget, onClose }: RaiseDialogProps) {
  const { client } = useConsoleApi();
  const formId = useId();
  const now = useNow();
  const stale = useConnection(isStale);
  const [form, setForm] = useState<RaiseForm>(() => ({
    limit: String(Math.ceil(budget.limit_value * 1.5)),
    expiry: '4h',
    reason: '',
    operator: usePreferences.getState().operator,
  }));
  const [problems, setProblems] = useState<RaiseProblems>({});
  const raise = useMutation({
    mutationFn: (request: RaiseRequest) => client.limits.raise(request),
    onSuccess: onClose,
  });
  const value = readLimit(form.limit, budget);
  const ttl = readRaiseExpiry(form.expiry);
  const known = typeof value === 'number' && typeof ttl === 'number';
  const change = (changes: Partial<RaiseForm>) => {
    setForm((before) => ({ ...before, ...changes }));
    setProblems((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !(key in changes))));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readRaiseForm(form, budget);
    if ('problems' in read) return setProblems(read.problems);
    usePreferences.setState({ operator: read.request.operator });
    raise.mutate(read.request);
  };
  const text = (key: 'limit' | 'expiry' | 'reason' | 'operator', label: string, hint?: string) => (
    <Field label={label} error={problems[key]} hint={hint}>
      {(control) => (
        <TextInput {...control} value={form[key]} onChange={(event) => change({ [key]: event.target.value })} />
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Raise the budget of ${title}`}
      description="It holds until its time, over a restart too, ends by itself, and is written to the audit."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} tone="primary" busy={raise.isPending} disabled={stale}>
            Raise for {form.expiry}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate className="flex flex-col gap-3" onSubmit={submit}>
        {text('limit', budget.limit === 'usd_per_day' ? 'USD a day' : 'Requests a day')}
        <div className="flex flex-wrap items-end gap-3">
          <Segmented
            label="Ends after"
            labelled
            value={form.expiry}
            options={EXPIRIES}
            onChange={(expiry) => change({ expiry })}
          />
          {text('expiry', 'or after')}
        </div>
        {known && <PreviewList lines={raisePreview({ budget, value, until: now + ttl * 1000, now })} />}
        {text('reason', 'Reason')}
        {text('operator', 'Operator', 'Remembered on this device.')}
        <FormNotes error={raise.error} stale={stale} />
      </form>
    </Dialog>
  );
}
