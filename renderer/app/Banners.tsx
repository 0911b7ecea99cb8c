import { RotateCw } from 'lucide-react';
import { DrillBanner } from '../features/drills/DrillBanner.tsx';
import { OverrideBanner } from '../features/override/OverrideBanner.tsx';
import { useConnection } from '../state/connection.ts';
import { useStatus } from '../state/live.ts';
import { useNow } from '../state/now.ts';
import { Banner } from '../ui/Banner.tsx';
import { Button } from '../ui/Button.tsx';
import { countdownText, RelativeTime } from '../ui/time.tsx';

/** What every screen has to say: the line is down, somebody forced a provider, an edit was refused. */
export function Banners({ onRetry }: { onRetry: () => void }) {
  const status = useStatus();
  return (
    <div className="shrink-0">
      <ConnectionBanner onRetry={onRetry} />
      {status?.override && <OverrideBanner override={status.override} />}
      {status?.drill && <DrillBanner drill={status.drill} />}
      {status?.config.error && (
        <Banner tone="warn">
          <span className="font-medium">The newest edit of {status.config.path ?? 'the registry'} was refused. </span>
          {status.config.error} The configuration of <RelativeTime at={status.config.loaded_at} /> keeps running.
        </Banner>
      )}
    </div>
  );
}

function ConnectionBanner({ onRetry }: { onRetry: () => void }) {
  const { phase, problem, retryAt, lastMessageAt, clockOffsetMs } = useConnection();
  const now = useNow() - clockOffsetMs;
  if (phase !== 'lost' && phase !== 'expired') return null;
  const retry = (
    <Button size="small" icon={RotateCw} onClick={onRetry} disabled={retryAt === null}>
      {retryAt === null ? 'Connecting…' : 'Try now'}
    </Button>
  );
  return (
    <Banner tone="bad" actions={retry}>
      <span className="font-medium">{phase === 'expired' ? problem : 'Connection lost. '}</span>
      {phase === 'lost' && problem}{' '}
      {lastMessageAt !== null && (
        <>
          Last heard <RelativeTime at={lastMessageAt + clockOffsetMs} />.{' '}
        </>
      )}
      {retryAt !== null && phase === 'lost' && (
        <span className="text-ink-muted">Next attempt in {countdownText(retryAt - now)}.</span>
      )}
    </Banner>
  );
}
