import { Ellipsis } from 'lucide-react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { changeSearch } from '../../app/router.tsx';
import { isStale, useConnection } from '../../state/connection.ts';
import { openForceDialog } from '../../state/force-dialog.ts';
import { askProviderAction } from '../../state/provider-action.ts';
import { IconButton } from '../../ui/Button.tsx';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';

/** What an operator can do with one provider. */
export function ProviderMenu({ provider, className }: { provider: ProviderStatus; className?: string }) {
  const stale = useConnection(isStale);
  return (
    <Menu
      trigger={
        <IconButton icon={Ellipsis} size="small" label={`Actions for ${provider.display_name}`} className={className} />
      }
      items={menuItems(provider, stale)}
    />
  );
}

function menuItems(provider: ProviderStatus, stale: boolean): MenuItem[] {
  const { isolation, breaker, health } = provider;
  const held = breaker.state !== 'closed' || breaker.cooling_until !== null || breaker.admitted_share < 1;
  return [
    { key: 'runbook', label: 'Runbook', onSelect: () => changeSearch({ runbook: provider.name }) },
    {
      key: 'force',
      label: 'Force all traffic here…',
      disabled: stale || health.status === 'disabled',
      onSelect: () => openForceDialog({ provider: provider.name }),
    },
    {
      key: 'reset',
      label: 'Close the breaker…',
      disabled: stale || !held,
      onSelect: () => askProviderAction('reset', provider.name),
    },
    isolation
      ? {
          key: 'rejoin',
          label: 'Put back…',
          disabled: stale,
          onSelect: () => askProviderAction('rejoin', provider.name),
        }
      : {
          key: 'isolate',
          label: 'Take out by hand…',
          disabled: stale || health.status === 'disabled',
          onSelect: () => askProviderAction('isolate', provider.name),
        },
  ];
}
