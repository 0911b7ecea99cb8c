import type { Decision } from '../../../shared/domain/decision.ts';
import type { Override } from '../../../shared/domain/operations.ts';
import type { Verdict } from '../../../shared/domain/status.ts';
import type { Registry } from '../registry/types.ts';
import { primaryGroup as groupOf } from '../router/candidate-order.ts';

export interface VerdictView {
  verdict: Verdict;
  serving: string | null;
  primary: string;
  primaryGroup: string[];
  /** Why the primary does not serve, in a sentence without a final stop; empty when it does. */
  cause: string;
  forced: boolean;
  /** False as long as nobody has looked at who is said to serve since the start: nothing may be concluded from it. */
  settled: boolean;
}

/** A provider that answered "too many requests" and is back within this time has not stopped serving. */
const BRIEF_COOLING_MS = 5_000;

/**
 * Reads the verdict off the decision for an ordinary request made at this moment; `coolingMs` says for how long a provider
 * is still left alone after a rate limit, `isKnown` whether its health was looked at since the start. Pure.
 */
export function verdictOf(
  registry: Registry,
  decision: Decision,
  override: Override | null,
  coolingMs: (provider: string) => number,
  isKnown: (provider: string) => boolean = () => true,
): VerdictView {
  const { primary } = registry.routing;
  const primaryGroup = groupOf(registry);
  const brieflyCooling = decision.candidates.find(
    ({ code, provider }) => code === 'cooling' && coolingMs(provider) <= BRIEF_COOLING_MS,
  );
  const serving = decision.provider ?? brieflyCooling?.provider ?? null;
  const forced = override !== null && override.scope === 'all' && decision.rule === 'forced_by_operator';
  const own = decision.candidates.find((candidate) => candidate.provider === primary);
  const onPrimary = serving !== null && (serving === primary || primaryGroup.includes(serving));
  return {
    verdict: serving === null ? 'down' : onPrimary ? 'primary' : 'fallback',
    serving,
    primary,
    primaryGroup,
    cause: onPrimary
      ? ''
      : forced
        ? `forced by ${override.operator}: ${override.reason}`
        : (own?.reason ?? 'it is not in the chain'),
    forced,
    settled: serving === null || isKnown(serving),
  };
}
