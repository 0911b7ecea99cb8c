import type { Incident, TimelineEntry, TouchedBudget } from '../../../shared/domain/incidents.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatTokens, formatUsd } from '../../../shared/format/number.ts';
import type { MarkStatus } from '../../ui/StatusMark.tsx';

const TIMELINE_MARKS: Readonly<Record<TimelineEntry['kind'], MarkStatus>> = {
  first_failure: 'unhealthy',
  detected: 'unhealthy',
  health: 'degraded',
  breaker: 'degraded',
  first_fallback: 'degraded',
  alert_fired: 'degraded',
  alert_acknowledged: 'unknown',
  alert_resolved: 'healthy',
  override_set: 'forced',
  override_ended: 'unknown',
  operator: 'forced',
  budget: 'degraded',
  drill: 'forced',
  recovered: 'healthy',
  full_share: 'healthy',
  not_running: 'no_data',
};

/** The shape beside an entry of the timeline; its words say the rest. */
export function timelineMark(kind: TimelineEntry['kind']): MarkStatus {
  return TIMELINE_MARKS[kind];
}

/** `+3.0 s`, `2 min before`: how long after the first failure something was. */
export function afterWords(at: number, start: number): string {
  const ms = at - start;
  if (Math.abs(ms) < 1000) return 'at the start';
  return ms < 0 ? `${formatDuration(-ms)} before` : `+${formatDuration(ms)}`;
}

/** A budget in one line: `claude_opus, requests a day: 180 → 212 of 1,000`. */
export function budgetWords(budget: TouchedBudget, label: (name: string) => string): string {
  const { name, scope, limit, used_before: before, used_after: after, limit_value: most } = budget;
  const amount = (value: number) =>
    limit.startsWith('usd') ? formatUsd(value) : limit.startsWith('tokens') ? formatTokens(value) : formatCount(value);
  const whose = scope === 'provider' ? label(name) : `call site ${name}`;
  const used = before === null ? amount(after) : `${amount(before)} → ${amount(after)}`;
  return `${whose}, ${limit.replaceAll('_', ' ')}: ${used} of ${amount(most)}${budget.exhausted ? ', exhausted' : ''}`;
}

/** Mark and word of how an incident stands. */
export function incidentMark({ state, kind }: Pick<Incident, 'state' | 'kind'>): { status: MarkStatus; word: string } {
  if (state === 'ended') return { status: 'healthy', word: kind === 'outage' ? 'outage, over' : 'fallback, over' };
  return kind === 'outage'
    ? { status: 'unhealthy', word: 'outage, lasting' }
    : { status: 'degraded', word: 'fallback, lasting' };
}
