import type { Decision } from '../../../shared/domain/decision.ts';

/** The decision as it stands for this request: whoever was asked, or turned it away (provider → why), is not eligible any more. */
export function withoutThose(decision: Decision, out: ReadonlyMap<string, string>): Decision {
  const candidates = decision.candidates.map((candidate) => {
    const reason = out.get(candidate.provider);
    if (reason === undefined || !candidate.eligible) return candidate;
    return { ...candidate, eligible: false, code: 'unhealthy' as const, reason };
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
