import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useState, type ReactNode } from 'react';
import type { RangeQuery } from '../../../shared/domain/history.ts';
import { operatorNoteSchema, type OperatorNote } from '../../../shared/domain/operations.ts';
import type { PriceOutcome } from '../../../shared/domain/pricing.ts';
import { formatCount, formatUsd } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, Select, TextInput } from '../../ui/Field.tsx';
import { OperatorField } from '../../ui/OperatorField.tsx';
import { FormNotes } from '../../ui/FormNotes.tsx';
import { isOptionalRate, priceInput, readRate, type PriceForm } from './price-form.ts';

const SETTLE_MS = 300;
/** A dry run changes nothing and leaves no audit row, so nobody needs to be named yet. */
const NOBODY: OperatorNote = { operator: 'preview', reason: 'preview' };

interface ApplyPriceDialogProps {
  /** Models with requests of unknown price, those with most of them first. */
  models: readonly string[];
  /** What the page shows. */
  range: RangeQuery;
  onClose: () => void;
}

/** Asks for a rate and shows what it would come to before it is applied to past requests; says afterwards what it did. */
export function ApplyPriceDialog({ models, range, onClose }: ApplyPriceDialogProps) {
  const { client, query } = useConsoleApi();
  const queryClient = useQueryClient();
  const formId = useId();
  const [form, setForm] = useState<PriceForm>(() => ({
    model: models[0] ?? '',
    input: '',
    output: '',
    cacheRead: '',
    cacheWrite: '',
    scope: 'range',
  }));
  const [choices] = useState(models);
  const [operator, setOperator] = useState(usePreferences.getState().operator);
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const input = priceInput(form, range);
  const settled = useSettled(input, SETTLE_MS);
  const preview = useQuery({
    ...query.prices.apply.queryOptions({
      input: { model: '', pricing: { input: 0, output: 0 }, ...settled, ...NOBODY, dry_run: true },
    }),
    enabled: settled !== null,
  });
  const apply = useMutation({
    mutationFn: (note: OperatorNote & NonNullable<typeof input>) => client.prices.apply({ ...note, dry_run: false }),
    onSuccess: () =>
      Promise.all(
        [query.costs.key(), query.series.key()].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      ),
  });
  const change = (changes: Partial<PriceForm>) => setForm({ ...form, ...changes });
  const submit = () => {
    setAsked(true);
    const note = operatorNoteSchema.safeParse({ operator, reason });
    if (!note.success || !input) return;
    usePreferences.setState({ operator: note.data.operator });
    apply.mutate({ ...input, ...note.data });
  };

  if (apply.data) return <AppliedDialog outcome={apply.data} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Apply a price to past requests"
      description="For requests that had no known price when they were answered. Those to come need the price in the registry."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={formId}
            tone="primary"
            busy={apply.isPending}
            disabled={preview.data?.attempts === 0}
          >
            Apply the price
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Model">
            {(control) => (
              <Select
                {...control}
                value={form.model}
                onChange={(model) => change({ model })}
                options={choices.map((model) => ({ value: model, label: model }))}
              />
            )}
          </Field>
          <Field label="Requests">
            {(control) => (
              <Select
                {...control}
                value={form.scope}
                onChange={(scope) => change({ scope })}
                options={[
                  { value: 'range', label: 'in the range shown' },
                  { value: 'stored', label: 'all that are stored' },
                ]}
              />
            )}
          </Field>
        </div>
        <fieldset>
          <legend className="mb-1 text-table text-ink-muted">USD per million tokens</legend>
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
            <RateField
              label="Input"
              value={form.input}
              wrong={asked && readRate(form.input) === null}
              onChange={(value) => change({ input: value })}
            />
            <RateField
              label="Output"
              value={form.output}
              wrong={asked && readRate(form.output) === null}
              onChange={(value) => change({ output: value })}
            />
            <RateField
              label="Cache read"
              value={form.cacheRead}
              placeholder="as input"
              wrong={!isOptionalRate(form.cacheRead)}
              onChange={(value) => change({ cacheRead: value })}
            />
            <RateField
              label="Cache write"
              value={form.cacheWrite}
              placeholder="as input"
              wrong={!isOptionalRate(form.cacheWrite)}
              onChange={(value) => change({ cacheWrite: value })}
            />
          </div>
        </fieldset>
        <p role="status" className="text-body">
          {previewWords(settled !== null, preview.data, preview.error)}
        </p>
        <Field
          label="Reason"
          error={
            asked && reason.trim().length < 3 ? 'Say why, in three letters or more: it stands in the audit.' : null
          }
        >
          {(control) => <TextInput {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <OperatorField
          value={operator}
          error={asked && operator.trim() === '' ? 'Say who you are.' : null}
          onChange={setOperator}
        />
        <FormNotes error={apply.error} />
      </form>
    </Dialog>
  );
}

interface RateFieldProps {
  label: string;
  value: string;
  placeholder?: string;
  wrong: boolean;
  onChange: (value: string) => void;
}

function RateField({ label, value, placeholder, wrong, onChange }: RateFieldProps) {
  return (
    <Field label={label} error={wrong ? 'A number such as 3.00.' : null}>
      {(control) => (
        <TextInput
          {...control}
          inputMode="decimal"
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function previewWords(ready: boolean, outcome: PriceOutcome | undefined, error: Error | null): ReactNode {
  if (!ready) return <span className="text-ink-faint">With both rates it says here what they come to.</span>;
  if (error) return <span className="text-bad">{error.message}</span>;
  if (!outcome) return <span className="text-ink-faint">Adding up…</span>;
  if (outcome.attempts === 0) return 'No stored request of this model is without a price.';
  return (
    <>
      <strong className="font-medium">{formatUsd(outcome.cost_usd)}</strong> for {requestWords(outcome.requests)}
      {outcome.requests > outcome.requests_now_known &&
        `, of which ${formatCount(outcome.requests - outcome.requests_now_known)} still have another unknown price`}
      .
    </>
  );
}

function AppliedDialog({ outcome, onClose }: { outcome: PriceOutcome; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="The price is applied"
      footer={
        <Button tone="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <p role="status">
        {requestWords(outcome.requests)} of <code className="font-mono text-table">{outcome.model}</code> now cost{' '}
        <strong className="font-medium">{formatUsd(outcome.cost_usd)}</strong>, in every sum and view. The audit has who
        did it and why.
      </p>
    </Dialog>
  );
}

function requestWords(requests: number): string {
  return `${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}`;
}

/** The value once it has not changed for a while, so that typing asks once; compared by what it holds. */
function useSettled<Value>(value: Value, settleMs: number): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as Value), settleMs);
    return () => clearTimeout(timer);
  }, [text, settleMs]);
  return settled;
}
