import type { Candidate, RouteRule } from '../../../shared/domain/decision.ts';
import type { Place } from './candidate-order.ts';
import type { DecisionInput } from './types.ts';

/** The rule that a place in the order stands for. */
function ruleOf(place: Place | undefined, input: DecisionInput): RouteRule {
  if (place?.role === 'forced') return 'forced_by_request';
  if (place?.role === 'override') return 'forced_by_operator';
  return input.intent.rule;
}

/** The rule that chose: the first place's own, or the fallback when somebody behind it serves. */
export function chosenRule(places: readonly Place[], chosen: Candidate | null, input: DecisionInput): RouteRule {
  const intended = places[0];
  const place = places.find(({ provider }) => provider === chosen?.provider);
  const isFallback = place !== undefined && intended !== undefined && place.role !== intended.role;
  return isFallback ? 'fallback' : ruleOf(intended, input);
}

/** The whole decision in one sentence; the same on every screen, header and command. */
export function explain(places: readonly Place[], candidates: readonly Candidate[], input: DecisionInput): string {
  const chosen = candidates.find(({ eligible }) => eligible) ?? null;
  if (!chosen) return nobody(candidates, input);
  const before = candidates.slice(0, candidates.indexOf(chosen));
  const rule = chosenRule(places, chosen, input);
  const name = chosen.model === null ? chosen.provider : `${chosen.provider} (${chosen.model})`;
  const passed = before.map(({ provider, reason }) => `${provider} is passed over (${reason})`).join(', ');
  if (rule === 'fallback') return `${name} stands in: ${passed}.`;
  const why = `${name} is asked because ${because(rule, chosen, input)}`;
  return passed === '' ? `${why}.` : `${why}; ${passed}.`;
}

function because(rule: RouteRule, chosen: Candidate, input: DecisionInput): string {
  switch (rule) {
    case 'forced_by_request':
      return 'the request forces it';
    case 'forced_by_operator':
      return `${input.override?.operator ?? 'the operator'} forces it: ${input.override?.reason ?? 'no reason given'}`;
    case 'primary':
      return chosen.provider === input.registry.routing.primary
        ? `it is the primary (${chosen.reason})`
        : `it shares the load of the primary (${chosen.reason})`;
    default:
      return input.intent.reason;
  }
}

function nobody(candidates: readonly Candidate[], { forcedProvider, noFallback }: DecisionInput): string {
  if (candidates.length === 0) return 'Nobody can serve: no provider is configured.';
  const reasons = candidates.map(({ provider, reason }) => `${provider} (${reason})`).join(', ');
  if (forcedProvider !== null) return `Nobody can serve: the request forces ${reasons}.`;
  if (noFallback) return `Nobody can serve: the request allows no fallback from ${reasons}.`;
  return `Nobody can serve: ${reasons}.`;
}
