import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Clock } from '../clock.ts';

/** The longest pause after exports that failed. */
const LONGEST_PAUSE_MS = 60_000;

export interface SpanQueueParts {
  exporter: Pick<SpanExporter, 'export'>;
  clock: Clock;
  maximumSpans: number;
  /** Spans of one export. */
  batchSpans: number;
  /** Milliseconds that spans are gathered for. */
  delayMs: number;
  onDropped: (spans: number, reason: 'queue_full' | 'export_failed') => void;
  /** Told of every export: null where it went well. */
  onExport: (error: Error | null) => void;
}

/**
 * Holds spans until they are exported, one export at a time. It never grows beyond its size: what finds no room is dropped
 * and counted, and so is what could not be exported. After a failure it waits twice as long each time, up to a minute.
 */
export class SpanQueue {
  readonly #parts: SpanQueueParts;
  #waiting: ReadableSpan[] = [];
  #failures = 0;
  #cancelTimer: (() => void) | null = null;
  #exporting: Promise<void> | null = null;
  #stopped = false;

  constructor(parts: SpanQueueParts) {
    this.#parts = parts;
  }

  /** Takes the spans of one request, all of them or none. */
  add(spans: readonly ReadableSpan[]): void {
    const { maximumSpans, batchSpans, onDropped } = this.#parts;
    if (this.#stopped || this.#waiting.length + spans.length > maximumSpans) {
      onDropped(spans.length, 'queue_full');
      return;
    }
    this.#waiting.push(...spans);
    if (this.#waiting.length >= batchSpans && this.#failures === 0) this.#exportSoon(0);
    else this.#exportSoon(null);
  }

  /** Exports what is left, for at most `limitMs`; the rest is dropped and counted. */
  async stop(limitMs: number): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    const over = new AbortController();
    const timeUp = this.#parts.clock.sleep(limitMs, over.signal).catch(() => undefined);
    await Promise.race([this.#exportAll(over.signal), timeUp]);
    over.abort();
    if (this.#waiting.length > 0) this.#parts.onDropped(this.#waiting.length, 'export_failed');
    this.#waiting = [];
  }

  async #exportAll(over: AbortSignal): Promise<void> {
    await this.#exporting;
    // One failure is enough to know that nobody is there.
    const failures = this.#failures;
    while (this.#waiting.length > 0 && this.#failures <= failures && !over.aborted) await this.#exportBatch();
  }

  /** Plans the next export unless one is planned; `delayMs` null is the usual one, longer after failures. */
  #exportSoon(delayMs: number | null): void {
    if (this.#exporting) return;
    if (this.#cancelTimer !== null && delayMs === null) return;
    this.#cancelTimer?.();
    const usual = Math.min(this.#parts.delayMs * 2 ** Math.min(this.#failures, 16), this.#longestPause());
    this.#cancelTimer = this.#parts.clock.after(delayMs ?? usual, () => {
      this.#cancelTimer = null;
      this.#exporting = this.#exportBatch().finally(() => {
        this.#exporting = null;
        if (this.#waiting.length > 0 && !this.#stopped) this.#exportSoon(null);
      });
    });
  }

  #longestPause(): number {
    return Math.max(LONGEST_PAUSE_MS, this.#parts.delayMs);
  }

  async #exportBatch(): Promise<void> {
    const { exporter, batchSpans, onDropped, onExport } = this.#parts;
    const batch = this.#waiting.splice(0, batchSpans);
    if (batch.length === 0) return;
    const error = await new Promise<Error | null>((resolve) => {
      // Code 0 is success (ExportResultCode of @opentelemetry/core).
      exporter.export(batch, (result) =>
        resolve(result.code === 0 ? null : (result.error ?? new Error('the export failed'))),
      );
    });
    this.#failures = error === null ? 0 : this.#failures + 1;
    if (error) onDropped(batch.length, 'export_failed');
    onExport(error);
  }
}
