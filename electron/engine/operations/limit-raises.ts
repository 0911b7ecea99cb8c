import { MAXIMUM_RAISE_SECONDS, MINIMUM_RAISE_SECONDS } from '../../../shared/domain/quota.ts';
import type { LimitRaise, QuotaStatus, RaiseRequest } from '../../../shared/domain/quota.ts';
import { shorten } from '../../../shared/format/quote.ts';
import { OperatorError } from './operator-error.ts';
import type { LimitTarget } from '../quota/types.ts';

/**
 * Reads what an operator asks for: an existing limit, a value above the registry's, and a time to come (at most a week).
 * Throws `OperatorError` with the way out.
 *
 * @param now epoch milliseconds.
 */
export function readRaise(
  request: RaiseRequest,
  quotas: readonly QuotaStatus[],
  now: number,
): { before: QuotaStatus; raise: Omit<LimitRaise, 'id' | 'created_at'> } {
  const before = limitStatus(quotas, request);
  const { scope, name, limit, limit_value: value, operator, reason } = request;
  const own = before.raise?.from ?? before.limit_value;
  if (!before.enforced) {
    throw invalid(`${limitName(request)} has only a soft limit, which refuses nothing; there is nothing to raise.`);
  }
  if (value <= own) throw invalid(`${limitName(request)} is ${own} in the registry: raise it above that.`);
  if (limit !== 'usd_per_day' && limit !== 'requests_per_second' && !Number.isInteger(value)) {
    throw invalid(`${limitName(request)} counts in whole numbers: ${value} is none.`);
  }
  return {
    before,
    raise: { scope, name, limit, limit_value: value, operator, reason, until: readUntil(request, now) },
  };
}

/** The limit that is meant. Throws NOT_FOUND with those there are. */
export function limitStatus(quotas: readonly QuotaStatus[], target: LimitTarget): QuotaStatus {
  const found = quotas.find(
    ({ scope, name, limit }) => scope === target.scope && name === target.name && limit === target.limit,
  );
  if (found) return found;
  const known = quotas.filter(({ enforced }) => enforced).map(limitName);
  const list = known.length === 0 ? 'the registry sets no limit' : `the registry limits ${known.join(', ')}`;
  throw new OperatorError('NOT_FOUND', `There is no limit ${shorten(limitName(target))}: ${list}.`);
}

/** `claude requests_per_day`, `call site chat usd_per_day`. */
export function limitName({ scope, name, limit }: LimitTarget): string {
  return `${scope === 'call_site' ? 'call site ' : ''}${name} ${limit}`;
}

/** What the audit keeps of a limit. */
export function standingOfLimit({ limit_value, used, raise }: QuotaStatus): object {
  return { limit_value, used, raise };
}

function readUntil({ until, ttl_seconds: ttl }: RaiseRequest, now: number): number {
  const at = typeof until === 'string' ? Date.parse(until) : (until ?? now + (ttl ?? 0) * 1000);
  if (at < now + MINIMUM_RAISE_SECONDS * 1000) {
    throw invalid(`A limit is raised for ${MINIMUM_RAISE_SECONDS} seconds at least: give a later time.`);
  }
  if (at > now + MAXIMUM_RAISE_SECONDS * 1000) {
    throw invalid('A limit is raised for a week at most: for longer, change it in the registry.');
  }
  return at;
}

function invalid(message: string): OperatorError {
  return new OperatorError('INVALID_REQUEST', message);
}
