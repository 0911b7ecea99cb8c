import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { Logger } from '../log.ts';
import type { Environment, Registry } from '../registry/types.ts';
import type { StartTrace } from '../trace-context.ts';
import { readTelemetrySettings } from './settings.ts';

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

export interface Telemetry {
  /** Left out where no spans are recorded. */
  startTrace: StartTrace | undefined;
  /** Sends what is left, for at most a second and a half. */
  stop(): Promise<void>;
}

/** Starts OpenTelemetry as the environment asks for it; null where it does not. Its libraries are loaded only then. */
export async function startTelemetry(environment: Environment, ground: TelemetryGround): Promise<Telemetry | null> {
  const settings = readTelemetrySettings(environment);
  if (settings === null) return null;
  for (const reason of settings.problems) ground.logger.warn('telemetry_setting_ignored', { reason });
  if (!settings.traces && !settings.metrics) return null;
  const { createTelemetry } = await import('./telemetry.ts');
  return createTelemetry(settings, ground);
}
