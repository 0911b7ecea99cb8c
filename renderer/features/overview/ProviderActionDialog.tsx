import { useMutation } from '@tanstack/react-query';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { formatRate } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useProviders } from '../../state/live.ts';
import { closeProviderAction, useProviderAction, type ProviderAction } from '../../state/provider-action.ts';
import { NoteDialog } from '../operator-note/NoteDialog.tsx';

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
  const run = useMutation({
    mutationFn: (note: OperatorNote) => client.providers[action]({ name: provider.name, ...note }),
    onSuccess: onClose,
  });
  const words = actionWords(provider, action);
  return (
    <NoteDialog
      title={words.title}
      description={words.effect}
      action={words.button}
      tone={action === 'isolate' ? 'danger' : 'primary'}
      busy={run.isPending}
      error={run.error}
      onSubmit={(note) => run.mutate(note)}
      onClose={onClose}
    />
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
