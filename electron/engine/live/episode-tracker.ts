import type { Episode, FallbackEvent } from '../../../shared/domain/history.ts';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { Verdict } from '../../../shared/domain/status.ts';

/** A fallback this long before the verdict changed belongs to the same episode: it is how the failure was first felt. */
const LOOK_BACK_MS = 60_000;

export interface EpisodeStorage {
  openEpisode(episode: Omit<Episode, 'id'>): Episode;
  updateEpisode(episode: Episode): void;
}

/** Where things stand, as far as an episode is concerned. */
export interface EpisodeView {
  verdict: Verdict;
  /** True when an operator's override is why another provider serves: that is a decision, not an episode. */
  forced: boolean;
  primary: string;
  /** All entries that share the primary's priority; being served by any of them is normal. */
  primaryGroup: readonly string[];
  serving: string | null;
  /** Why the primary does not serve. */
  cause: string;
}

/**
 * Turns verdicts and fallbacks into episodes: one opens when the primary stops serving, and ends when it serves again. A
 * single request that failed over while the primary stayed in service is an event but no episode.
 */
export class EpisodeTracker {
  readonly #storage: EpisodeStorage;
  readonly #changed: (episode: Episode) => void;
  #open: Episode | null;
  #recent: FallbackEvent[] = [];
  #unsaved = false;

  constructor(storage: EpisodeStorage, restored: readonly Episode[], changed: (episode: Episode) => void) {
    this.#storage = storage;
    this.#changed = changed;
    this.#open = restored[0] ?? null;
  }

  get open(): Episode | null {
    return this.#open;
  }

  noteFallback(event: FallbackEvent): void {
    this.#recent = [...this.#recent.filter((earlier) => earlier.at > event.at - LOOK_BACK_MS), event];
  }

  /** Looks at where things stand; call it on every transition and once a second. */
  observe(view: EpisodeView, now: number): void {
    if (view.verdict === 'primary') {
      if (this.#open) this.#close(now);
    } else if (!this.#open && !view.forced) this.#begin(view, now);
    this.#save();
  }

  /** Counts a finished request that the open episode kept from the primary. */
  noteRequest(request: RequestDetail, primaryGroup: readonly string[]): void {
    if (!this.#open || request.status === 'cancelled') return;
    if (request.provider !== null && primaryGroup.includes(request.provider)) return;
    // A call site, a tier or a name may mean the primary too: then it is the first that the decision thought of.
    const intended = request.decision?.candidates[0]?.provider;
    const meant =
      request.fallback_from !== null ||
      request.rule === 'primary' ||
      request.rule === 'fallback' ||
      (intended !== undefined && primaryGroup.includes(intended));
    if (!meant) return;
    this.#open = count(this.#open, request);
    this.#unsaved = true;
  }

  #begin(view: EpisodeView, now: number): void {
    const group = new Set(view.primaryGroup);
    const earlier = this.#recent.filter((event) => group.has(event.from_provider) && event.at > now - LOOK_BACK_MS);
    const first = earlier[0];
    this.#open = this.#storage.openEpisode({
      from_provider: first?.from_provider ?? view.primary,
      to_provider: view.serving,
      reason: first?.reason ?? 'unhealthy',
      detail: first?.detail ?? view.cause,
      started_at: first?.at ?? now,
      ended_at: null,
      requests: earlier.length,
      failed_requests: 0,
      cost_usd: 0,
      pricing_unknown_requests: 0,
    });
    this.#changed(this.#open);
  }

  #close(now: number): void {
    if (!this.#open) return;
    const ended = { ...this.#open, ended_at: now };
    this.#open = null;
    this.#unsaved = false;
    this.#recent = [];
    this.#storage.updateEpisode(ended);
    this.#changed(ended);
  }

  /** Counts are saved once a second at most; what a crash loses is in the requests' own rows. */
  #save(): void {
    if (!this.#open || !this.#unsaved) return;
    this.#unsaved = false;
    this.#storage.updateEpisode(this.#open);
    this.#changed(this.#open);
  }
}

function count(episode: Episode, request: RequestDetail): Episode {
  const failed = request.provider === null;
  return {
    ...episode,
    to_provider: request.provider ?? episode.to_provider,
    requests: episode.requests + 1,
    failed_requests: episode.failed_requests + (failed ? 1 : 0),
    cost_usd: (Math.round(episode.cost_usd * 1e6) + Math.round(request.cost_usd * 1e6)) / 1e6,
    pricing_unknown_requests: episode.pricing_unknown_requests + (request.pricing_unknown ? 1 : 0),
  };
}
