import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { drillFaultSchema, type DrillFault, type DrillRequest } from '../../../shared/domain/drills.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { formatRate } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { usePreferences } from '../../state/preferences.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Button } from '../../ui/Button.tsx';
import { Field, Select, TextInput } from '../../ui/Field.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { readDrillForm, startingDrillForm, type DrillForm, type DrillProblems } from './drill-form.ts';
import { FAULT_LABELS } from './drill-words.ts';

const FAULTS = drillFaultSchema.options.map((value) => ({ value, label: FAULT_LABELS[value] }));

/** Plans a drill: what is done to whom, what it touches now, and what it will be judged by. */
export function PlanDrill({ status }: { status: Status }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const labels = useProviderLabels();
  const readable = useReadableReason();
  const stale = useConnection(isStale);
  const [form, setForm] = useState<DrillForm>(() =>
    startingDrillForm(status.primary, usePreferences.getState().operator),
  );
  const [problems, setProblems] = useState<DrillProblems>({});
  const preview = useQuery(
    query.drills.preview.queryOptions({
      input: { provider: form.provider },
      // What stands in the way changes with every transition; the key makes a transition ask again.
      queryKey: [...query.drills.preview.queryKey({ input: { provider: form.provider } }), situationOf(status)],
    }),
  );
  const schedule = useMutation({
    mutationFn: (request: DrillRequest) => client.drills.schedule(request),
    onSuccess: () => void queries.invalidateQueries({ queryKey: query.drills.key() }),
  });
  const change = (changes: Partial<DrillForm>) => {
    setForm((before) => ({ ...before, ...changes }));
    setProblems((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !(key in changes))));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readDrillForm(form);
    if ('problems' in read) return setProblems(read.problems);
    usePreferences.setState({ operator: read.request.operator });
    schedule.mutate(read.request);
  };
  const text = (key: keyof DrillForm, label: string, className: string, hint?: string) => (
    <Field label={label} error={problems[key]} hint={hint} className={className}>
      {(control) => (
        <TextInput {...control} value={form[key]} onChange={(event) => change({ [key]: event.target.value })} />
      )}
    </Field>
  );
  const refusal = preview.data?.refusal ?? null;
  return (
    <Panel title="Plan a drill" note="announced to everybody, ends by itself, written to the audit">
      <form noValidate onSubmit={submit} className="flex flex-col gap-3">
        <div className="flex flex-wrap items-end gap-3">
          <Field label="Provider" className="min-w-48 flex-1">
            {(control) => (
              <Select
                {...control}
                value={form.provider}
                onChange={(provider) => change({ provider })}
                options={status.providers.map(({ name }) => ({ value: name, label: labels(name) }))}
              />
            )}
          </Field>
          <Segmented<DrillFault>
            label="Fault"
            labelled
            value={form.fault}
            options={FAULTS}
            onChange={(fault) => change({ fault })}
          />
        </div>
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {text('share', 'Share of calls, %', '')}
          {form.fault === 'slow' && text('delay', 'Held back by', '')}
          {text('length', 'Lasts', '')}
          {text('notice', 'Announced before', '')}
        </div>
        <fieldset className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          <legend className="pb-1 text-table font-medium text-ink-muted">Passes when</legend>
          {text('lost', 'Requests lost, at most', '')}
          {text('detect', 'Detected within', '', 'Empty: not judged.')}
          {text('recover', 'Back in full within', '', 'Empty: not judged.')}
        </fieldset>
        <div className="grid gap-3 sm:grid-cols-2">
          {text('reason', 'Reason', '')}
          {text('operator', 'Operator', '', 'Remembered on this device.')}
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" tone="primary" busy={schedule.isPending} disabled={stale || refusal !== null}>
            Announce drill
          </Button>
          <p role="status" className="min-w-0 flex-1 basis-64 text-table text-ink-muted">
            {refusal !== null && <span className="text-warn">Not now: {readable(refusal)}</span>}
            {refusal === null && preview.data?.takes_over && (
              <>
                {labels(form.provider)} gets {formatRate(preview.data.requests_per_second)} now;{' '}
                {labels(preview.data.takes_over)} takes over.
              </>
            )}
            {preview.error && <span className="text-bad">{preview.error.message}</span>}
          </p>
        </div>
        {schedule.error && (
          <p role="alert" className="text-bad">
            {schedule.error.message}
          </p>
        )}
      </form>
    </Panel>
  );
}

/** Everything that may allow or refuse a drill. */
function situationOf({ verdict, override, drill, providers }: Status): string {
  const standings = providers.map(({ name, health, breaker, isolation }) =>
    [name, health.status, breaker.state, isolation === null].join(':'),
  );
  return [verdict, override?.id ?? '', drill?.id ?? '', ...standings].join(' ');
}
