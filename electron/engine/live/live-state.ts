import type { Episode, FallbackEvent } from '../../../shared/domain/history.ts';
import type { RequestDetail, RequestSummary } from '../../../shared/domain/request.ts';
import type { EngineEvents } from '../events.ts';
import { EpisodeTracker } from './episode-tracker.ts';
import type { EpisodeStorage } from './episode-tracker.ts';
import { RecentWindow } from './recent-window.ts';
import type { VerdictView } from './verdict.ts';

const WINDOW_MS = 60_000;
const HOUR_MS = 3_600_000;
const RECENT_REQUESTS = 200;

export interface LiveStateOptions {
  storage: EpisodeStorage;
  /** When requests of unknown price came in the hour before the start; epoch milliseconds. */
  restoredUnpriced: readonly number[];
  restoredEpisodes: readonly Episode[];
  verdict: () => VerdictView;
  emit: (name: 'episode_changed', payload: EngineEvents['episode_changed']) => void;
  now: number;
}

/** What the engine remembers of the last minutes, in memory: gauges, the newest requests, the verdict and its episode. */
export class LiveState {
  readonly window = new RecentWindow(WINDOW_MS);
  readonly #episodes: EpisodeTracker;
  readonly #currentVerdict: () => VerdictView;
  #recent: RequestSummary[] = [];
  #unknownPrices: number[] = [];
  #verdict: VerdictView;
  #verdictSince: number;

  constructor(options: LiveStateOptions) {
    this.#currentVerdict = options.verdict;
    this.#episodes = new EpisodeTracker(options.storage, options.restoredEpisodes, (episode) =>
      options.emit('episode_changed', episode),
    );
    this.#verdict = options.verdict();
    this.#verdictSince = this.#episodes.open?.started_at ?? options.now;
    this.#unknownPrices = [...options.restoredUnpriced];
  }

  get verdict(): VerdictView {
    return this.#verdict;
  }

  /** Since when the verdict and who serves have been the same; epoch milliseconds. */
  get verdictSince(): number {
    return this.#verdictSince;
  }

  get recentRequests(): RequestSummary[] {
    return this.#recent;
  }

  get openEpisodes(): Episode[] {
    return this.#episodes.open ? [this.#episodes.open] : [];
  }

  /** Requests in the last hour whose price is not known. */
  unknownPricesLastHour(now: number): number {
    return this.#unknownPrices.filter((at) => at > now - HOUR_MS).length;
  }

  noteRequest(request: RequestDetail, now: number): void {
    this.window.add(request, now);
    if (request.pricing_unknown) this.#unknownPrices.push(now);
    const { decision: _decision, attempt_list: _attempts, ...summary } = request;
    this.#recent = [summary, ...this.#recent].slice(0, RECENT_REQUESTS);
    this.#episodes.noteRequest(request, this.#verdict.primaryGroup);
  }

  noteFallback(event: FallbackEvent): void {
    this.#episodes.noteFallback(event);
  }

  /**
   * Looks again at who serves; call it on every transition and once a second. Before the first probe has ended nothing is
   * concluded, so that a start is not taken for an outage.
   */
  observe(now: number): void {
    this.window.trim(now);
    this.#unknownPrices = this.#unknownPrices.filter((at) => at > now - HOUR_MS);
    const before = this.#verdict.verdict;
    const next = this.#currentVerdict();
    const changed = next.verdict !== this.#verdict.verdict || next.serving !== this.#verdict.serving;
    this.#verdict = next;
    // An episode that a restart fell into goes on until somebody has seen the primary well.
    if (next.settled || next.verdict !== 'primary') this.#episodes.observe(next, now);
    if (!changed) return;
    // The episode may have begun with a request that failed over before the verdict turned.
    const leftPrimary = before === 'primary' && next.verdict !== 'primary';
    this.#verdictSince = leftPrimary ? (this.#episodes.open?.started_at ?? now) : now;
  }
}
