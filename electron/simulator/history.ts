import type { Episode, FallbackEvent } from '../../shared/domain/history.ts';
import type { HealthTransition } from '../../shared/domain/provider.ts';
import type { RequestDetail } from '../../shared/domain/request.ts';
import { pastIncidents, transitionsOf, type PastIncident } from './history-incidents.ts';
import { pastRequest, type KnownDecisions } from './history-requests.ts';
import { pastShadows, type PastShadows } from './history-shadows.ts';
import { createRandom, exponential } from './random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 7;
/** What the live traffic of the demo comes to. */
const LIVE_PER_HOUR = 3 * 3600;
const LIVE_SPAN_MS = 1.1 * HOUR_MS;

/** A past for the demo's console to show: everything oldest first, all of it before `now`. Ids come from the store. */
export interface DemoHistory {
  requests: RequestDetail[];
  fallbackEvents: Omit<FallbackEvent, 'id'>[];
  episodes: Omit<Episode, 'id'>[];
  transitions: Omit<HealthTransition, 'id'>[];
  /** When the gateway ran, half-open, epoch milliseconds. */
  alive: { from: number; to: number }[];
  /** The experiment that runs beside; its copies are not among `requests`. */
  shadows: PastShadows;
}

/**
 * The seven days before `now` (epoch milliseconds): some 25,000 requests that rise and fall with the day, the last hour
 * as dense as the demo's live traffic, with two incidents of the primary. Equal arguments give equal histories.
 */
export function demoHistory(now: number, seed = 1): DemoHistory {
  const random = createRandom(seed);
  const incidents = pastIncidents(now);
  const requests: RequestDetail[] = [];
  const decisions: KnownDecisions = new Map();
  const from = now - DAYS * DAY_MS;
  let at = from;
  for (;;) {
    at += exponential(random, HOUR_MS / requestsPerHour(at, now));
    if (at >= now) break;
    const incident = incidents.find((candidate) => at >= candidate.from && at < candidate.to) ?? null;
    const request = pastRequest(Math.floor(at), incident, random, decisions);
    // What would still be running is not of the past.
    if (request.started_at + request.duration_ms < now) requests.push(request);
  }
  return {
    requests,
    fallbackEvents: requests.flatMap(fallbackEventOf),
    episodes: incidents.map((incident) => episodeOf(incident, requests)),
    transitions: transitionsOf(incidents, from),
    alive: [{ from, to: now }],
    // Chance of its own, so that the rest of the past does not depend on it.
    shadows: pastShadows(requests, now, createRandom(seed + 1)),
  };
}

/**
 * Busy in European working hours, quiet at night and on weekends; the last day is denser than the ones before. The last
 * hour swells to the live traffic, which then goes on from the past without a cliff in the charts.
 */
function requestsPerHour(at: number, now: number): number {
  const time = new Date(at);
  const hour = time.getUTCHours() + time.getUTCMinutes() / 60;
  const day = Math.exp(-(((hour - 13) / 5) ** 2));
  const weekend = time.getUTCDay() % 6 === 0 ? 0.55 : 1;
  const usual = 130 * (at >= now - DAY_MS ? 4 : 1) * weekend * (0.25 + day);
  const swell = Math.max(0, 1 - (now - at) / LIVE_SPAN_MS);
  return usual + LIVE_PER_HOUR * Math.min(1, swell * 4);
}

function fallbackEventOf(request: RequestDetail): Omit<FallbackEvent, 'id'>[] {
  const { fallback_from: from, fallback_reason: reason, provider } = request;
  const to = provider ?? request.attempt_list.at(-1)?.provider ?? null;
  if (from === null || reason === null || to === null) return [];
  return [
    {
      at: request.started_at,
      request_id: request.id,
      from_provider: from,
      to_provider: to,
      reason,
      detail:
        request.attempt_list[0]?.message ?? request.decision?.candidates[0]?.reason ?? 'the primary did not serve',
      served: request.status === 'success',
    },
  ];
}

function episodeOf(incident: PastIncident, requests: readonly RequestDetail[]): Omit<Episode, 'id'> {
  const touched = requests.filter(
    (request) =>
      request.fallback_from !== null && request.started_at >= incident.from && request.started_at < incident.to,
  );
  return {
    from_provider: 'kimi_k2_self_hosted',
    to_provider: 'claude_opus_api',
    reason: incident.reason,
    detail: incident.detail,
    started_at: incident.from,
    ended_at: incident.to,
    requests: touched.length,
    failed_requests: touched.filter((request) => request.status !== 'success').length,
    cost_usd: touched.reduce((sum, request) => sum + Math.round(request.cost_usd * 1e6), 0) / 1e6,
    pricing_unknown_requests: touched.filter((request) => request.pricing_unknown).length,
  };
}
