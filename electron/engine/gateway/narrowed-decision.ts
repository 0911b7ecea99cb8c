import type { Decision } from '../../../shared/domain/decision.ts';
import type { Refusal } from '../quota/types.ts';

/** The decision as it stands for this request: whoever was asked, or turned it away (provider → why), is not eligible any more. */
export function withoutThose(decision: Decision, out: ReadonlyMap<string, string>): Decision {
  const candidates = decision.candidates.map((candidate) => {
    const reason = out.get(candidate.provider);
    if (reason === undefined || !candidate.eligible) return candidate;
    return { ...candidate, eligible: false, code: 'unhealthy' as const, reason };
  });
  return { ...decision, candidates };
}

/** The decision as it stands for this request: whoever's own limit had no room for it is not eligible any more. */
export function withoutRefused(decision: Decision, refused: ReadonlyMap<string, Refusal>): Decision {
  const candidates = decision.candidates.map((candidate) => {
    const refusal = refused.get(candidate.provider);
    if (refusal === undefined || !candidate.eligible) return candidate;
    return { ...candidate, eligible: false, code: refusal.code, reason: refusal.reason };
  });
  return { ...decision, candidates };
}

/** The decision once a provider's queue has turned the request away. */
export function withBusy(decision: Decision, provider: string, reason: string): Decision {
  const candidates = decision.candidates.map((candidate) =>
    candidate.provider === provider ? { ...candidate, eligible: false, code: 'busy' as const, reason } : candidate,
  );
  return { ...decision, candidates };
}
