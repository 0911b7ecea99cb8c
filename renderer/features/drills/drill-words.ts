import type { Drill, DrillFault } from '../../../shared/domain/drills.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { MarkStatus } from '../../ui/StatusMark.tsx';

export const FAULT_LABELS: Readonly<Record<DrillFault, string>> = {
  refuse: 'Refuse connections',
  slow: 'Hold calls back',
  error_rate: 'Answer with 500',
};

/** What is done to the provider, in words. */
export function faultWords({ fault, share, delay_ms: delay }: Pick<Drill, 'fault' | 'share' | 'delay_ms'>): string {
  const calls = share === 1 ? 'all calls' : `${Math.round(share * 100)} % of the calls`;
  if (fault === 'slow') return `${calls} held back by ${formatDuration(delay)}`;
  return fault === 'refuse' ? `${calls} refused` : `${calls} answered with 500`;
}

/** State or outcome as mark and word. */
export function drillMark({ state, outcome }: Pick<Drill, 'state' | 'outcome'>): { status: MarkStatus; word: string } {
  switch (outcome) {
    case 'passed':
      return { status: 'healthy', word: 'passed' };
    case 'failed':
      return { status: 'unhealthy', word: 'failed' };
    case 'stopped':
      return { status: 'degraded', word: 'stopped' };
    case 'aborted':
    case 'inconclusive':
      return { status: 'unknown', word: outcome };
    case null:
      return { status: 'forced', word: state };
  }
}
