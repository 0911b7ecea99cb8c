import type { Decision } from '../../../shared/domain/decision.ts';
import type { Standing } from '../health/types.ts';
import { decideFor } from './decide-for.ts';
import { waitAsAskedMs } from './retry-delay.ts';
import type { GatewayRooms, Question } from './types.ts';

/** How long a request may wait for a provider that has asked to be left alone. All in milliseconds. */
export interface BriefCooling {
  waitMs: number;
  /** What one request waits for such providers at the most, all in all: as long as a route has to begin its answer. */
  mostMs: number;
}

/**
 * The soonest end of a cooling that would let somebody serve; null where nobody is kept from it by a cooling alone that is
 * no longer than a retry waits.
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
  const waits = rooms
    .registry()
    .providers.filter(({ name }) => cooling.some(({ provider }) => provider === name))
    .filter(({ name }) => then.candidates.some(({ provider, eligible }) => provider === name && eligible))
    .map(({ name, retry, timeouts }) => {
      const leftMs = (rooms.health.standing(name).breaker.cooling_until ?? now) - now;
      return {
        leftMs,
        waitMs: waitAsAskedMs(leftMs, rooms.random()),
        longestMs: retry.maxMs,
        mostMs: timeouts.firstTokenMs,
      };
    })
    .filter(({ leftMs, longestMs }) => leftMs <= longestMs);
  return waits.toSorted((one, other) => one.waitMs - other.waitMs)[0] ?? null;
}

function withoutCooling(standing: Standing): Standing {
  return { ...standing, breaker: { ...standing.breaker, cooling_until: null } };
}
