import type { IncidentDetail, TimelineEntry } from '../../../shared/domain/incidents.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent } from '../../../shared/format/number.ts';
import type { BreakerMark, BudgetMark, IncidentRows, Mark } from '../store/incident-types.ts';

type Told = Pick<
  IncidentDetail,
  'provider' | 'served_by' | 'started_at' | 'detected_at' | 'first_fallback_at' | 'recovered_at' | 'full_share_at'
>;

/** An alert that began or ended further than this from the incident tells of something else. */
const ALERT_LEAD_MS = 10 * 60_000;
const ALERT_TAIL_MS = 60 * 60_000;

/** At equal times what leads to something stands before it. */
const ORDER: readonly TimelineEntry['kind'][] = [
  'not_running',
  'drill',
  'first_failure',
  'breaker',
  'health',
  'detected',
  'first_fallback',
];

/** What happened, in order. */
export function timelineOf(rows: IncidentRows, told: Told): TimelineEntry[] {
  const rank = ({ kind }: TimelineEntry) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return [
    ...milestones(rows, told),
    ...healthEntries(rows),
    ...rows.marks.flatMap((mark) => markEntries(mark)),
    ...alertEntries(rows),
    ...overrideEntries(rows),
    ...actionEntries(rows),
    ...drillEntries(rows),
    ...rows.gaps.map(({ since, until }) =>
      entry(since, 'not_running', null, `Switchyard was not running for ${formatDuration(until - since)}.`),
    ),
  ].toSorted((left, right) => left.at - right.at || rank(left) - rank(right));
}

function entry(
  at: number,
  kind: TimelineEntry['kind'],
  subject: string | null,
  text: string,
  operator: string | null = null,
): TimelineEntry {
  return { at, kind, subject, operator, text };
}

function milestones({ firstFailure }: IncidentRows, told: Told): TimelineEntry[] {
  const { provider, started_at: start } = told;
  const after = (at: number) => `${formatDuration(at - start)} after the first failure`;
  const first =
    firstFailure?.at === start
      ? `A call to ${provider} failed${firstFailure.class ? ` (${firstFailure.class})` : ''}${firstFailure.message ? `: ${firstFailure.message}` : '.'}`
      : `The first sign that ${provider} did not serve.`;
  return [
    entry(start, 'first_failure', provider, first),
    ...(told.detected_at === null
      ? []
      : [entry(told.detected_at, 'detected', provider, `${provider} was marked down, ${after(told.detected_at)}.`)]),
    ...(told.first_fallback_at === null
      ? []
      : [
          entry(
            told.first_fallback_at,
            'first_fallback',
            told.served_by,
            `The first request went to another provider, ${after(told.first_fallback_at)}.`,
          ),
        ]),
    ...(told.recovered_at === null
      ? []
      : [entry(told.recovered_at, 'recovered', provider, `${provider} served again, ${after(told.recovered_at)}.`)]),
    ...(told.full_share_at === null
      ? []
      : [entry(told.full_share_at, 'full_share', provider, `${provider} had its full share of the traffic again.`)]),
  ];
}

function healthEntries({ transitions }: IncidentRows): TimelineEntry[] {
  return transitions.map(({ at, provider, from_status: from, to_status: to, reason }) =>
    entry(at, 'health', provider, `${provider} went from ${from} to ${to}${reason === '' ? '.' : `: ${reason}.`}`),
  );
}

function markEntries(mark: Mark): TimelineEntry[] {
  if (mark.kind === 'breaker') return [entry(mark.at, 'breaker', mark.name, breakerText(mark.name, mark.value))];
  if (mark.kind === 'budget' && mark.value.moment !== 'began' && mark.value.moment !== 'ended') {
    return [entry(mark.at, 'budget', mark.name, budgetText(mark.name, mark.value))];
  }
  return [];
}

