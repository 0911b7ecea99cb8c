import type { Logger } from '../log.ts';

/** Says in the log when exports begin to fail and when they go well again, and nothing in between. */
export class ExportHealth {
  readonly #signal: string;
  readonly #url: string;
  readonly #logger: Logger;
  #failing = false;
  #dropped = 0;

  constructor(signal: 'traces' | 'metrics', url: string, logger: Logger) {
    this.#signal = signal;
    this.#url = url;
    this.#logger = logger;
  }

  /** Counts what was lost, for the line that tells of the recovery. */
  dropped(count: number): void {
    this.#dropped += count;
  }

  /** An export has ended; null where it went well. */
  note(error: Error | null): void {
    if ((error !== null) === this.#failing) return;
    this.#failing = error !== null;
    if (error) {
      const reason = `${this.#signal} cannot be exported: ${error.message || error.name}`;
      this.#logger.warn('telemetry_export_failing', { url: this.#url, reason });
      return;
    }
    this.#logger.info('telemetry_export_recovered', {
      url: this.#url,
      reason: `${this.#signal} are exported again`,
      count: this.#dropped,
    });
    this.#dropped = 0;
  }
}
