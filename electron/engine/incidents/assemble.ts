import type { Incident, IncidentDetail, TouchedBudget } from '../../../shared/domain/incidents.ts';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import type { IncidentRows } from '../store/incident-types.ts';
import { likelyCause } from './likely-cause.ts';
import { timelineOf } from './timeline.ts';

/** Tells an incident from what was stored about its episode. Pure: the same rows give the same incident. */
export function assembleIncident(rows: IncidentRows): IncidentDetail {
  const { episode, window, firstFallbackAt, counts } = rows;
  const detectedAt = detection(rows);
  const left = leftBy(rows);
  const recoveredAt = left === null ? episode.ended_at : null;
  const fullShareAt = recoveredAt === null ? null : fullShare(rows);
  const requests = counts
    ? {
        affected: counts.affected,
        rerouted: counts.rerouted,
        slowed: counts.slowed,
        lost: counts.lost,
        cancelled: counts.cancelled,
      }
    : {
        affected: episode.requests,
        rerouted: episode.requests - episode.failed_requests,
        slowed: null,
        lost: episode.failed_requests,
        cancelled: null,
      };
  const incident: Omit<IncidentDetail, 'timeline'> = {
    id: episode.id,
    kind: requests.lost > 0 || episode.to_provider === null ? 'outage' : 'fallback',
    state: episode.ended_at === null ? 'open' : 'ended',
    provider: episode.from_provider,
    served_by: episode.to_provider,
    started_at: window.since,
    detected_at: detectedAt,
    first_fallback_at: firstFallbackAt,
    recovered_at: recoveredAt,
    full_share_at: fullShareAt,
    time_to_detect_ms: detectedAt === null ? null : detectedAt - window.since,
    time_to_recover_ms: recoveredAt === null ? null : recoveredAt - window.since,
    requests,
    extra_cost_usd: counts?.cost_usd ?? episode.cost_usd,
    pricing_unknown_requests: counts?.pricing_unknown_requests ?? episode.pricing_unknown_requests,
    budgets: touchedBudgets(rows),
    cause: likelyCause(rows),
    drill_id: rows.drills.at(-1)?.id ?? null,
    overlapping: rows.overlapping,
    gaps: rows.gaps.map(({ since, until }) => ({ from: since, to: until })),
    notes: notesOf(rows, fullShareAt, left),
    charts: {
      since: rows.charts.since,
      until: rows.charts.until,
      step_ms: rows.charts.stepMs,
      providers: rows.charts.providers,
    },
    lanes: rows.lanes,
  };
  return { ...incident, timeline: timelineOf(rows, incident) };
}

/** An incident without what is only shown when one is looked at alone. */
export function withoutDetails(detail: IncidentDetail): Incident {
  const { timeline: _timeline, charts: _charts, lanes: _lanes, ...incident } = detail;
  return incident;
}

/** When the primary was first marked down: by its health or by its breaker. */
function detection({ episode, transitions, marks }: IncidentRows): number | null {
  const signs = [
    ...transitions.filter(({ to_status: to }) => to === 'unhealthy' || to === 'degraded').map(({ at }) => at),
    ...marks.flatMap((mark) =>
      mark.kind === 'breaker' && mark.name === episode.from_provider && mark.value.state === 'open' ? [mark.at] : [],
    ),
  ].filter((at) => at <= (episode.ended_at ?? Infinity));
  return signs.length === 0 ? null : Math.min(...signs);
}

/** How much later than the end of an episode the change of health may be noted that ended it. */
const NOTED_LATE_MS = 2_000;
/** How long a changed routing may take until it holds. */
const TAKES_EFFECT_MS = 5_000;

/**
 * The change of the routing that ended the incident: it made another provider the primary while this one was still out.
 * Null where the provider served again by itself, or does not yet.
 */
function leftBy({ episode, transitions, actions }: IncidentRows): AuditEntry | null {
  const { ended_at: ended, from_provider: provider } = episode;
  if (ended === null) return null;
  const health = transitions.findLast(({ at }) => at <= ended + NOTED_LATE_MS);
  const byHand = actions.findLast(
    ({ at, action, target }) =>
      at <= ended && target === provider && (action === 'provider.isolate' || action === 'provider.rejoin'),
  );
  const wasOut = health?.to_status === 'unhealthy' || byHand?.action === 'provider.isolate';
  if (!wasOut) return null;
  return (
    actions.findLast(
      ({ at, action }) =>
        (action.startsWith('routing.') || action === 'config.reload') &&
        at >= ended - TAKES_EFFECT_MS &&
        at <= ended + NOTED_LATE_MS,
    ) ?? null
  );
}

/** When the breaker held nothing back any more: its last mark, if that says so. Without any mark it never held back. */
function fullShare({ episode, marks }: IncidentRows): number | null {
  const last = marks.findLast((mark) => mark.kind === 'breaker' && mark.name === episode.from_provider);
  if (last === undefined) return episode.ended_at;
  return last?.kind === 'breaker' && last.value.state === 'closed' && last.value.share >= 1 ? last.at : null;
}

/** Budgets whose use rose, or that ran low or out, between the beginning and the end. */
function touchedBudgets({ marks }: IncidentRows): TouchedBudget[] {
  const touched = new Map<string, TouchedBudget & { ran: boolean }>();
  for (const mark of marks) {
    if (mark.kind !== 'budget') continue;
    const { scope, limit, used, limit_value: limitValue, moment } = mark.value;
    const key = `${scope}/${mark.name}/${limit}`;
    const before = touched.get(key);
    touched.set(key, {
      scope,
      name: mark.name,
      limit,
      used_before: before?.used_before ?? (moment === 'began' ? used : null),
      used_after: used,
      limit_value: limitValue,
      exhausted: moment === 'exhausted' || (before?.exhausted ?? false),
      ran: moment === 'exhausted' || moment === 'soft_exceeded' || (before?.ran ?? false),
    });
  }
  return [...touched.values()]
    .filter(({ ran, used_before: before, used_after: after }) => ran || (before !== null && after > before))
    .map(({ ran: _ran, ...budget }) => budget);
}

function notesOf(rows: IncidentRows, fullShareAt: number | null, left: AuditEntry | null): string[] {
  const { episode, gaps, overlapping, counts, drills } = rows;
  const utc = (at: number) => formatAbsolute(at, 'UTC');
  const drill = drills.at(-1);
  return [
    ...(episode.ended_at === null ? ['It lasts; all figures are those of now.'] : []),
    ...(left === null
      ? []
      : [
          `It ended because ${left.operator === 'file' ? 'the saved registry' : left.operator} changed who is the primary (${left.reason}); ${episode.from_provider} had not served again.`,
        ]),
    ...(episode.ended_at !== null && fullShareAt === null && left === null
      ? ['When the primary had its full share again is not known: its breaker was not seen to close.']
      : []),
    ...(drill ? [`Drill ${drill.id}, announced by ${drill.operator}, ran at the same time: ${drill.reason}`] : []),
    ...gaps.map(
      ({ since, until }) =>
        `Switchyard was not running from ${utc(since)} to ${utc(until)}: nothing is known of that time.`,
    ),
    ...(overlapping.length > 0 ? [`It overlaps with ${overlapping.map((id) => `incident ${id}`).join(', ')}.`] : []),
    ...(counts === null
      ? ['Its requests are not kept any more: the figures are those that were counted while it lasted.']
      : []),
  ];
}
