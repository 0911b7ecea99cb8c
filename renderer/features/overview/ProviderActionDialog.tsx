import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { operatorNoteSchema } from '../../../shared/domain/operations.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { formatRate } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useProviders } from '../../state/live.ts';
import { usePreferences } from '../../state/preferences.ts';
import { closeProviderAction, useProviderAction, type ProviderAction } from '../../state/provider-action.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, TextInput } from '../../ui/Field.tsx';
import { OperatorField } from '../../ui/OperatorField.tsx';
import { FormNotes } from '../../ui/FormNotes.tsx';

interface ProviderActionDialogProps {
  provider: ProviderStatus;
  action: ProviderAction;
  onClose: () => void;
}

/** The dialog that the address asks for, on whatever view. */
export function ProviderActions() {
  const asked = useProviderAction();
  const provider = useProviders().find(({ name }) => name === asked?.provider);
  if (!asked || !provider) return null;
  return (
    <ProviderActionDialog
      key={`${asked.action} ${provider.name}`}
      provider={provider}
      action={asked.action}
      onClose={closeProviderAction}
    />
  );
}

/** Asks who and why before a provider is changed by hand, and says what will happen. */
function ProviderActionDialog({ provider, action, onClose }: ProviderActionDialogProps) {
  const { client } = useConsoleApi();
  const formId = useId();
  const [operator, setOperator] = useState(usePreferences.getState().operator);
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const run = useMutation({
    mutationFn: (note: { operator: string; reason: string }) =>
      client.providers[action]({ name: provider.name, ...note }),
    onSuccess: onClose,
  });
  const words = actionWords(provider, action);
  const submit = () => {
    setAsked(true);
    const note = operatorNoteSchema.safeParse({ operator, reason });
    if (!note.success) return;
    usePreferences.setState({ operator: note.data.operator });
    run.mutate(note.data);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title}
      description={words.effect}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} tone={action === 'isolate' ? 'danger' : 'primary'} busy={run.isPending}>
            {words.button}
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
        <FormNotes error={run.error} />
      </form>
    </Dialog>
  );
}

function actionWords(
  provider: ProviderStatus,
  action: ProviderAction,
): { title: string; effect: string; button: string } {
  const name = provider.display_name;
  switch (action) {
    case 'reset':
      return {
        title: `Close the breaker of ${name}`,
        effect: 'It gets its full share of traffic at once, without a trial or a ramp.',
        button: 'Close the breaker',
      };
    case 'isolate':
      return {
        title: `Take ${name} out by hand`,
        effect: `Its ${formatRate(provider.gauges.requests_per_second)} move to the next in the chain; ${provider.gauges.in_flight} requests in flight may finish. It stays out until somebody puts it back.`,
        button: 'Take out',
      };
    case 'rejoin':
      return {
        title: `Put ${name} back`,
        effect: 'It takes traffic again as its health and its breaker allow.',
        button: 'Put back',
      };
  }
}
