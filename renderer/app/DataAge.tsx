import { useConnection } from '../state/connection.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { useNow } from '../state/now.ts';
import { Quantity } from '../ui/figures.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { StatusShape } from '../ui/StatusMark.tsx';

const SLOW_MS = 3000;

/** How old what the screen shows is. Green only while the stream runs. */
export function DataAge() {
  const { phase, lastMessageAt, clockOffsetMs } = useConnection();
  const now = useNow(250) - clockOffsetMs;
  const age = lastMessageAt === null ? null : Math.max(0, now - lastMessageAt);
  const slow = phase === 'live' && age !== null && age > SLOW_MS;
  const explanation =
    age === null ? 'Nothing has come from the gateway yet.' : 'Age of the newest message from the gateway.';
  return (
    <Tooltip content={explanation}>
      <span
        // Reached by keyboard, so that its explanation is.
        tabIndex={0}
        className="inline-flex items-center justify-end gap-1.5 text-table whitespace-nowrap text-ink-muted sm:min-w-20"
      >
        <StatusShape
          status={phase === 'live' ? (slow ? 'degraded' : 'healthy') : phase === 'connecting' ? 'unknown' : 'unhealthy'}
          size={8}
        />
        <span className="max-sm:sr-only">
          {phase === 'live' ? (slow ? 'slow' : 'live') : phase === 'connecting' ? 'connecting' : 'offline'}
        </span>
        {age !== null && (
          <Quantity text={phase === 'live' && age < 9950 ? `${(age / 1000).toFixed(1)} s` : formatDuration(age)} />
        )}
      </span>
    </Tooltip>
  );
}
