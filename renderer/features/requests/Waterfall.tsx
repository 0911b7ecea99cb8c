import { clsx } from 'clsx';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Quantity } from '../../ui/figures.tsx';
import { whyNotAsked } from '../routing/DecisionExplanation.tsx';
import { STAGE_WORDS, waterfallOf, type Stage, type WaterfallRow } from './waterfall.ts';

const TONES: Readonly<Record<Stage, string>> = {
  queue: 'bg-line-strong',
  headers: 'bg-off',
  first_token: 'bg-accent/50',
  stream: 'bg-accent',
};

/** The attempts of a request to one scale; the figures stand beside the bars, for eyes and ears alike. */
export function Waterfall({ request }: { request: RequestDetail }) {
  const { total, rows } = waterfallOf(request);
  if (rows.length === 0) return <NobodyAsked request={request} />;
  return (
    <div className="flex flex-col gap-3">
      <ol className="flex flex-col gap-3">
        {rows.map((row) => (
          <AttemptRow key={row.attempt.index} row={row} total={total} />
        ))}
      </ol>
      <ul aria-hidden="true" className="flex flex-wrap gap-x-3 text-table text-ink-faint">
        {(Object.keys(TONES) as Stage[]).map((stage) => (
          <li key={stage} className="flex items-center gap-1">
            <span className={clsx('size-2 rounded-full forced-color-adjust-none', TONES[stage])} />
            {STAGE_WORDS[stage]}
          </li>
        ))}
        <li className="ml-auto tabular-nums">{formatDuration(total)}</li>
      </ul>
    </div>
  );
}

/** Without an attempt: whom the decision had chosen all the same, and what came between. */
function NobodyAsked({ request: { decision, started_at: at } }: { request: RequestDetail }) {
  const label = useProviderLabels();
  const readable = useReadableReason();
  const chosen = decision?.provider ?? null;
  const why = decision && chosen !== null ? whyNotAsked(decision, chosen, []) : null;
  return (
    <p className="break-words text-ink-muted">
      No provider was asked
      {chosen !== null && `: ${label(chosen)} was chosen first, but not asked, because ${readable(why ?? '', at)}`}.
    </p>
  );
}

function AttemptRow({ row: { attempt, segments }, total }: { row: WaterfallRow; total: number }) {
  const label = useProviderLabels();
  const readable = useReadableReason();
  const kind = attempt.resume ? 'resumed' : attempt.retry ? 'tried again' : null;
  const failed = attempt.outcome === 'failure';
  return (
    <li className="flex flex-col gap-1">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">
          {attempt.index + 1}. {label(attempt.provider)}
        </span>
        <span className="font-mono text-table text-ink-muted">{attempt.model}</span>
        {kind !== null && <span className="text-table text-ink-muted">{kind}</span>}
        <span className={clsx('ml-auto text-table', failed ? 'text-bad' : 'text-ink-muted')}>
          {failed
            ? `${attempt.failure_class?.replaceAll('_', ' ') ?? 'failed'}${attempt.http_status === null ? '' : ` (${attempt.http_status})`}`
            : attempt.outcome === 'cancelled'
              ? 'caller left'
              : 'answered'}
        </span>
      </div>
      <div aria-hidden="true" className="relative h-3 rounded-small bg-inset">
        {segments.map(({ stage, from, to }) => (
          <span
            key={stage}
            title={`${STAGE_WORDS[stage]}: ${formatDuration(to - from)}`}
            className={clsx(
              'absolute inset-y-0 min-w-px forced-color-adjust-none first:rounded-l-small last:rounded-r-small',
              TONES[stage],
            )}
            style={{ left: `${(from / total) * 100}%`, width: `${((to - from) / total) * 100}%` }}
          />
        ))}
      </div>
      <p className="flex flex-wrap gap-x-3 text-table text-ink-muted tabular-nums">
        {segments.map(({ stage, from, to }) => (
          <span key={stage}>
            {STAGE_WORDS[stage]} <Quantity text={formatDuration(to - from)} />
          </span>
        ))}
      </p>
      {attempt.message !== null && (
        <p className="break-words text-table text-bad">{readable(attempt.message, attempt.started_at)}</p>
      )}
      {attempt.adjusted.length > 0 && (
        <p className="text-table text-ink-muted">Changed for it: {attempt.adjusted.join('; ')}.</p>
      )}
    </li>
  );
}
