import type { Candidate, Decision, Demand } from '../../../shared/domain/decision.ts';
import { activeOverride, candidateOrder, primaryGroup } from './candidate-order.ts';
import type { Place } from './candidate-order.ts';
import { embedderOf, judge } from './eligibility.ts';
import { chosenRule, explain } from './explain.ts';
import { tradesCostForLatency } from './high-load.ts';
import type { Decide, DecisionInput } from './types.ts';

const NOBODY_SLOW: ReadonlySet<string> = new Set();

/**
 * Who serves a request, and why: the order of everyone who could, each judged with a reason, the first eligible one chosen.
 * Pure: equal inputs give an equal decision. Waits for nothing; what it knows of health and budgets is what memory holds.
 */
export const decide: Decide = (input) => {
  const order = candidateOrder(input);
  const places = input.noFallback ? order.slice(0, 1) : order;
  const candidates = judgeAll(places, input);
  const chosen = candidates.find(({ eligible }) => eligible) ?? null;
  const { intent } = input;
  return {
    rule: chosenRule(places, chosen, input),
    reason: explain(places, candidates, input),
    requested_model: intent.requestedModel,
    tier: intent.tier,
    complexity: intent.complexity,
    call_site: intent.callSite,
    task_type: intent.taskType,
    provider: chosen?.provider ?? null,
    model: chosen?.model ?? null,
    candidates,
    warnings: [...intent.warnings, ...lostOverride(input)],
    ...(intent.asked && { asked: intent.asked, demand: demandOf(input) }),
    ...(intent.restricted && { restricted: intent.restricted }),
  } satisfies Decision;
};

/** A slow primary is passed over only for somebody who can serve; slow is better than not at all. */
function judgeAll(places: readonly Place[], input: DecisionInput): Candidate[] {
  const slow = slowProviders(input);
  const embedder = embedderOf(places, input);
  const candidates = places.map((place) => judge(place, input, { slow, embedder }));
  if (slow.size === 0 || candidates.some(({ eligible }) => eligible)) return candidates;
  return places.map((place) => judge(place, input, { slow: NOBODY_SLOW, embedder }));
}

/**
 * Members of the primary group that new requests are kept from while they are slow, where the registry trades cost for
 * latency. Only what nobody asked for by name is moved.
 */
function slowProviders(input: DecisionInput): ReadonlySet<string> {
  const { registry, intent } = input;
  const { highLoad } = registry.routing;
  if (!tradesCostForLatency(registry, intent.callSite)) return NOBODY_SLOW;
  if (input.forcedProvider !== null || intent.rule !== 'primary') return NOBODY_SLOW;
  if (activeOverride(input) !== null) return NOBODY_SLOW;
  return new Set(
    primaryGroup(registry).filter((name) => {
      const { slow, recentLatencyMs } = input.standing(name);
      return slow ?? (recentLatencyMs ?? 0) > highLoad.thresholdMs;
    }),
  );
}

function demandOf({ needs, forcedProvider, noFallback }: DecisionInput): Demand {
  const { tools, images, jsonSchema, onlyIn, embeddings = false, tokens } = needs;
  return {
    tools,
    images,
    json_schema: jsonSchema,
    ...(onlyIn && { only_in: onlyIn }),
    embeddings,
    tokens,
    forced_provider: forcedProvider,
    no_fallback: noFallback,
  };
}

function lostOverride({ override, registry }: DecisionInput): string[] {
  if (!override || registry.providers.some(({ name }) => name === override.provider)) return [];
  return [`the override forces ${override.provider}, which the registry no longer has; it is ignored`];
}
