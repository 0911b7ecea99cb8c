import { printable } from '../../shared/format/printable.ts';
import type { ReportError } from '../control/errors.ts';
import { systemClock } from '../engine/clock.ts';
import type { Clock } from '../engine/clock.ts';
import { withoutSecrets } from '../engine/log.ts';

interface ErrorReportOptions {
  clock: Pick<Clock, 'now'>;
  /** Takes one whole line, its line feed included; stderr in the hosts. */
  write: (line: string) => void;
  /** Secrets in use; none of them is ever written, whoever quotes it. */
  secrets: readonly string[];
}

/** Tells of a defect as a line of JSON like the engine's own log, with the place where it happened. */
export function createErrorReport({ clock, write, secrets }: ErrorReportOptions): ReportError {
  return (event, error) => {
    const message = withoutSecrets(error instanceof Error ? error.message : String(error), secrets);
    const stack = error instanceof Error ? withoutSecrets(error.stack ?? '', secrets) : undefined;
    const time = new Date(clock.now()).toISOString();
    write(printable(`${JSON.stringify({ time, level: 'error', event, message, stack })}\n`));
  };
}

/** The report of a running host. `secrets` are kept out of it. */
export function reportToStandardError(secrets: readonly string[]): ReportError {
  return createErrorReport({ clock: systemClock, write: (line) => void process.stderr.write(line), secrets });
}
