import type { Incident, IncidentFigures, IncidentSummary } from '../../../shared/domain/incidents.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK_MS = 7 * DAY_MS;
/** The first Monday, 00:00 UTC, of the epoch. */
const FIRST_MONDAY = 4 * DAY_MS;

/** Figures by week of the incidents that began within the range; drills are exercises and left out. */
export function summarise(incidents: readonly Incident[], range: { since: number; until: number }): IncidentSummary {
  const real = incidents.filter(
    ({ drill_id: drill, started_at: at }) => drill === null && at >= range.since && at < range.until,
  );
  const first = weekOf(range.since);
  const count = Math.floor((weekOf(range.until - 1) - first) / WEEK_MS) + 1;
  const weeks = Array.from({ length: count }, (_, index) => first + index * WEEK_MS);
  return {
    ...range,
    weeks: weeks.map((from) => ({ from, ...figuresOf(real.filter(({ started_at: at }) => weekOf(at) === from)) })),
    total: figuresOf(real),
  };
}

function weekOf(at: number): number {
  return Math.floor((at - FIRST_MONDAY) / WEEK_MS) * WEEK_MS + FIRST_MONDAY;
}

function figuresOf(incidents: readonly Incident[]): IncidentFigures {
  return {
    incidents: incidents.length,
    outages: incidents.filter(({ kind }) => kind === 'outage').length,
    lost_requests: incidents.reduce((sum, { requests }) => sum + requests.lost, 0),
    mean_time_to_detect_ms: mean(incidents.map(({ time_to_detect_ms: ms }) => ms)),
    mean_time_to_recover_ms: mean(incidents.map(({ time_to_recover_ms: ms }) => ms)),
  };
}

/** Over those that are known; null where none is. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
