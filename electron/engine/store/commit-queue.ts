import type { Clock } from '../clock.ts';

/** What the queue needs of the database; `run` commits everything or nothing and throws why. */
interface Committer {
  run: (operations: readonly (() => void)[]) => void;
  /** True when the same operation may succeed later: a full disk, a lock, an I/O error. */
  isPassing: (error: unknown) => boolean;
}

interface Operation {
  apply: () => void;
  settle: () => void;
  /** A waiting operation of the same key is replaced by this one. */
  key: string | null;
  /** A row among many alike, whose loss changes no state; the first to go when there is no room. */
  isOneOfMany: boolean;
}

/** Most operations kept in memory while the database cannot be written; beyond it the oldest rows among many alike go. */
const MAXIMUM_WAITING = 10_000;
/** Most operations in one transaction, so that catching up never holds the event loop for long. */
const MAXIMUM_PER_COMMIT = 1000;
/** The longest that an answer waits for a row that cannot be written. */
const LONGEST_WAIT_MS = 1000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;
const REPORT_EVERY_MS = 60_000;

/**
 * Orders and commits writes. Operations of one event-loop turn share a commit; a write that is needed at once takes
 * the waiting ones with it. While the database cannot be written, operations wait in memory in their order and are
 * retried with growing pauses. Those who wait for them are let go after a second, and from then on at once, so that
 * trouble that lasts slows no answer down. It is reported once a minute, and its end with what was lost meanwhile. An
 * operation that can never succeed is reported and left out, so that it does not hold up the others.
 */
export class CommitQueue {
  readonly #committer: Committer;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #waiting: Operation[] = [];
  #scheduled: NodeJS.Immediate | null = null;
  #cancelRetry: (() => void) | null = null;
  #cancelRelease: (() => void) | null = null;
  #retryMs = FIRST_RETRY_MS;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #lost = 0;
  /** True once the trouble has lasted for so long that nobody waits for it any more. */
  #isLasting = false;
  /** True while the last thing told of the store is that it cannot be written. */
  #isTold = false;
  #flushing = false;

  constructor(committer: Committer, clock: Clock, onError: (error: unknown) => void) {
    this.#committer = committer;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** How many operations wait because the database could not be written. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Commits at the end of this turn of the event loop; resolves then, or after a second when it cannot be committed. */
  enqueue(apply: () => void): Promise<void> {
    return new Promise((settle) => {
      this.#add({ apply, settle, key: null, isOneOfMany: true });
      if (!this.#cancelRetry) this.#scheduled ??= setImmediate(() => this.#flush());
      else if (this.#isLasting) settle();
      else this.#releaseLater();
    });
  }

  /** Commits before it returns; keeps the operation for a retry when it cannot. Never throws. */
  commit(apply: () => void, key: string | null = null): void {
    this.#add({ apply, settle: () => {}, key, isOneOfMany: false });
    if (!this.#cancelRetry) this.#flush();
  }

  /** Tries once more to commit what waits and stops the timers; what is left then is reported as lost. */
  close(): void {
    this.#stopRetry();
    this.#flush();
    this.#stopRetry();
    if (this.#waiting.length === 0) return;
    this.#onError(new Error(`Writes lost because they could not be stored before closing: ${this.#waiting.length}.`));
    this.#release();
  }

  #stopRetry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  #add(operation: Operation): void {
    const same = operation.key === null ? -1 : this.#waiting.findIndex(({ key }) => key === operation.key);
    if (same >= 0) this.#waiting[same] = operation;
    else this.#waiting.push(operation);
    if (this.#waiting.length <= MAXIMUM_WAITING) return;
    const oldest = this.#waiting.findIndex(({ isOneOfMany }) => isOneOfMany);
    for (const { settle } of this.#waiting.splice(Math.max(0, oldest), 1)) settle();
    this.#lost += 1;
  }

  #flush(): void {
    if (this.#scheduled) clearImmediate(this.#scheduled);
    this.#scheduled = null;
    this.#cancelRetry = null;
    // A report of trouble may itself be written down; that operation then waits for the loop below to reach it.
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      while (this.#waiting.length > 0) this.#commitBatch(this.#waiting.slice(0, MAXIMUM_PER_COMMIT));
    } catch (error) {
      this.#retryLater(error);
      return;
    } finally {
      this.#flushing = false;
    }
    this.#retryMs = FIRST_RETRY_MS;
    this.#isLasting = false;
    this.#cancelRelease?.();
    this.#cancelRelease = null;
    this.#reportEnd();
  }

  #commitBatch(batch: readonly Operation[]): void {
    try {
      this.#committer.run(batch.map(({ apply }) => apply));
    } catch (error) {
      if (this.#committer.isPassing(error)) throw error;
      this.#commitOneByOne(batch);
      return;
    }
    this.#done(batch);
  }

  #commitOneByOne(batch: readonly Operation[]): void {
    for (const operation of batch) {
      try {
        this.#committer.run([operation.apply]);
      } catch (error) {
        if (this.#committer.isPassing(error)) throw error;
        this.#onError(new Error('A row could not be stored and was left out.', { cause: error }));
      }
      this.#done([operation]);
    }
  }

  #done(batch: readonly Operation[]): void {
    this.#waiting = this.#waiting.slice(batch.length);
    for (const { settle } of batch) settle();
  }

  #retryLater(error: unknown): void {
    this.#report(error);
    if (!this.#isLasting) this.#releaseLater();
    this.#cancelRetry = this.#clock.after(this.#retryMs, () => this.#flush());
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #releaseLater(): void {
    this.#cancelRelease ??= this.#clock.after(LONGEST_WAIT_MS, () => {
      this.#isLasting = true;
      this.#release();
    });
  }

  #release(): void {
    this.#cancelRelease?.();
    this.#cancelRelease = null;
    for (const { settle } of this.#waiting) settle();
  }

  #report(error: unknown): void {
    const now = this.#clock.monotonic();
    if (now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    this.#isTold = true;
    const lost = this.#lost > 0 ? ` Older ones dropped for want of room: ${this.#lost}.` : '';
    const reason = error instanceof Error ? error.message : String(error);
    this.#onError(
      new Error(
        `The store cannot be written (${reason}). Writes kept in memory for a retry: ${this.#waiting.length}.${lost}`,
        {
          cause: error,
        },
      ),
    );
  }

  /** Of trouble that was told, or that cost something. */
  #reportEnd(): void {
    if (!this.#isTold && this.#lost === 0) return;
    const lost =
      this.#lost > 0 ? `Writes lost meanwhile for want of room in memory: ${this.#lost}.` : 'Nothing was lost.';
    this.#isTold = false;
    this.#lost = 0;
    this.#onError(new Error(`The store can be written again. ${lost}`));
  }
}
