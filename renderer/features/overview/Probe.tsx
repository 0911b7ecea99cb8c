import { useMutation } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { IconButton } from '../../ui/Button.tsx';
import { RelativeTime } from '../../ui/time.tsx';

/** When the provider was probed last, and the button that probes it now. */
export function Probe({ provider }: { provider: ProviderStatus }) {
  const { client } = useConsoleApi();
  const stale = useConnection(isStale);
  const probe = useMutation({ mutationFn: () => client.providers.probe({ name: provider.name }) });
  return (
    <div className="flex min-w-0 items-center text-micro text-ink-faint">
      <span className="min-w-0 truncate">
        {probe.error ? (
          <span className="text-bad" title={probe.error.message}>
            {probe.error.message}
          </span>
        ) : provider.health.checked_at === null ? (
          'not probed yet'
        ) : (
          <>
            <span className="max-2xl:sr-only">probed </span>
            <RelativeTime at={provider.health.checked_at} />
          </>
        )}
      </span>
      <IconButton
        icon={Activity}
        size="small"
        label="Probe now"
        disabled={stale || probe.isPending}
        aria-busy={probe.isPending || undefined}
        onClick={() => probe.mutate()}
        className="-mr-1.5 -mb-1"
      />
    </div>
  );
}
