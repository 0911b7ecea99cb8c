import type { InferenceLoad } from '../../../shared/domain/provider.ts';
import type { DecisionInput } from './types.ts';

/** From this share on a vLLM's KV cache is about to preempt running requests; such an instance comes last. */
const FULL_KV_CACHE = 0.9;

/** What sorts one member of a group; compared from the first figure on, smaller is earlier. */
type Rank = readonly number[];

/**
 * A group of equal priority in the order in which this request should try its members. `turn` rotates the group, which is
 * round robin by itself and breaks ties otherwise. With `health_aware` the well come first, then those never probed, then
 * the rest; without it every member keeps its turn whatever its probes say.
 */
export function balanced(names: readonly string[], input: DecisionInput): string[] {
  if (names.length < 2) return [...names];
  const { strategy, healthAware } = input.registry.routing.loadBalancing;
  const tiers = new Map<number, string[]>();
  for (const name of names) {
    const tier = healthAware ? healthTier(name, input) : 0;
    tiers.set(tier, [...(tiers.get(tier) ?? []), name]);
  }
  // Rotated within each tier: over the whole group, the neighbour of a member that is out would get its turns as well.
  return [...tiers.entries()]
    .toSorted(([left], [right]) => left - right)
    .flatMap(([, members]) => {
      const rotated = rotate(members, input.turn);
      if (strategy === 'round_robin') return rotated;
      const ranks = new Map(rotated.map((name) => [name, rankOf(name, strategy, input)]));
      return rotated.toSorted((left, right) => compare(ranks.get(left) ?? [], ranks.get(right) ?? []));
    });
}

function rotate(names: readonly string[], turn: number): string[] {
  const start = turn % names.length;
  return [...names.slice(start), ...names.slice(0, start)];
}

function healthTier(name: string, input: DecisionInput): number {
  const config = input.registry.providers.find((provider) => provider.name === name);
  if (!config?.enabled) return 2;
  const { health, breaker, isolation } = input.standing(name);
  const cooling = breaker.cooling_until !== null && breaker.cooling_until > input.now;
  if (isolation || cooling || breaker.state === 'open') return 2;
  if (health.status === 'healthy' || health.status === 'degraded') return 0;
  return health.status === 'unknown' ? 1 : 2;
}

function rankOf(name: string, strategy: 'least_connections' | 'least_loaded', input: DecisionInput): Rank {
  const inFlight = input.inFlight(name);
  if (strategy === 'least_connections') return [inFlight];
  const { load } = input.standing(name);
  const cache = load?.kv_cache_usage ?? null;
  return [cache !== null && cache >= FULL_KV_CACHE ? 1 : 0, queueLength(load, inFlight), cache ?? 0];
}

/**
 * Requests that a server has to do. Between two scrapes only our own count moves, so the larger of both holds; a figure
 * that the server does not tell is not zero but our own count.
 */
function queueLength(load: InferenceLoad | null, inFlight: number): number {
  if (!load || load.running === null) return inFlight + (load?.waiting ?? 0);
  return Math.max(load.running + (load.waiting ?? 0), inFlight);
}

function compare(left: Rank, right: Rank): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
