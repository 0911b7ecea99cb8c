import type { Decision } from '../../../shared/domain/decision.ts';
import type { Headroom } from '../quota/types.ts';
import type { Standing } from '../health/types.ts';
import { priceKnown } from '../cost/compute-cost.ts';
import { decide } from '../router/decide.ts';
import type { GatewayRooms, Question } from './types.ts';

/**
 * Decides for one question with what is known at this moment. `out` names the providers that have already failed for this
 * request: to the decision they are unhealthy, so that conditions such as "use when the primary is unhealthy" hold.
 * `counted` says that the request has counted at its call site already.
 */
export function decideFor(
  rooms: GatewayRooms,
  question: Pick<Question, 'intent' | 'needs' | 'options' | 'origin' | 'affinityKey'> & { counted?: boolean },
  out: ReadonlyMap<string, string>,
): Decision {
  const now = rooms.clock.now();
  const { callSite } = question.intent;
  const decision = decide({
    registry: rooms.registry(),
    intent: question.intent,
    needs: question.needs,
    forcedProvider: question.options.forceProvider,
    noFallback: question.options.noFallback,
    failed: out,
    benchmarking: question.origin === 'playground' || question.origin === 'shadow',
    override: rooms.override(),
    standing: (provider) => withFailure(rooms.health.standing(provider), out.get(provider), now),
    headroom: (provider, model) =>
      waitingIsOpen(
        rooms.quota.headroom(
          provider,
          callSite,
          question.counted,
          isUnpriced(rooms, { provider, model, callSite, now }),
        ),
      ),
    availability: (provider) => rooms.provider(provider).availability(),
    capabilities: (provider, model) => rooms.provider(provider).capabilities(model),
    inFlight: (provider) => {
      const { inFlight, queued } = rooms.quota.inFlight(provider);
      return inFlight + queued;
    },
    affinityKey: question.affinityKey ?? null,
    turn: rooms.nextTurn(),
    now,
  });
  return withUnpricedWarning(rooms, withDiscoveredModels(rooms, decision), now);
}

/** A self-hosted server whose model the registry leaves open serves the one it told of itself. */
function withDiscoveredModels(rooms: GatewayRooms, decision: Decision): Decision {
  const discovered = (provider: string): string | null =>
    rooms.registry().providers.some(({ name }) => name === provider)
      ? rooms.provider(provider).discoveredModel()
      : null;
  const candidates = decision.candidates.map((candidate) => ({
    ...candidate,
    model: candidate.model ?? discovered(candidate.provider),
  }));
  const chosen = candidates.find(({ provider }) => provider === decision.provider);
  return { ...decision, model: chosen?.model ?? decision.model, candidates };
}

/** Who would be asked for which model, from which call site and when. */
interface Asking {
  provider: string;
  model: string | null;
  callSite: string | null;
  now: number;
}

/** A spending limit stands over the request, and nobody knows its price. Looked up only where there is such a limit. */
function isUnpriced(rooms: GatewayRooms, { provider, model, callSite, now }: Asking): boolean {
  if (!rooms.quota.limitsSpending(provider, callSite)) return false;
  const config = rooms.registry().providers.find(({ name }) => name === provider);
  if (!config) return false;
  return !priceKnown(config, model ?? config.model ?? provider, now);
}

/** A budget that cannot hold back who was chosen is told of; where unknown prices are refused, nobody such is chosen. */
function withUnpricedWarning(rooms: GatewayRooms, decision: Decision, now: number): Decision {
  const { provider, model, call_site: callSite } = decision;
  if (provider === null || !isUnpriced(rooms, { provider, model, callSite, now })) return decision;
  const warning = `no price is known for ${model ?? provider}: usd_per_day counts this request apart and cannot hold it back; set pricing on ${provider}`;
  return { ...decision, warnings: [...decision.warnings, warning] };
}

function withFailure(standing: Standing, failure: string | undefined, now: number): Standing {
  if (failure === undefined) return standing;
  return {
    ...standing,
    health: { ...standing.health, status: 'unhealthy', reason: `failed for this request: ${failure}`, since: now },
  };
}

/** Whoever has a place for those who wait is still the right one. */
function waitingIsOpen(headroom: Headroom): Headroom {
  return !headroom.open && headroom.waits ? { open: true } : headroom;
}
