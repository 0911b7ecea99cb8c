import type { InferenceLoad } from '../../../shared/domain/provider.ts';
import { memberOfKey, unitOf } from './prefix-affinity.ts';
import { memberAt, positionOfTurn, splitByShare } from './traffic-share.ts';
import type { Weighted } from './traffic-share.ts';
import type { DecisionInput } from './types.ts';

/** From this share on a vLLM's KV cache is about to preempt running requests; such an instance comes last. */
const FULL_KV_CACHE = 0.9;

/**
 * A conversation leaves the instance that knows it when its queue is longer than this many times another's and these many
 * requests: reading a prompt anew costs about as much as waiting for a few others.
 */
const CLEARLY_MORE = { factor: 1.5, requests: 4 };

/** What sorts one member of a group; compared from the first figure on, smaller is earlier. */
type Rank = readonly number[];

/**
 * A group of equal priority in the order in which this request should try its members. With `health_aware` the well come
 * first, then those never probed, then the rest; without it every member keeps its turn whatever its probes say. Among
 * equals those with a free place come before those where the request would have to wait. Within such a tier a canary
 * gets its share whatever the strategy; the strategy orders the others, by weight; and with `prefix_affinity` the member
 * that knows the conversation comes first, unless it is clearly more loaded.
 */
export function balanced(names: readonly string[], input: DecisionInput): string[] {
  if (names.length < 2) return [...names];
  const { healthAware } = input.registry.routing.loadBalancing;
  const tiers = new Map<number, string[]>();
  for (const name of names) {
    const tier = (healthAware ? 2 * healthTier(name, input) : 0) + (isFull(name, input) ? 1 : 0);
    tiers.set(tier, [...(tiers.get(tier) ?? []), name]);
  }
  return [...tiers.entries()]
    .toSorted(([left], [right]) => left - right)
    .flatMap(([, members]) => (members.length === 1 ? members : arranged(members, input)));
}

function arranged(names: readonly string[], input: DecisionInput): string[] {
  const key = affinityKey(input);
  const members = names.map((name) => ({ name, weight: weightOf(name, input) }));
  // With affinity a share is one of conversations: a canary that answers one turn answers the next as well.
  const place = key === null ? positionOfTurn(input.turn) : unitOf(key);
  const { canary, regulars, waiting, position } = splitByShare(members, place);
  const ordered = key === null ? byStrategy(regulars, position, input) : byAffinity(regulars, key, position, input);
  return [...(canary === null ? [] : [canary]), ...ordered, ...waiting];
}

function byStrategy(members: readonly Weighted[], position: number, input: DecisionInput): string[] {
  const inTurn = rotated(members, position, input.turn);
  const { strategy } = input.registry.routing.loadBalancing;
  if (strategy === 'round_robin') return inTurn.map(({ name }) => name);
  const unknown = usualLoad(inTurn, input);
  const ranks = new Map(inTurn.map((member) => [member.name, rankOf(member, strategy, input, unknown)]));
  return inTurn
    .map(({ name }) => name)
    .toSorted((left, right) => compare(ranks.get(left) ?? [], ranks.get(right) ?? []));
}

/** Each its turn; with unequal weights, turns in proportion to them. */
function rotated(members: readonly Weighted[], position: number, turn: number): Weighted[] {
  if (members.length < 2) return [...members];
  const equal = members.every(({ weight }) => weight === members[0]?.weight);
  const first = memberAt(members, position);
  const start = equal ? turn % members.length : members.findIndex(({ name }) => name === first);
  return [...members.slice(start), ...members.slice(0, start)];
}

function byAffinity(members: readonly Weighted[], key: string, position: number, input: DecisionInput): string[] {
  const others = byStrategy(members, position, input);
  const known = memberOfKey(key, members);
  if (known === null || isClearlyMoreLoaded(known, others, input)) return others;
  return [known, ...others.filter((name) => name !== known)];
}

function isClearlyMoreLoaded(name: string, others: readonly string[], input: DecisionInput): boolean {
  const queue = (member: string): number => queueLength(member, input) / Math.max(1, weightOf(member, input));
  const least = Math.min(...others.map(queue));
  if (queue(name) > CLEARLY_MORE.factor * least + CLEARLY_MORE.requests) return true;
  return hasFullCache(name, input) && others.some((other) => !hasFullCache(other, input));
}

function affinityKey(input: DecisionInput): string | null {
  return input.registry.routing.loadBalancing.prefixAffinity ? (input.affinityKey ?? null) : null;
}

function weightOf(name: string, input: DecisionInput): number {
  return input.registry.providers.find((provider) => provider.name === name)?.weight ?? 1;
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

/** Whether a request would have to wait for a place there. */
function isFull(name: string, input: DecisionInput): boolean {
  const limit = input.registry.providers.find((provider) => provider.name === name)?.limits.max_concurrent;
  return limit !== undefined && input.inFlight(name) >= limit;
}

function rankOf(
  { name, weight }: Weighted,
  strategy: 'least_connections' | 'least_loaded',
  input: DecisionInput,
  unknown: UsualLoad,
): Rank {
  // The request itself is counted: of two idle members the larger one is the less loaded with it.
  if (strategy === 'least_connections') return [(input.inFlight(name) + 1) / weight];
  const cache = input.standing(name).load?.kv_cache_usage ?? unknown.cache;
  const queue = isKnown(name, input) ? queueLength(name, input) : Math.max(unknown.queue, input.inFlight(name));
  return [hasFullCache(name, input) ? 1 : 0, (queue + 1) / weight, cache];
}

/** What a member whose own figures are unknown is taken for: neither idle nor the fullest, but like the others on average. */
interface UsualLoad {
  queue: number;
  cache: number;
}

function usualLoad(members: readonly Weighted[], input: DecisionInput): UsualLoad {
  const mean = (figures: readonly number[]): number =>
    figures.length === 0 ? 0 : figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  const names = members.map(({ name }) => name);
  return {
    queue: mean(names.filter((name) => isKnown(name, input)).map((name) => queueLength(name, input))),
    cache: mean(names.flatMap((name) => input.standing(name).load?.kv_cache_usage ?? [])),
  };
}

function isKnown(name: string, input: DecisionInput): boolean {
  return (input.standing(name).load?.running ?? null) !== null;
}

function hasFullCache(name: string, input: DecisionInput): boolean {
  return (input.standing(name).load?.kv_cache_usage ?? 0) >= FULL_KV_CACHE;
}

/**
 * Requests that a server has to do. Between two scrapes only our own count moves, so the larger of both holds; a figure
 * that the server does not tell is not zero but our own count.
 */
function queueLength(name: string, input: DecisionInput): number {
  const inFlight = input.inFlight(name);
  const load: InferenceLoad | null = input.standing(name).load;
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
