import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { Logger } from '../log.ts';
import type { Registry } from '../registry/types.ts';
import type { StartTrace } from '../trace-context.ts';

/** What the telemetry of an engine needs of it. */
export interface TelemetryGround {
  registry: () => Registry;
  events: EventBus;
  clock: Clock;
  logger: Logger;
  version: string;
  /** `development`, `staging`, or `production`. */
  environmentName: string;
  /** Takes every secret out of a text. */
  redact: (text: string) => string;
}

/** OpenTelemetry as it runs. */
export interface Telemetry {
  /** Left out where no spans are recorded. */
  startTrace: StartTrace | undefined;
  /** Sends what is left, for at most a second and a half. */
  stop(): Promise<void>;
}