function breakerText(name: string, { state, share, reason }: BreakerMark): string {
  const why = reason === null ? '' : `: ${reason}`;
  if (state === 'open') return `The breaker of ${name} opened${why}.`;
  if (state === 'half_open') return `The breaker of ${name} let a trial request through.`;
  return share >= 1
    ? `The breaker of ${name} lets everything through.`
    : `The breaker of ${name} closed; its share rises from ${formatPercent(share)}.`;
}

function budgetText(name: string, { limit, used, limit_value: most, moment }: BudgetMark): string {
  const what = `${limit} of ${name}`;
  if (moment === 'reopened') return `${what} has room again.`;
  return moment === 'exhausted'
    ? `${what} was used up: ${used} of ${most}.`
    : `${what} passed its soft limit: ${used} of ${most}.`;
}

/** Of alerts whose condition was there while it lasted; they may fire and resolve after it. */
function alertEntries({ alerts, window }: IncidentRows): TimelineEntry[] {
  const entries = alerts
    .filter(({ pending_since: pending }) => pending < window.until)
    .flatMap(({ rule, labels, summary, firing_since: firing, acknowledged, resolved_at: resolved }) => {
      const of = labels['model_name'] ?? labels['call_site'] ?? labels['channel'];
      const name = of === undefined ? rule : `${rule} of ${of}`;
      return [
        ...(firing === null ? [] : [entry(firing, 'alert_fired', rule, `Alert ${rule}: ${summary}`)]),
        ...(acknowledged === null
          ? []
          : [
              entry(
                acknowledged.at,
                'alert_acknowledged',
                rule,
                `${acknowledged.operator} acknowledged ${name}${acknowledged.reason === '' ? '.' : `: ${acknowledged.reason}`}`,
                acknowledged.operator,
              ),
            ]),
        ...(resolved === null ? [] : [entry(resolved, 'alert_resolved', rule, `Alert ${name} resolved.`)]),
      ];
    });
  return entries.filter(({ at }) => at >= window.since - ALERT_LEAD_MS && at < window.until + ALERT_TAIL_MS);
}

function overrideEntries({ overrides, window }: IncidentRows): TimelineEntry[] {
  return overrides.flatMap(({ provider, operator, reason, created_at: from, ended_at: ended, ended_how: how }) => [
    ...(from >= window.since
      ? [entry(from, 'override_set', provider, `${operator} forced ${provider}: ${reason}`, operator)]
      : []),
    ...(ended !== null && ended < window.until
      ? [
          entry(
            ended,
            'override_ended',
            provider,
            `The override to ${provider} ${how === 'expired' ? 'expired' : 'was released'}.`,
          ),
        ]
      : []),
  ]);
}

const DID: Readonly<Record<string, string>> = {
  'provider.isolate': 'took out',
  'provider.rejoin': 'put back',
  'provider.reset': 'reset the breaker of',
  'limit.raise': 'raised',
  'limit.end_raise': 'ended the raise of',
  'limit.expire': 'ended the raise of',
  'routing.change': 'changed the routing to',
  'routing.rollback': 'brought back an earlier routing as',
};

function actionEntries({ actions }: IncidentRows): TimelineEntry[] {
  return actions.map(({ at, action, target, operator, reason }) =>
    action === 'config.reload'
      ? entry(at, 'operator', target, reason)
      : entry(
          at,
          'operator',
          target,
          `${operator} ${DID[action] ?? `changed (${action})`} ${target}: ${reason}`,
          operator,
        ),
  );
}

function drillEntries({ drills }: IncidentRows): TimelineEntry[] {
  return drills.flatMap(({ id, provider, fault, operator, starts_at: start, fault_ends_at: end, state }) => [
    entry(start, 'drill', provider, `Drill ${id} began: ${fault} on ${provider}.`, operator),
    ...(state === 'running' ? [] : [entry(end, 'drill', provider, `The fault of drill ${id} ended.`, operator)]),
  ]);
}
