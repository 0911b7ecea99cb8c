import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { openForceDialog } from '../../state/force-dialog.ts';
import { IconButton } from '../../ui/Button.tsx';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';
import { ProviderActionDialog, type ProviderAction } from './ProviderActionDialog.tsx';

/** What an operator can do with one provider. */
export function ProviderMenu({ provider, className }: { provider: ProviderStatus; className?: string }) {
  const [action, setAction] = useState<ProviderAction | null>(null);
  return (
    <>
      <Menu
        trigger={
          <IconButton
            icon={Ellipsis}
            size="small"
            label={`Actions for ${provider.display_name}`}
            className={className}
          />
        }
        items={menuItems(provider, setAction)}
      />
      {action && <ProviderActionDialog provider={provider} action={action} onClose={() => setAction(null)} />}
    </>
  );
}

function menuItems(provider: ProviderStatus, setAction: (action: ProviderAction) => void): MenuItem[] {
  const { isolation, breaker, health } = provider;
  const held = breaker.state !== 'closed' || breaker.cooling_until !== null || breaker.admitted_share < 1;
  return [
    {
      key: 'force',
      label: 'Force all traffic here…',
      disabled: health.status === 'disabled',
      onSelect: () => openForceDialog({ provider: provider.name }),
    },
    { key: 'reset', label: 'Close the breaker…', disabled: !held, onSelect: () => setAction('reset') },
    isolation
      ? { key: 'rejoin', label: 'Put back…', onSelect: () => setAction('rejoin') }
      : {
          key: 'isolate',
          label: 'Take out by hand…',
          disabled: health.status === 'disabled',
          onSelect: () => setAction('isolate'),
        },
  ];
}
