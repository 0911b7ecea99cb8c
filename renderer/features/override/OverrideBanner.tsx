import { useMutation } from '@tanstack/react-query';
import { CalendarPlus } from 'lucide-react';
import { MAXIMUM_OVERRIDE_SECONDS, type Override } from '../../../shared/domain/operations.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { openForceDialog } from '../../state/force-dialog.ts';
import { useNow } from '../../state/now.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { Countdown } from '../../ui/time.tsx';
import { usePreferences } from '../../state/preferences.ts';

/** The scope of an override in words. */
function scopeWords(scope: string): string {
  if (scope === 'all') return 'all traffic';
  const [kind = '', ...rest] = scope.split(':');
  return `${kind === 'call-site' ? 'call site' : 'model'} ${rest.join(':')}`;
}

/** Stands on every screen while a provider is forced: for what, by whom, why, how long yet, and the way out. */
export function OverrideBanner({ override }: { override: Override }) {
  const { client } = useConsoleApi();
  const now = useNow();
  const labels = useProviderLabels();
  const stale = useConnection(isStale);
  const operator = usePreferences((state) => state.operator) || override.operator;
  const release = useMutation({
    mutationFn: () => client.override.release({ operator, reason: 'released from the console' }),
  });
  const extend = useMutation({
    mutationFn: (seconds: number) =>
      client.override.set({
        provider: override.provider,
        scope: override.scope,
        reason: override.reason,
        operator,
        ttl_seconds: Math.min(
          MAXIMUM_OVERRIDE_SECONDS,
          Math.max(10, Math.round((override.expires_at - now) / 1000) + seconds),
        ),
      }),
  });
  const problem = release.error ?? extend.error;
  const actions = (
    <>
      <Menu
        trigger={
          <Button size="small" icon={CalendarPlus} disabled={stale} busy={extend.isPending}>
            Extend
          </Button>
        }
        items={[
          { key: '15m', label: 'By 15 min', onSelect: () => extend.mutate(15 * 60) },
          { key: '1h', label: 'By 1 h', onSelect: () => extend.mutate(60 * 60) },
          { key: 'change', label: 'Change…', onSelect: () => openForceDialog(override) },
        ]}
      />
      <Button size="small" disabled={stale} busy={release.isPending} onClick={() => release.mutate()}>
        Release
      </Button>
    </>
  );
  return (
    <Banner tone="forced" actions={actions}>
      <span className="font-medium">
        Forced to {labels(override.provider)} for {scopeWords(override.scope)}
      </span>{' '}
      by {override.operator}: {override.reason}.{' '}
      <span className="text-ink-muted">
        Ends by itself in <Countdown until={override.expires_at} />.
      </span>
      {problem && <span className="ml-2 text-bad">{problem.message}</span>}
    </Banner>
  );
}
