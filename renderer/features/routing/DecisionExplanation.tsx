import type { Decision } from '../../../shared/domain/decision.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { StatusShape } from '../../ui/StatusMark.tsx';

/** A decision as every place tells it: the sentence, what it warns of, and every candidate with its reason. */
export function DecisionExplanation({ decision }: { decision: Decision }) {
  const labels = useProviderLabels();
  return (
    <div className="flex flex-col gap-2">
      <p className="text-pretty">{decision.reason}</p>
      {decision.complexity !== null && (
        <p className="text-ink-muted">
          Complexity {decision.complexity.toFixed(1)} of 10, tier {decision.tier}.
        </p>
      )}
      {decision.warnings.map((warning) => (
        <p key={warning} className="text-warn">
          {warning}
        </p>
      ))}
      <ol className="flex flex-col gap-1">
        {decision.candidates.map((candidate) => {
          const chosen = candidate.provider === decision.provider;
          return (
            <li key={candidate.provider} className="flex items-baseline gap-2">
              <StatusShape status={candidate.eligible ? 'healthy' : 'unknown'} size={8} />
              <span className="min-w-0 break-words">
                <span className={chosen ? 'font-medium' : undefined}>{labels(candidate.provider)}</span>
                {candidate.model !== null && <span className="text-ink-muted"> {candidate.model}</span>}
                {chosen && <span className="text-accent"> chosen</span>}
                <span className="text-ink-muted">
                  : {candidate.eligible ? 'can serve' : 'ruled out'}, {candidate.reason}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
