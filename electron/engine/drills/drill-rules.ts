import type { CandidateCode } from '../../../shared/domain/decision.ts';
import type { Drill, DrillFigures, DrillOutcome, DrillTargets } from '../../../shared/domain/drills.ts';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { quote } from '../../../shared/format/quote.ts';

/** More requests than the target allows may be lost before the drill is stopped. */
const LOST_BEYOND_TARGET = 3;

export const NO_FIGURES: DrillFigures = {
  faulty_calls: 0,
  answered_requests: 0,
  rerouted_requests: 0,
  lost_requests: 0,
  first_fault_at: null,
  detected_at: null,
  recovered_at: null,
};

export interface Circumstances {
  status: Status;
  /** Whether the registry allows drills here. */
  enabled: boolean;
  /** The drill that is announced or running; null when none is. */
  open: Drill | null;
  /** Who would serve without the provider; null when nobody could. */
  takesOver: string | null;
}

/** Why no drill may begin on the provider now, as one sentence with the way out; null when one may. */
export function refusalOf(provider: string, { status, enabled, open, takesOver }: Circumstances): string | null {
  const target = status.providers.find(({ name }) => name === provider);
  if (!target) {
    const names = status.providers.map(({ name }) => name).join(', ');
    return `There is no provider ${quote(provider)}; the registry has ${names || 'none'}.`;
  }
  if (!enabled) {
    return `Drills are off in ${status.environment}: set "drills: { enabled: true }" in the registry to allow them.`;
  }
  if (open) return `Drill ${open.id} on ${open.provider} is ${open.state}; wait for its end or abort it.`;
  if (status.override) return `${status.override.provider} is forced; release the override first.`;
  if (target.health.status !== 'healthy') {
    return `${provider} is ${target.health.status} (${target.health.reason}); a drill needs a healthy provider.`;
  }
  if (!isSound(target)) {
    const { isolation, breaker } = target;
    const why = isolation
      ? `is taken out by ${isolation.operator}`
      : breaker.state === 'closed'
        ? `comes back and takes ${Math.round(breaker.admitted_share * 100)} % of its traffic`
        : `recovers: its breaker is ${breaker.state.replace('_', ' ')}`;
    return `${provider} ${why}; a drill needs a provider that serves in full.`;
  }
  if (status.verdict !== 'primary') return `An incident is open: ${status.cause}. Run the drill when it is over.`;
  if (takesOver === null) return `${provider} is the last healthy provider; nobody could take over.`;
  return null;
}

/** What of the world ends a running drill by force, as one sentence; null while nothing does. */
export function troubleOf(drill: Drill, { status, takesOver }: Pick<Circumstances, 'status' | 'takesOver'>) {
  const { provider, targets, figures } = drill;
  if (takesOver === null) return 'No other provider could serve any more.';
  const ill = status.providers.find(
    ({ name, health }) => name !== provider && health.status === 'unhealthy' && health.since > drill.starts_at,
  );
  if (ill) return `${ill.name} became unhealthy: ${ill.health.reason}.`;
  if (figures.lost_requests >= targets.lost_requests + LOST_BEYOND_TARGET) {
    return `${figures.lost_requests} requests were lost, ${targets.lost_requests} are allowed.`;
  }
  const spent = status.providers
    .filter(({ name }) => name === takesOver)
    .flatMap(({ quota }) => quota)
    .find(
      ({ used, limit_value: limit, limit: kind }) => kind.endsWith('_per_day') && limit > 0 && used / limit >= 0.95,
    );
  if (spent)
    return `${spent.name} has used ${Math.round((spent.used / spent.limit_value) * 100)} % of its ${spent.limit}.`;
  return null;
}

/** Healthy, and admitting all its traffic. */
export function isSound({ health, breaker, isolation }: ProviderStatus): boolean {
  return health.status === 'healthy' && breaker.state === 'closed' && breaker.admitted_share === 1 && !isolation;
}

/** Why a candidate that stands first is passed over when it is out, and would else have been asked. */
const OUT: ReadonlySet<CandidateCode> = new Set(['unhealthy', 'breaker_open', 'cooling']);
/** Failures that are the request's own and say nothing of a provider. */
const OWN_FAULTS: ReadonlySet<FailureClass> = new Set([
  'invalid_request',
  'context_overflow',
  'content_filtered',
  'cancelled',
]);
/** Refusals that callers would not have met with the provider in place. */
const REFUSED_FOR_WANT: ReadonlySet<string> = new Set([
  'budget_exhausted',
  'rate_limited',
  'all_providers_unavailable',
]);

