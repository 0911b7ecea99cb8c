import type { Database } from 'better-sqlite3';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { IncidentCounts, IncidentRows } from './incident-types.ts';
import { fromMicroUsd } from './money.ts';
import type { TimeRange } from './time-range.ts';

/** A failure this long before an episode belongs to it, as it does for the episode itself. */
export const INCIDENT_LOOK_BACK_MS = 60_000;
/** No request takes longer: one that ended within an incident began this long before it at the earliest. */
const LONGEST_REQUEST_MS = 15 * 60 * 1000;

/** Failures that are the request's own and say nothing of a provider. */
const OWN_FAULTS = `('invalid_request', 'context_overflow', 'content_filtered', 'cancelled')`;

interface FailureRow {
  class: FailureClass;
  count: number;
}

interface CountsRow {
  rerouted: number;
  slowed: number;
  lost: number;
  cancelled: number;
  affected: number;
  felt: number;
  cost_micro_usd: number;
  pricing_unknown_requests: number;
}

type FirstFailure = NonNullable<IncidentRows['firstFailure']>;

interface IncidentRequests {
  /** When the incident began: the earliest of the first failure and the given signs. */
  since: number;
  firstFailure: FirstFailure | null;
  failures: FailureRow[];
  /** `felt` is how many requests are still kept of those that the incident was felt by. */
  counts: IncidentCounts & { felt: number };
}

/**
 * Prepares what answers how callers fared while a primary did not serve. `range` is where to look; `signs` are other
 * moments at which the incident showed, one at least.
 */
export function prepareIncidentRequests(
  database: Database,
): (primary: string, range: TimeRange, signs: readonly number[]) => IncidentRequests {
  // A call that no answer came to began to fail when it was sent; any other failed when it ended.
  const failedAt = `CASE WHEN a.failure_class = 'timeout' AND a.first_token_ms IS NULL
    THEN a.started_at ELSE a.started_at + a.duration_ms END`;
  const failedCalls = `FROM requests AS r JOIN attempts AS a ON a.seq = r.seq
    WHERE r.started_at >= @earliest AND r.started_at < @until AND a.provider = @primary AND a.outcome = 'failure'
      AND r.origin IN ('client', 'playground') AND coalesce(a.failure_class, '') NOT IN ${OWN_FAULTS}
      AND ${failedAt} >= @since`;
  type Bounds = { primary: string; earliest: number; since: number; until: number };
  const first = database.prepare<[Bounds], FirstFailure>(
    `SELECT ${failedAt} AS at, a.failure_class AS class, a.message ${failedCalls} ORDER BY 1, a.seq, a.attempt_index LIMIT 1`,
  );
  const failures = database.prepare<[Bounds], FailureRow>(
    `SELECT a.failure_class AS class, count(*) AS count ${failedCalls} AND a.failure_class IS NOT NULL
     GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  const counts = database.prepare<[Bounds], CountsRow>(countsSql);

  return (primary, range, signs) => {
    const bounds = (since: number): Bounds => ({
      primary,
      since,
      earliest: since - LONGEST_REQUEST_MS,
      until: range.until,
    });
    const firstFailure = first.get(bounds(range.since)) ?? null;
    const since = Math.min(...signs, firstFailure?.at ?? Infinity);
    const row = counts.get(bounds(since));
    return {
      since,
      firstFailure,
      failures: failures.all(bounds(since)),
      counts: {
        affected: row?.affected ?? 0,
        rerouted: row?.rerouted ?? 0,
        slowed: row?.slowed ?? 0,
        lost: row?.lost ?? 0,
        cancelled: row?.cancelled ?? 0,
        felt: row?.felt ?? 0,
        cost_usd: fromMicroUsd(row?.cost_micro_usd ?? 0),
        pricing_unknown_requests: row?.pricing_unknown_requests ?? 0,
      },
    };
  };
}

/** The figures as `shared/domain/incidents.ts` defines them. */
const countsSql = `
  WITH kept AS (
    SELECT r.seq, r.status, r.error_code, r.failure_class, r.pricing_unknown,
      coalesce(r.provider, '') AS provider,
      coalesce(r.rule IN ('primary', 'fallback'), 0) OR coalesce(r.fallback_from = @primary, 0)
        -- A call site, a tier or a name may mean the primary too: then it is the first that the decision thought of. An
        -- answer counts only where the primary was left or tried for it, which is told without reading the decision.
        OR r.status <> 'success' AND coalesce((SELECT json_extract(d.decision, '$.candidates[0].provider') FROM decisions AS d
                     WHERE d.seq = r.seq) = @primary, 0) AS was_meant,
      r.rule = 'fallback' OR r.fallback_from IS NOT NULL AS was_moved,
      EXISTS (SELECT 1 FROM attempts AS a
              WHERE a.seq = r.seq AND a.provider = @primary AND a.outcome = 'failure') AS was_tried
    FROM requests AS r
    WHERE r.origin = 'client' AND r.started_at >= @earliest AND r.started_at < @until
      AND r.started_at + r.duration_ms >= @since
  ), judged AS (
    SELECT seq, pricing_unknown,
      status = 'success' AND provider <> @primary AND coalesce(was_moved, 0) AS rerouted,
      status = 'success' AND was_tried AS slowed,
      coalesce(failure_class, '') NOT IN ${OWN_FAULTS}
        AND (status IN ('error', 'timeout')
          OR (status = 'refused' AND error_code IN ('budget_exhausted', 'rate_limited', 'all_providers_unavailable'))) AS lost,
      status = 'cancelled' AS cancelled
    FROM kept WHERE was_meant OR was_tried
  )
  SELECT coalesce(sum(rerouted), 0) AS rerouted, coalesce(sum(slowed), 0) AS slowed, coalesce(sum(lost), 0) AS lost,
    coalesce(sum(cancelled), 0) AS cancelled,
    coalesce(sum(rerouted OR slowed OR lost), 0) AS affected,
    coalesce(sum(rerouted OR slowed OR lost OR cancelled), 0) AS felt,
    coalesce(sum(pricing_unknown AND (rerouted OR slowed OR lost)), 0) AS pricing_unknown_requests,
    coalesce(sum((rerouted OR slowed OR lost) * coalesce((
      SELECT sum(a.cost_micro_usd) FROM attempts AS a WHERE a.seq = judged.seq AND a.provider <> @primary), 0)), 0)
      AS cost_micro_usd
  FROM judged`;
