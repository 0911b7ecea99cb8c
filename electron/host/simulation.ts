import { systemClock } from '../engine/clock.ts';
import { readEnvironment } from '../engine/registry/environment.ts';
import { parseRegistry } from '../engine/registry/load.ts';
import type { Environment } from '../engine/registry/types.ts';
import { realTime } from '../simulator/clock.ts';
import { startSimulatedFleet } from '../simulator/fleet.ts';
import { runIncident } from '../simulator/incident.ts';
import { startTraffic, type Traffic } from '../simulator/traffic.ts';
import { writeDemoHistory } from './demo-history.ts';

/** Requests a second: enough to see everything move, little enough for a laptop. */
const DEMO_TRAFFIC = 3;
const GENTLE_TRAFFIC = 1;

export interface SimulationOptions {
  dataDirectory: string;
  /** Plays the scripted incident, over a history of past days; else gentle traffic over healthy providers. */
  incident: boolean;
  storeWorkerUrl: URL;
  environment: Environment;
  /** Told what the incident does, in words. */
  announce: (words: string) => void;
}

/** Simulated providers with their traffic, for hosts that run without a registry. */
export interface Simulation {
  registryText: string;
  /** The host's, with the simulated keys in place of real ones. */
  environment: Environment;
  /** Starts the traffic once the gateway listens. */
  begin(gatewayUrl: string, gatewayKey: string | null): void;
  /** Ends traffic and incident, so that the gateway can finish. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const fleet = await startSimulatedFleet();
  const ending = new AbortController();
  let traffic: Traffic | null = null;
  let incident: Promise<void> = Promise.resolve();
  const environment = readEnvironment({ ...options.environment, ...fleet.environment }, null);
  if (options.incident) {
    const parsed = parseRegistry(fleet.registryYaml, { environment, path: null });
    if (!parsed.ok) throw new Error('The built-in demo registry does not hold.');
    await writeDemoHistory(options.dataDirectory, options.storeWorkerUrl, systemClock, parsed.registry);
  }
  return {
    registryText: fleet.registryYaml,
    environment,
    begin(gatewayUrl, key) {
      traffic = startTraffic({
        gatewayUrl,
        key,
        requestsPerSecond: options.incident ? DEMO_TRAFFIC : GENTLE_TRAFFIC,
      });
      if (!options.incident) return;
      incident = runIncident(fleet, realTime, { announce: options.announce, signal: ending.signal }).catch(
        (error: unknown) => options.announce(`The incident ended early: ${String(error)}`),
      );
    },
    async quiet() {
      ending.abort();
      await incident;
      await traffic?.stop();
    },
    stop: () => fleet.stop(),
  };
}
