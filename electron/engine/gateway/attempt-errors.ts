import type { Candidate, Decision } from '../../../shared/domain/decision.ts';
import type { Failure } from '../providers/types.ts';
import type { Refusal } from '../quota/types.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayRooms } from './types.ts';

/** When nobody knows when a provider comes back, callers ask again after so many milliseconds. */
const USUAL_RETURN_MS = 5000;
/** However long a provider is out, callers are asked to wait no longer than this, in milliseconds. */
const LONGEST_RETURN_MS = 60_000;

/** The caller's answer when a failure ends the request at once. */
export function stoppingError(failure: Failure, decision: Decision): GatewayError {
  const detail = { failureClass: failure.class, upstream: failure.body, retryAfterMs: failure.retryAfterMs };
  switch (failure.class) {
    case 'invalid_request':
    case 'context_overflow':
    case 'content_filtered':
      // The provider's own status says more to an SDK than a blanket 400; only client errors are handed on.
      return new GatewayError('invalid_request', failure.message, {
        ...detail,
        status: clientStatus(failure.httpStatus),
      });
    case 'timeout':
      return new GatewayError('upstream_timeout', failure.message, detail);
    case 'model_missing':
      if (decision.rule === 'named_model' || decision.rule === 'model_prefix') {
        return new GatewayError('model_not_found', failure.message, detail);
      }
      return new GatewayError('upstream_failure', failure.message, detail);
    default:
      return new GatewayError('upstream_failure', failure.message, detail);
  }
}

/** The caller's answer when one of our own limits has no room for the request, a provider's or its call site's. */
export function limitError(
  provider: string,
  { code, reason, callSite, retryAfterMs }: Pick<Refusal, 'code' | 'reason' | 'callSite' | 'retryAfterMs'>,
): GatewayError {
  return new GatewayError(
    code === 'budget_exhausted' ? 'budget_exhausted' : 'rate_limited',
    callSite === undefined ? `${provider}: ${reason}.` : `${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
    // A place may become free at any time; a request that is more than a rate allows never fits, and is not asked for again.
    { retryAfterMs: retryAfterMs ?? (code === 'busy' ? 1000 : null) },
  );
}

/** The caller's answer when no candidate is left (or none was there in the first place). */
export function noCandidateError(
  rooms: Pick<GatewayRooms, 'quota' | 'health' | 'clock'>,
  decision: Decision,
  lastFailure: Failure | null,
  retryAfterMs: number | null = null,
): GatewayError {
  const closed = decision.candidates.filter((candidate) => !candidate.eligible);
  const overBudget = closed.find((candidate) => candidate.code === 'budget_exhausted');
  // After an attempt the request has counted at its call site already.
  const counted = lastFailure !== null;
  if (overBudget) {
    // Asked as for a model without a price: a budget that is closed to those alone refuses nothing else.
    const headroom = rooms.quota.headroom(overBudget.provider, decision.call_site, counted, true);
    // The call site's own limit is the same answer for every candidate.
    if (!headroom.open && headroom.callSite !== undefined) return limitError(overBudget.provider, headroom);
    const others = closed.filter((candidate) => candidate !== overBudget && candidate.code !== 'disabled');
    return new GatewayError(
      'budget_exhausted',
      `${sentence(overBudget)}${others.length ? `; ${others.map(sentence).join('; ')}` : ''}.`,
      {
        retryAfterMs: headroom.open ? null : headroom.retryAfterMs,
        failureClass: lastFailure?.class ?? null,
      },
    );
  }
  if (lastFailure) return stoppingError(lastFailure, decision);
  const limited = closed.find((candidate) => candidate.code === 'rate_limited' || candidate.code === 'busy');
  if (limited) {
    const headroom = rooms.quota.headroom(limited.provider, decision.call_site, counted);
    if (!headroom.open && headroom.callSite !== undefined) return limitError(limited.provider, headroom);
    return new GatewayError('rate_limited', `${sentence(limited)}; try again shortly.`, {
      retryAfterMs: retryAfterMs ?? (headroom.open ? 1000 : (headroom.retryAfterMs ?? 1000)),
    });
  }
  const relevant = closed.filter((candidate) => candidate.code !== 'disabled');
  if (relevant.length > 0 && relevant.every((candidate) => candidate.code === 'key_missing')) {
    return new GatewayError('provider_not_configured', `${relevant.map(sentence).join('; ')}.`);
  }
  const unfit = relevant.filter(
    (candidate) => candidate.code === 'capability_missing' || candidate.code === 'context_too_small',
  );
  if (relevant.length > 0 && unfit.length === relevant.length) {
    return new GatewayError(
      'invalid_request',
      `No provider can serve this request: ${unfit.map(sentence).join('; ')}.`,
    );
  }
  const reasons =
    (relevant.length ? relevant : closed).map(sentence).join('; ') || 'the registry has no provider for it';
  return new GatewayError('all_providers_unavailable', `No provider can serve this request: ${reasons}.`, {
    retryAfterMs: soonestReturn(rooms, closed),
  });
}

function sentence(candidate: Candidate): string {
  return `${candidate.provider}: ${candidate.reason}`;
}

function clientStatus(status: number | null): number {
  return status !== null && status >= 400 && status < 500 && status !== 401 && status !== 403 ? status : 400;
}

/** When the first of them may be asked again; null when only an operator can bring one back. */
function soonestReturn(
  { health, clock }: Pick<GatewayRooms, 'health' | 'clock'>,
  candidates: readonly Candidate[],
): number | null {
  const waits = candidates
    .filter(({ code }) => code !== 'disabled' && code !== 'key_missing' && code !== 'not_in_scope')
    .map(({ provider }) => {
      const { cooling_until, retry_at } = health.standing(provider).breaker;
      const until = Math.max(cooling_until ?? 0, retry_at ?? 0);
      return until > clock.now() ? until - clock.now() : USUAL_RETURN_MS;
    });
  return waits.length === 0 ? null : Math.min(LONGEST_RETURN_MS, ...waits);
}
