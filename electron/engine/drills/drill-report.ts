import type { Drill } from '../../../shared/domain/drills.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact, formatPercent } from '../../../shared/format/number.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import type { ReportCheck, ReportOpening } from '../report-opening.ts';
import { checksOf } from './drill-rules.ts';

const FAULT_WORDS = {
  refuse: 'connections refused',
  slow: 'calls held back',
  error_rate: 'answered with 500',
} as const;

/**
 * What stands on top of the report of a drill: the verdict, each figure against its target, and what was done. Times
 * are UTC.
 */
export function drillOpening(drill: Drill, simulated: boolean): ReportOpening {
  const { figures } = drill;
  const fault = drill.fault === 'slow' ? `held back by ${formatDuration(drill.delay_ms)}` : FAULT_WORDS[drill.fault];
  const moment = (at: number) => formatAbsolute(at, 'UTC');
  return {
    title: `Drill ${drill.id}: ${drill.provider}, ${fault}`,
    verdict: drill.outcome ?? drill.state,
    findings: drill.findings,
    checks: reportChecks(drill),
    facts: [
      ['Provider', drill.provider],
      ['Fault', `${fault}, ${formatPercent(drill.share)} of the calls`],
      ['Announced', `${moment(drill.created_at)} by ${drill.operator}`],
      ['Reason', drill.reason],
      ['Began', moment(drill.starts_at)],
      ['Fault ended', moment(drill.fault_ends_at)],
      ['Ended', drill.ended_at === null ? 'still open' : moment(drill.ended_at)],
      ['Calls that met the fault', formatExact(figures.faulty_calls)],
      ['Requests answered', formatExact(figures.answered_requests)],
      ['Of these by another provider', formatExact(figures.rerouted_requests)],
    ],
    notes: [
      ...(simulated ? ['SIMULATED: its providers were simulated.'] : []),
      ...(drill.state === 'ended' ? [] : ['It is not over; all figures are those of now.']),
    ],
    withoutIncident: 'No incident belongs to this drill: the primary served all the while.',
  };
}

/** Only a drill that ran its course is held against its targets. */
function reportChecks(drill: Drill): ReportCheck[] {
  const judged = drill.outcome === 'passed' || drill.outcome === 'failed';
  return checksOf(drill).map(({ name, measured, target, met }) => ({
    name,
    measured,
    target: target ?? '',
    verdict: target === null ? 'no target' : judged ? (met ? 'met' : 'missed') : 'not judged',
  }));
}
