import type { Decision } from '../../../shared/domain/decision.ts';
import type { Standing } from '../health/types.ts';
import { decideFor } from './decide-for.ts';
import { waitAsAskedMs } from './retry-delay.ts';
import type { GatewayRooms, Question } from './types.ts';

/** How long a request may wait for a provider that has asked to be left alone. All in milliseconds. */
export interface BriefCooling {
  waitMs: number;
  /** What one request waits for such providers at the most, all in all: no wait of a retry is longer either. */
  mostMs: number;
}

/**
 * The soonest end of a cooling that would let somebody serve; null where nobody is kept from it by a cooling alone.
 *
 * @param decision what holds now, without anybody to ask.
 * @param out provider → why it is not asked (again) for this request.
 */
export function briefCooling(
  rooms: GatewayRooms,
  question: Question,
  decision: Decision,
  out: ReadonlyMap<string, string>,
): BriefCooling | null {
  const cooling = decision.candidates.filter(({ code, provider }) => code === 'cooling' && !out.has(provider));
  if (cooling.length === 0) return null;
  const standing = (provider: string) => withoutCooling(rooms.health.standing(provider));
  const then = decideFor({ ...rooms, health: { ...rooms.health, standing } }, question, out);
  const now = rooms.clock.now();
  const waits = cooling
    .filter(({ provider }) => then.candidates.some((other) => other.provider === provider && other.eligible))
    .map(({ provider }) => ({
      waitMs: waitAsAskedMs((rooms.health.standing(provider).breaker.cooling_until ?? now) - now, rooms.random()),
      mostMs: rooms.registry().providers.find(({ name }) => name === provider)?.retry.maxMs ?? 0,
    }));
  return waits.toSorted((one, other) => one.waitMs - other.waitMs)[0] ?? null;
}

function withoutCooling(standing: Standing): Standing {
  return { ...standing, breaker: { ...standing.breaker, cooling_until: null } };
}
