import { ProviderFailure } from './types.ts';
import type { Failure } from './types.ts';

/** Bytes that may wait unread before the sender is asked to pause. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** The bytes of an answer between the socket, which pushes, and one reader, who pulls. */
export class BodyQueue {
  readonly #chunks: Buffer[] = [];
  readonly #flow: { pause: () => void; resume: () => void };
  #bytes = 0;
  #paused = false;
  #ended = false;
  #discarding = false;
  #failure: Failure | null = null;
  #wake: (() => void) | null = null;

  constructor(flow: { pause: () => void; resume: () => void }) {
    this.#flow = flow;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(chunk: Buffer): void {
    if (this.#discarding) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > HIGH_WATER_BYTES && !this.#paused) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** What is already here is still read; then the failure is thrown. */
  fail(failure: Failure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake?.();
  }

  /** What comes from now on is thrown away. */
  discard(): void {
    this.#discarding = true;
    this.#chunks.length = 0;
    this.#resume();
  }

  /** The next bytes, or null at the end. Throws ProviderFailure where the answer broke off. */
  async next(): Promise<Buffer | null> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#bytes -= chunk.length;
        if (this.#chunks.length === 0) this.#resume();
        return chunk;
      }
      if (this.#failure) throw new ProviderFailure(this.#failure);
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#flow.resume();
  }
}
