import type { Episode, FallbackEvent, Fallbacks, LaneSpan } from '../../../shared/domain/history.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatUsd } from '../../../shared/format/number.ts';
import type { TimelineLane } from '../../ui/charts/timeline-model.ts';

/** What happened since the answer was fetched, as the live stream told it. */
interface LiveFallbacks {
  openEpisodes: readonly Episode[];
  recentFallbacks: readonly FallbackEvent[];
}

/**
 * The fetched history with what the live stream has added to it: newer figures of open episodes, new episodes, and new
 * events, those within `since` alone and none twice. Newest first.
 */
export function withLive(
  fetched: Fallbacks,
  live: LiveFallbacks,
  since: number,
): Pick<Fallbacks, 'episodes' | 'events'> {
  const open = new Map(live.openEpisodes.map((episode) => [episode.id, episode]));
  const known = new Set(fetched.episodes.map(({ id }) => id));
  const episodes = [
    ...live.openEpisodes.filter(({ id }) => !known.has(id)),
    ...fetched.episodes.map((episode) => open.get(episode.id) ?? episode),
  ].filter((episode) => episode.ended_at === null || episode.ended_at >= since);
  const seen = new Set(fetched.events.map(({ id }) => id));
  const events = [...live.recentFallbacks.filter(({ id }) => !seen.has(id)), ...fetched.events].filter(
    ({ at }) => at >= since,
  );
  return {
    episodes: episodes.toSorted((a, b) => b.started_at - a.started_at),
    events: events.toSorted((a, b) => b.at - a.at),
  };
}

/**
 * The health lanes carried on to `now` with the live status: the last span grows while the status is the same, and a
 * newer status begins its own. In the providers' order, which is the order of every other screen.
 */
export function liveLanes(
  lanes: Fallbacks['lanes'],
  providers: readonly ProviderStatus[],
  until: number,
  now: number,
): TimelineLane[] {
  const order = new Map(providers.map(({ name }, index) => [name, index]));
  const place = (name: string) => order.get(name) ?? providers.length;
  return lanes
    .toSorted((a, b) => place(a.provider) - place(b.provider))
    .map(({ provider, spans }) => {
      const status = providers.find(({ name }) => name === provider);
      return {
        provider,
        label: status?.display_name ?? provider,
        spans: status ? carriedOn(spans, status, until, now) : spans,
      };
    });
}

function carriedOn(spans: readonly LaneSpan[], provider: ProviderStatus, until: number, now: number): LaneSpan[] {
  const { status, reason, since } = provider.health;
  const last = spans.at(-1);
  if (!last || now <= until) return [...spans];
  // A span that ended before the answer did ended for a reason of its own.
  if (last.to < until - 1000) return [...spans];
  if (last.status === status) return [...spans.slice(0, -1), { ...last, to: now }];
  const turn = Math.min(now, Math.max(last.from, since));
  return [...spans.slice(0, -1), { ...last, to: turn }, { from: turn, to: now, status, reason }];
}

/** Length of an episode in ms; that of an open one until `now`. */
export function episodeLength(episode: Episode, now: number): number {
  return Math.max(0, (episode.ended_at ?? now) - episode.started_at);
}

interface FallbackTotals {
  episodes: number;
  open: number;
  /** Time on fallback in ms; overlapping episodes count once. */
  lengthMs: number;
  requests: number;
  failed: number;
  costUsd: number;
  unpriced: number;
}

/** Sums over episodes; time is cut to the range from `since` to `now`. */
export function fallbackTotals(episodes: readonly Episode[], since: number, now: number): FallbackTotals {
  let lengthMs = 0;
  let covered = since;
  for (const episode of episodes.toSorted((a, b) => a.started_at - b.started_at)) {
    const from = Math.max(covered, episode.started_at);
    const to = Math.min(now, episode.ended_at ?? now);
    if (to > from) {
      lengthMs += to - from;
      covered = to;
    }
  }
  const sum = (pick: (episode: Episode) => number) => episodes.reduce((all, episode) => all + pick(episode), 0);
  return {
    episodes: episodes.length,
    open: episodes.filter(({ ended_at }) => ended_at === null).length,
    lengthMs,
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed_requests }) => failed_requests),
    costUsd: sum(({ cost_usd }) => cost_usd),
    unpriced: sum(({ pricing_unknown_requests }) => pricing_unknown_requests),
  };
}

/** The answer to "what happened?" in one line: `2 episodes, 31 min on fallback, 1,204 requests, 12.40 USD`. */
export function totalsSentence(totals: FallbackTotals): string {
  if (totals.episodes === 0) return 'No fallback';
  const parts = [
    plural(totals.episodes, 'episode'),
    `${formatDuration(totals.lengthMs)} on fallback`,
    plural(totals.requests, 'request'),
    ...(totals.failed > 0 ? [`${formatCount(totals.failed)} failed`] : []),
    totals.unpriced > 0 && totals.costUsd === 0 ? 'price unknown' : formatUsd(totals.costUsd),
  ];
  return parts.join(', ');
}

const CAUSES: Readonly<Record<Episode['reason'], string>> = {
  unhealthy: 'was unhealthy',
  timeout: 'did not answer in time',
  error: 'answered with errors',
};

/** The reason of a fallback in two words or three. */
export function causeWords(reason: Episode['reason']): string {
  return CAUSES[reason];
}

/** Why the episode began, as a sentence about the provider that did not serve. */
export function episodeReason({ reason, detail }: Pick<Episode, 'reason' | 'detail'>): string {
  return `It ${causeWords(reason)}${detail === '' ? '' : `: ${detail}`}.`;
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The episode that a clicked stretch of a lane belongs to: the provider failed or stood in during it. */
export function episodeOf(episodes: readonly Episode[], provider: string, from: number, to: number): Episode | null {
  const overlapping = episodes.filter(
    (one) => one.started_at < to && (one.ended_at ?? Number.POSITIVE_INFINITY) > from,
  );
  return (
    overlapping.find((one) => one.from_provider === provider) ??
    overlapping.find((one) => one.to_provider === provider) ??
    null
  );
}

/** The events that belong to an episode. */
export function eventsOf(episode: Episode, events: readonly FallbackEvent[]): FallbackEvent[] {
  return events.filter(
    (event) =>
      event.from_provider === episode.from_provider &&
      event.at >= episode.started_at &&
      event.at <= (episode.ended_at ?? Number.POSITIVE_INFINITY),
  );
}
