import type { Experiments, ShadowDrop, ShadowOutcome } from '../../../shared/domain/experiments.ts';

/** What has become of the sample since the engine started. */
export class ShadowCounters {
  readonly #since: number;
  readonly #outcomes = new Map<ShadowOutcome, number>();
  #sampled = 0;
  #sent = 0;

  /** `since` in epoch milliseconds. */
  constructor(since: number) {
    this.#since = since;
  }

  sampled(): void {
    this.#sampled += 1;
  }

  sent(): void {
    this.#sent += 1;
  }

  ended(outcome: ShadowOutcome): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  figures(waiting: number, running: number): Experiments['counters'] {
    const { succeeded = 0, failed = 0, cancelled = 0, ...dropped } = Object.fromEntries(this.#outcomes);
    return {
      since: this.#since,
      sampled: this.#sampled,
      sent: this.#sent,
      succeeded,
      failed,
      cancelled,
      waiting,
      running,
      dropped: Object.entries(dropped).map(([reason, requests]) => ({ reason: reason as ShadowDrop, requests })),
    };
  }
}
