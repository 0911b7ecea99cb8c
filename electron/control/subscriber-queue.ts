import type { LiveMessage } from '../../shared/domain/live.ts';

type WithoutSequence<Message> = Message extends LiveMessage ? Omit<Message, 'seq'> : never;
/** A live message before a subscription numbers it. */
export type LiveUpdate = WithoutSequence<LiveMessage>;

/**
 * What one subscriber has not read yet, bounded. For a slow reader gauges go first (only the newest is worth
 * anything), then batches of requests, whose rows are counted into the next batch; transitions are never dropped.
 */
export class SubscriberQueue {
  readonly #limit: number;
  #updates: LiveUpdate[] = [];
  #skippedRequests = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when a transition found no room: the reader has lost the thread and must start again. */
  push(update: LiveUpdate): boolean {
    if (update.type === 'gauges') this.#updates = this.#updates.filter((queued) => queued.type !== 'gauges');
    if (this.#updates.length >= this.#limit && !this.#makeRoom()) return this.#refuse(update);
    if (update.type === 'requests') {
      this.#updates.push({ ...update, skipped: update.skipped + this.#skippedRequests });
      this.#skippedRequests = 0;
    } else {
      this.#updates.push(update);
    }
    return true;
  }

  take(): LiveUpdate | undefined {
    return this.#updates.shift();
  }

  #makeRoom(): boolean {
    for (const type of ['gauges', 'requests']) {
      const index = this.#updates.findIndex((queued) => queued.type === type);
      const [dropped] = index === -1 ? [] : this.#updates.splice(index, 1);
      if (dropped === undefined) continue;
      this.#countSkipped(dropped);
      return true;
    }
    return false;
  }

  #refuse(update: LiveUpdate): boolean {
    this.#countSkipped(update);
    return update.type === 'gauges' || update.type === 'requests';
  }

  #countSkipped(update: LiveUpdate): void {
    if (update.type === 'requests') this.#skippedRequests += update.requests.length + update.skipped;
  }
}
