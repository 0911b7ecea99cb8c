import type { Drill, DrillFigures, DrillOutcome, DrillTargets } from '../../../shared/domain/drills.ts';
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
  if (!isSound(target)) {
    return `${provider} is ${target.health.status} (${target.health.reason}); a drill needs a healthy provider.`;
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

/** Counts a finished request that asked the provider. */
export function countRequest(figures: DrillFigures, request: RequestDetail, provider: string): DrillFigures {
  const failedThere = request.attempt_list.some(
    (attempt) => attempt.provider === provider && attempt.outcome === 'failure',
  );
  if (!failedThere && request.provider !== provider) return figures;
  if (request.status === 'success') {
    const rerouted = request.provider !== provider ? 1 : 0;
    return {
      ...figures,
      answered_requests: figures.answered_requests + 1,
      rerouted_requests: figures.rerouted_requests + rerouted,
    };
  }
  const lost = failedThere && (request.status === 'error' || request.status === 'timeout') ? 1 : 0;
  return { ...figures, lost_requests: figures.lost_requests + lost };
}

/** Holds a drill that ran its course against its targets. */
export function judge(drill: Pick<Drill, 'figures' | 'targets' | 'fault_ends_at'>): {
  outcome: DrillOutcome;
  findings: string[];
} {
  const { figures, targets } = drill;
  if (figures.faulty_calls === 0) {
    return { outcome: 'inconclusive', findings: ['No call met the fault: there was no traffic to the provider.'] };
  }
  const checks = [lostCheck(figures, targets), detectCheck(figures, targets), recoverCheck(drill)];
  return {
    outcome: checks.every(({ met }) => met) ? 'passed' : 'failed',
    findings: checks.map(({ finding }) => finding),
  };
}

interface Check {
  met: boolean;
  finding: string;
}

function lostCheck({ lost_requests: lost, answered_requests: answered }: DrillFigures, targets: DrillTargets): Check {
  const allowed = targets.lost_requests;
  return {
    met: lost <= allowed,
    finding: `${lost} of ${lost + answered} requests were lost; ${allowed} may be.`,
  };
}

function detectCheck({ first_fault_at: first, detected_at: detected }: DrillFigures, targets: DrillTargets): Check {
  const took = first === null || detected === null ? null : detected - first;
  return timeCheck(took, targets.detect_ms, 'Detected', 'The provider was not marked down while the fault lasted');
}

function recoverCheck({
  figures,
  targets,
  fault_ends_at: ended,
}: Pick<Drill, 'figures' | 'targets' | 'fault_ends_at'>) {
  const took = figures.recovered_at === null ? null : Math.max(0, figures.recovered_at - ended);
  return timeCheck(took, targets.recover_ms, 'Back in full', 'The provider was not back in full when the wait ended');
}

function timeCheck(took: number | null, target: number | null, what: string, never: string): Check {
  const wanted = target === null ? 'no target' : `target ${formatDuration(target)}`;
  if (took === null) return { met: target === null, finding: `${never} (${wanted}).` };
  return { met: target === null || took <= target, finding: `${what} after ${formatDuration(took)} (${wanted}).` };
}
