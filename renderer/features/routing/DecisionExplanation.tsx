import type { Decision } from '../../../shared/domain/decision.ts';
import { onReadersClock } from '../../../shared/format/written-times.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { StatusShape } from '../../ui/StatusMark.tsx';

interface DecisionExplanationProps {
  decision: Decision;
  /** When it was made, epoch ms. */
  at: number;
  /** Of a request that is over: the providers that were asked. Left out where nothing was sent. */
  asked?: readonly string[];
}

/** A decision as every place tells it: the sentence, what it warns of, and every candidate with its reason. */
export function DecisionExplanation({ decision, at, asked }: DecisionExplanationProps) {
  const labels = useProviderLabels();
  const readable = useReadableReason();
  return (
    <div className="flex flex-col gap-2">
      <p className="text-pretty">{onReadersClock(decision.reason, at)}</p>
      {decision.complexity !== null && (
        <p className="text-ink-muted">
          Complexity {decision.complexity.toFixed(1)} of 10, tier {decision.tier}.
        </p>
      )}
      {decision.warnings.map((warning) => (
        <p key={warning} className="text-warn">
          {onReadersClock(warning, at)}
        </p>
      ))}
      <ol className="flex flex-col gap-1">
        {decision.candidates.map((candidate) => {
          const chosen = candidate.provider === decision.provider;
          const notAsked = whyNotAsked(decision, candidate.provider, asked);
          return (
            <li key={candidate.provider} className="flex items-baseline gap-2">
              <StatusShape status={candidate.eligible && notAsked === null ? 'healthy' : 'unknown'} size={8} />
              <span className="min-w-0 break-words">
                <span className={chosen ? 'font-medium' : undefined}>{labels(candidate.provider)}</span>
                {candidate.model !== null && <span className="text-ink-muted"> {candidate.model}</span>}
                {chosen && (
                  <span className={notAsked === null ? 'text-accent' : 'text-warn'}>
                    {notAsked === null ? ' chosen' : ' chosen first'}
                  </span>
                )}
                <span className="text-ink-muted">
                  : {candidate.eligible ? (notAsked === null ? 'can serve' : 'could serve') : 'ruled out'},{' '}
                  {readable(candidate.reason, at)}
                </span>
                {notAsked !== null && <span className="text-warn">; not asked: {readable(notAsked, at)}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Why a provider that could serve was not asked for a request that is over; null where it was, or needed not be. */
export function whyNotAsked(decision: Decision, provider: string, asked: readonly string[] | undefined): string | null {
  if (asked === undefined || asked.includes(provider)) return null;
  const passedOver = decision.passed_over?.find((each) => each.provider === provider);
  if (passedOver) return passedOver.reason;
  return provider === decision.provider ? 'the request ended before its turn came' : null;
}
