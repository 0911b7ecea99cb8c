import { useMutation } from '@tanstack/react-query';
import { useId, useMemo, useState } from 'react';
import type { OverrideRequest } from '../../../shared/domain/operations.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { closeForceDialog, useForceDraft, type ForceDraft } from '../../state/force-dialog.ts';
import { useLive, useStatus } from '../../state/live.ts';
import { useNow } from '../../state/now.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, Select, TextInput } from '../../ui/Field.tsx';
import { OperatorField } from '../../ui/OperatorField.tsx';
import { FormNotes } from '../../ui/FormNotes.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import {
  readExpiry,
  readForceForm,
  readScope,
  type ForceForm,
  type ForceProblems,
  type ScopeKind,
} from './force-form.ts';
import { PreviewList } from './PreviewList.tsx';
import { overridePreview } from './override-preview.ts';

const SCOPES: readonly { value: ScopeKind; label: string }[] = [
  { value: 'all', label: 'All traffic' },
  { value: 'call-site', label: 'A call site' },
  { value: 'model', label: 'A model' },
];

const EXPIRIES = ['15m', '1h', '4h', '12h'].map((value) => ({ value, label: value }));

/** The dialog that forces a provider, wherever it was asked for. */
export function ForceDialog() {
  const draft = useForceDraft();
  const status = useStatus();
  if (!draft || !status) return null;
  return <ForceForm draft={draft} status={status} />;
}

function ForceForm({ draft, status }: { draft: ForceDraft; status: Status }) {
  const { client } = useConsoleApi();
  const formId = useId();
  const live = useLive((state) => state.requests);
  // What is sent for comparison alone moves with no override.
  const requests = useMemo(() => live.filter(({ origin }) => origin !== 'shadow'), [live]);
  const now = useNow();
  const stale = useConnection(isStale);
  const [form, setForm] = useState<ForceForm>(() => startingForm(draft, status));
  const [problems, setProblems] = useState<ForceProblems>({});
  const force = useMutation({
    mutationFn: (request: OverrideRequest) => client.override.set(request),
    onSuccess: closeForceDialog,
  });

  const provider = status.providers.find(({ name }) => name === form.provider);
  const ttl = readExpiry(form.expiry);
  const preview =
    provider &&
    overridePreview({
      status,
      provider,
      requests,
      ttlMs: (typeof ttl === 'number' ? ttl : 900) * 1000,
      now,
      scope: form,
    });
  const change = (changes: Partial<ForceForm>) => {
    setForm((before) => ({ ...before, ...changes }));
    setProblems((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !(key in changes))));
  };

  const submit = () => {
    const read = readForceForm(form, preview?.dangerous ?? false);
    if ('problems' in read) return setProblems(read.problems);
    usePreferences.setState({ operator: read.request.operator });
    force.mutate(read.request);
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && closeForceDialog()}
      title={status.override ? 'Change the forced provider' : 'Force a provider'}
      description="Requests in its scope go there whatever the policy says. It ends by itself and is written to the audit."
      footer={
        <>
          <Button onClick={closeForceDialog}>Cancel</Button>
          <Button
            type="submit"
            form={formId}
            tone={preview?.dangerous ? 'danger' : 'primary'}
            busy={force.isPending}
            disabled={stale}
          >
            Force {provider?.display_name ?? 'provider'} for {form.expiry}
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
        <Field label="Provider" error={problems.provider}>
          {(control) => (
            <Select
              {...control}
              value={form.provider}
              onChange={(value) => change({ provider: value, confirmation: '' })}
              options={status.providers.map(providerOption)}
            />
          )}
        </Field>
        <div className="flex flex-wrap items-end gap-3">
          <Segmented
            label="Scope"
            labelled
            value={form.scopeKind}
            options={SCOPES}
            onChange={(scopeKind) => change({ scopeKind, scopeName: '' })}
          />
          {form.scopeKind !== 'all' && (
            <ScopeName
              form={form}
              error={problems.scopeName}
              suggestions={scopeSuggestions(form.scopeKind, requests)}
              onChange={change}
            />
          )}
        </div>
        <div className="flex flex-wrap items-end gap-3">
          <Segmented
            label="Expires after"
            labelled
            value={form.expiry}
            options={EXPIRIES}
            onChange={(expiry) => change({ expiry })}
          />
          <Field label="or after" error={problems.expiry} className="w-40">
            {(control) => (
              <TextInput
                {...control}
                value={form.expiry}
                onChange={(event) => change({ expiry: event.target.value })}
              />
            )}
          </Field>
        </div>
        {preview && <PreviewList lines={preview.lines} />}
        <Field label="Reason" error={problems.reason}>
          {(control) => (
            <TextInput
              {...control}
              value={form.reason}
              placeholder="What happened, or an incident number"
              onChange={(event) => change({ reason: event.target.value })}
            />
          )}
        </Field>
        <OperatorField value={form.operator} error={problems.operator} onChange={(operator) => change({ operator })} />
        {preview?.dangerous && (
          <Field
            label={`Type ${form.provider} to force it although it is ${provider?.health.status}`}
            error={problems.confirmation}
          >
            {(control) => (
              <TextInput
                {...control}
                className="font-mono"
                autoComplete="off"
                value={form.confirmation}
                onChange={(event) => change({ confirmation: event.target.value })}
              />
            )}
          </Field>
        )}
        <FormNotes error={force.error} stale={stale} />
      </form>
    </Dialog>
  );
}

interface ScopeNameProps {
  form: ForceForm;
  error: string | undefined;
  suggestions: readonly string[];
  onChange: (changes: Partial<ForceForm>) => void;
}

function ScopeName({ form, error, suggestions, onChange }: ScopeNameProps) {
  const listId = useId();
  return (
    <Field
      label={form.scopeKind === 'model' ? 'Model as requested' : 'Call site'}
      error={error}
      className="min-w-40 flex-1"
    >
      {(control) => (
        <>
          <TextInput
            {...control}
            list={listId}
            value={form.scopeName}
            onChange={(event) => onChange({ scopeName: event.target.value })}
          />
          <datalist id={listId}>
            {suggestions.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function providerOption({ name, display_name: label, health }: ProviderStatus) {
  const off = health.status === 'disabled';
  return { value: name, label: `${label} (${off ? `off: ${health.reason}` : health.status})`, disabled: off };
}

function scopeSuggestions(
  kind: ScopeKind,
  requests: readonly { call_site: string | null; requested_model: string }[],
): readonly string[] {
  const names = requests.map((request) => (kind === 'model' ? request.requested_model : request.call_site));
  return [...new Set(names.filter((name) => name !== null))].toSorted();
}

/** Proposes whom an operator most likely wants: the first healthy provider of the chain that does not serve already. */
function startingForm(draft: ForceDraft, status: Status): ForceForm {
  const chain = status.providers.filter(({ health }) => health.status === 'healthy' || health.status === 'degraded');
  const proposal = chain.find(({ name }) => name !== status.serving) ?? chain[0] ?? status.providers[0];
  return {
    provider: draft.provider ?? proposal?.name ?? '',
    ...readScope(draft.scope ?? 'all'),
    expiry: '15m',
    reason: draft.reason ?? '',
    operator: usePreferences.getState().operator,
    confirmation: '',
  };
}