/**
 * Counts a finished request that the provider answered, failed at, or was meant to answer: most callers of a drill never
 * reach the provider, since its breaker is open.
 */
export function countRequest(figures: DrillFigures, request: RequestDetail, provider: string): DrillFigures {
  const wasAsked = request.attempt_list.some((attempt) => attempt.provider === provider);
  const wasMeant = wasAsked || request.fallback_from === provider || standsFirst(request, provider);
  if (!wasMeant && request.provider !== provider) return figures;
  if (request.status === 'success') {
    const rerouted = request.provider !== provider ? 1 : 0;
    return {
      ...figures,
      answered_requests: figures.answered_requests + 1,
      rerouted_requests: figures.rerouted_requests + rerouted,
    };
  }
  return { ...figures, lost_requests: figures.lost_requests + (isLost(request) ? 1 : 0) };
}

function standsFirst({ decision }: RequestDetail, provider: string): boolean {
  const first = decision?.candidates[0];
  return first?.provider === provider && (first.eligible || OUT.has(first.code));
}

/** As the incidents count it. */
function isLost({ status, failure_class: failure, error_code: code }: RequestDetail): boolean {
  if (failure !== null && OWN_FAULTS.has(failure)) return false;
  if (status === 'refused') return code !== null && REFUSED_FOR_WANT.has(code);
  return status === 'error' || status === 'timeout';
}

type Judged = Pick<Drill, 'figures' | 'targets' | 'fault_ends_at'>;

/** Holds a drill that ran its course against its targets. */
export function judge(drill: Judged): {
  outcome: DrillOutcome;
  findings: string[];
} {
  const nobodySuffered = drill.figures.lost_requests <= drill.targets.lost_requests;
  if (drill.figures.faulty_calls === 0 && nobodySuffered) {
    const why =
      drill.figures.detected_at === null
        ? 'there was no traffic to the provider'
        : 'a probe noticed it first, and callers went elsewhere';
    return { outcome: 'inconclusive', findings: [`No call met the fault: ${why}.`] };
  }
  const checks = checksOf(drill);
  return {
    outcome: checks.every(({ met }) => met) ? 'passed' : 'failed',
    findings: checks.map(({ finding }) => finding),
  };
}

interface Check {
  name: string;
  measured: string;
  /** Null where none was set. */
  target: string | null;
  met: boolean;
  finding: string;
}

/** Every figure that a drill is judged by, against its target. */
export function checksOf({ figures, targets, fault_ends_at: faultEnded }: Judged): Check[] {
  const { first_fault_at: first, detected_at: detected, recovered_at: recovered } = figures;
  return [
    lostCheck(figures, targets),
    timeCheck({
      name: 'Time to detect',
      took: first === null || detected === null ? null : Math.max(0, detected - first),
      target: targets.detect_ms,
      what: 'Detected',
      never: 'The provider was not marked down while the fault lasted',
    }),
    timeCheck({
      name: 'Time to recover',
      took: recovered === null ? null : Math.max(0, recovered - faultEnded),
      target: targets.recover_ms,
      what: 'Back in full',
      never: 'The provider was not back in full when the wait ended',
    }),
  ];
}

function lostCheck({ lost_requests: lost, answered_requests: answered }: DrillFigures, targets: DrillTargets): Check {
  const allowed = targets.lost_requests;
  return {
    name: 'Requests lost',
    measured: String(lost),
    target: `at most ${allowed}`,
    met: lost <= allowed,
    finding: `${lost} of ${lost + answered} requests were lost; ${allowed} may be.`,
  };
}

interface Timing {
  name: string;
  /** Milliseconds; null where it did not come to that. */
  took: number | null;
  target: number | null;
  what: string;
  never: string;
}

function timeCheck({ name, took, target, what, never }: Timing): Check {
  const wanted = target === null ? 'no target' : `target ${formatDuration(target)}`;
  return {
    name,
    measured: took === null ? 'not seen' : formatDuration(took),
    target: target === null ? null : `at most ${formatDuration(target)}`,
    met: target === null || (took !== null && took <= target),
    finding: took === null ? `${never} (${wanted}).` : `${what} after ${formatDuration(took)} (${wanted}).`,
  };
}
