import type { Environment } from '../registry/types.ts';
import { readTelemetrySettings } from './settings.ts';
import type { Telemetry, TelemetryGround } from './types.ts';

/** Starts OpenTelemetry as the environment asks for it; null where it does not. Its libraries are loaded only then. */
export async function startTelemetry(environment: Environment, ground: TelemetryGround): Promise<Telemetry | null> {
  const settings = readTelemetrySettings(environment);
  if (settings === null) return null;
  for (const reason of settings.problems) ground.logger.warn('telemetry_setting_ignored', { reason });
  if (!settings.traces && !settings.metrics) return null;
  const { createTelemetry } = await import('./telemetry.ts');
  return createTelemetry(settings, ground);
}
