import { useMutation } from '@tanstack/react-query';
import type { Drill } from '../../../shared/domain/drills.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { usePreferences } from '../../state/preferences.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { Countdown } from '../../ui/time.tsx';
import { faultWords } from './drill-words.ts';

/** Stands on every screen while a drill is announced or runs, so that nobody takes it for the real thing. */
export function DrillBanner({ drill }: { drill: Drill }) {
  const { client } = useConsoleApi();
  const labels = useProviderLabels();
  const stale = useConnection(isStale);
  const operator = usePreferences((state) => state.operator) || drill.operator;
  const abort = useMutation({
    mutationFn: () => client.drills.abort({ operator, reason: 'aborted from the console' }),
  });
  const actions = (
    <Button size="small" disabled={stale} busy={abort.isPending} onClick={() => abort.mutate()}>
      Abort drill
    </Button>
  );
  const name = labels(drill.provider);
  return (
    <Banner tone="forced" actions={actions}>
      <span className="font-medium">
        Drill {drill.id} on {name}
      </span>{' '}
      by {drill.operator}: {faultWords(drill)}. {drill.reason}.{' '}
      <span className="text-ink-muted">
        {drill.state === 'scheduled' && (
          <>
            Begins in <Countdown until={drill.starts_at} />.
          </>
        )}
        {drill.state === 'running' && (
          <>
            The fault ends by itself in <Countdown until={drill.fault_ends_at} />.
          </>
        )}
        {drill.state === 'recovering' && <>The fault is over; {name} is not back in full yet.</>}
      </span>
      {abort.error && <span className="ml-2 text-bad">{abort.error.message}</span>}
    </Banner>
  );
}
