import { Play, Square } from 'lucide-react';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import { Link } from '../../app/router.tsx';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { isSameReplay, startReplay, stopReplay, useReplayRun } from '../../state/replay-run.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { formatPercent } from '../../../shared/format/number.ts';
import { Button } from '../../ui/Button.tsx';
import { providerShifts, replaySentence } from '../replay/replay-model.ts';

/** The traffic that a change is tried on: the last day, as it holds every hour of it once. */
const SPAN = '24h';

/** What the draft would have changed of the last day's traffic, in a few lines; the whole answer is a link away. */
export function DraftPreview({ changes, ready }: { changes: RoutingDocument; ready: boolean }) {
  const { client } = useConsoleApi();
  const stale = useConnection(isStale);
  const labels = useProviderLabels();
  const { request, runningSince, result, answered, problem } = useReplayRun();
  const asked = { since: SPAN, routing: changes };
  const mine = isSameReplay(request, asked);
  const running = mine && runningSince !== null;
  const shown = result !== null && isSameReplay(answered, asked) ? result : null;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line pt-2">
      {running ? (
        <Button size="small" icon={Square} onClick={stopReplay}>
          Stop the preview
        </Button>
      ) : (
        <Button
          size="small"
          icon={Play}
          disabled={!ready || stale}
          onClick={() => void startReplay(client.replay, asked)}
        >
          Preview on the last 24 h
        </Button>
      )}
      <div role="status" className="min-w-0 flex-1 basis-64 break-words">
        {running && <span className="text-ink-muted">Replaying the recorded requests…</span>}
        {mine && problem !== null && <span className="text-bad">{problem}</span>}
        {shown && !running && (
          <>
            <p>{replaySentence(shown)}</p>
            <p className="text-table text-ink-muted tabular-nums">
              {providerShifts(shown)
                .map(({ provider, before, after }) => {
                  const share = (side: typeof before) => formatPercent(side?.share ?? 0);
                  return `${labels(provider)} ${share(before)} → ${share(after)}`;
                })
                .join(', ')}
            </p>
          </>
        )}
      </div>
      <Link
        to="/what-if"
        parameters={{ source: 'draft', range: SPAN }}
        className="text-accent underline-offset-2 hover:underline"
      >
        Open in What if
      </Link>
    </div>
  );
}
