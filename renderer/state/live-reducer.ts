import type { Episode, FallbackEvent } from '../../shared/domain/history.ts';
import type { LiveMessage } from '../../shared/domain/live.ts';
import type { QuotaStatus } from '../../shared/domain/quota.ts';
import type { RequestSummary } from '../../shared/domain/request.ts';
import type { Status } from '../../shared/domain/status.ts';

/** Most rows kept of what streams in; a page of history is the API's business. */
export const RECENT_REQUESTS_KEPT = 200;
const RECENT_FALLBACKS_KEPT = 100;

/** The live picture as the console holds it. */
export interface LiveState {
  /** Null until the first snapshot. */
  status: Status | null;
  /** Newest first. */
  requests: readonly RequestSummary[];
  /** Requests that the stream left out since the snapshot because they came too fast. */
  skippedRequests: number;
  /** Newest first. */
  openEpisodes: readonly Episode[];
  /** Events since the snapshot, newest first. */
  recentFallbacks: readonly FallbackEvent[];
  /** Limits of call sites; null until the first snapshot. */
  callSiteQuotas: readonly QuotaStatus[] | null;
}

export const initialLive: LiveState = {
  status: null,
  requests: [],
  skippedRequests: 0,
  openEpisodes: [],
  recentFallbacks: [],
  callSiteQuotas: null,
};

/** The live picture after a message. Parts that the message does not touch keep their identity, so selectors stay quiet. */
export function reduceLive(state: LiveState, message: LiveMessage): LiveState {
  switch (message.type) {
    case 'snapshot':
      return {
        status: message.status,
        requests: message.requests.slice(0, RECENT_REQUESTS_KEPT),
        skippedRequests: 0,
        openEpisodes: message.open_episodes,
        recentFallbacks: [],
        callSiteQuotas: message.call_site_quotas,
      };
    case 'status':
      return { ...state, status: message.status };
    case 'gauges':
      return state.status
        ? { ...state, status: withGauges(state.status, message), callSiteQuotas: message.call_site_quotas }
        : state;
    case 'requests':
      return {
        ...state,
        requests: newestFirst(message.requests, state.requests),
        skippedRequests: state.skippedRequests + message.skipped,
      };
    case 'fallback':
      return { ...state, recentFallbacks: [message.event, ...state.recentFallbacks].slice(0, RECENT_FALLBACKS_KEPT) };
    case 'episode':
      return { ...state, openEpisodes: withEpisode(state.openEpisodes, message.episode) };
  }
}

function withGauges(status: Status, message: Extract<LiveMessage, { type: 'gauges' }>): Status {
  const fresh = new Map(message.providers.map((provider) => [provider.name, provider]));
  return {
    ...status,
    requests_per_second: message.requests_per_second,
    cost_usd_per_hour: message.cost_usd_per_hour,
    pricing_unknown_last_hour: message.pricing_unknown_last_hour,
    providers: status.providers.map((provider) => {
      const gauges = fresh.get(provider.name);
      return gauges ? { ...provider, gauges: gauges.gauges, load: gauges.load, quota: gauges.quota } : provider;
    }),
  };
}

function newestFirst(arrived: readonly RequestSummary[], known: readonly RequestSummary[]): readonly RequestSummary[] {
  const ids = new Set(arrived.map(({ id }) => id));
  return [...arrived, ...known.filter(({ id }) => !ids.has(id))]
    .toSorted((left, right) => right.started_at - left.started_at)
    .slice(0, RECENT_REQUESTS_KEPT);
}

function withEpisode(open: readonly Episode[], episode: Episode): readonly Episode[] {
  const others = open.filter(({ id }) => id !== episode.id);
  return episode.ended_at === null
    ? [episode, ...others].toSorted((left, right) => right.started_at - left.started_at)
    : others;
}
