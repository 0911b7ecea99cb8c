import type { Incident, TimelineEntry, TouchedBudget } from '../../../shared/domain/incidents.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatTokens, formatUsd } from '../../../shared/format/number.ts';
import { formatClock, formatClockSeconds, formatDay } from '../../../shared/format/time.ts';
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

interface IncidentTeller {
  /** A provider's name on screen. */
  names: (provider: string) => string;
  /** Epoch ms until which one that lasts is told. */
  now: number;
  fromIsSelfHosted: boolean;
  /** IANA zone of the times named; the viewer's when left out. */
  timeZone?: string;
}

/** An incident told in sentences: since when, who served, what it came to, and what it cost. Its figures are the incident's own. */
export function explainIncident(
  incident: Incident,
  { names, now, fromIsSelfHosted, timeZone }: IncidentTeller,
): string[] {
  const { requests, started_at: begun, recovered_at: ended, served_by: served } = incident;
  const from = names(incident.provider);
  const length = formatDuration(Math.max(0, (ended ?? now) - begun));
  const start = `${formatDay(begun, timeZone)} ${formatClock(begun, timeZone)}`;
  const end = ended === null ? '' : endWords(begun, ended, timeZone);
  const happened =
    ended === null
      ? `${from} first failed on ${start}, ${length} ago, and does not serve.`
      : `${from} first failed on ${start} and served again at ${end}, ${length} later.`;
  const lost =
    requests.lost > 0 ? `${formatCount(requests.lost)} of them ${was(requests.lost)} lost` : 'none of them was lost';
  const outcome =
    requests.affected === 0
      ? 'No request was affected.'
      : served === null
        ? `Nobody could take over; ${plural(requests.lost, 'request')} ${was(requests.lost)} lost.`
        : `${names(served)} took most of ${plural(requests.affected, 'affected request')}; ${lost}.`;
  return [happened, outcome, costSentence(incident, from, fromIsSelfHosted)];
}

function endWords(begun: number, ended: number, timeZone?: string): string {
  const day = formatDay(ended, timeZone);
  return `${day === formatDay(begun, timeZone) ? '' : `${day} `}${formatClock(ended, timeZone)}`;
}

function costSentence(incident: Incident, from: string, fromIsSelfHosted: boolean): string {
  const { extra_cost_usd: usd, pricing_unknown_requests: unpriced } = incident;
  const without = `${plural(unpriced, 'request')} had no known price`;
  if (unpriced > 0 && usd === 0) return `What it cost is unknown: ${without}.`;
  if (usd === 0) return 'It cost nothing.';
  const instead = fromIsSelfHosted ? `, where ${from} costs nothing per request` : '';
  const rest = unpriced > 0 ? ` ${without} and ${unpriced === 1 ? 'is' : 'are'} not in it.` : '';
  return `It cost ${formatUsd(usd)}${instead}.${rest}`;
}

/** Of which time an incident's figures are, and why those of its row among the episodes may be smaller. */
export function countedWords(incident: Incident, now: number, timeZone?: string): string {
  const clock = (at: number) => formatClockSeconds(at, timeZone);
  const from = `Counted from the first failure, ${clock(incident.started_at)},`;
  const end = incident.full_share_at ?? incident.recovered_at;
  if (end === null) return `${from} to ${clock(now)}; it lasts.`;
  const last = incident.full_share_at === null ? 'when it served again' : 'when it had its full share again';
  return `${from} to ${clock(end)}, ${last}. The list of episodes counts only while it did not serve.`;
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}
