import { systemClock } from '../engine/clock.ts';
import { type RunningEngine, startEngine } from '../engine/engine.ts';
import type { ShowNotification } from '../engine/notify/notifier.ts';
import type { Environment } from '../engine/registry/types.ts';
import { isLoopbackHost } from '../control/guard.ts';
import { chooseDataDirectory, prepareDataDirectory } from './data-directory.ts';
import { requireFreePorts } from './free-port.ts';
import type { ApplicationLayout } from './layout.ts';
import { environmentFor, findRegistryFile, requireRegistry } from './registry-source.ts';
import { findLivingInstance } from './running-file.ts';
import { type Simulation, startSimulation } from './simulation.ts';
import { describeListenError, StartupError } from './startup-error.ts';

const HEALTH_TIMEOUT_MS = 1000;
/** Beyond the engine's own ten seconds for requests in flight. */
const STOP_TIMEOUT_MS = 12_000;

export interface HostOptions {
  config?: string | undefined;
  data?: string | undefined;
  host?: string | undefined;
  gatewayPort?: number | undefined;
  consolePort?: number | undefined;
  /** Simulated providers with a scripted incident, whatever registry lies around. */
  demo: boolean;
  environment: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  layout: ApplicationLayout;
  /** Told what the scripted incident does, in words. */
  announce: (words: string) => void;
  /** Address of the browser console without its token, once it listens; left out where it has none. */
  consoleUrl?: () => string | null;
  showNotification?: ShowNotification;
}

/** A host as it will run, known before anything is started. */
interface HostPlan {
  simulated: boolean;
  registryPath: string | null;
  dataDirectory: string;
  environment: Environment;
  gateway: { host: string; port: number };
  console: { host: string; port: number };
}

export interface RunningHost {
  plan: HostPlan;
  engine: RunningEngine;
  /** Lets the simulated traffic begin, where there is any; to be called once the console is there to show it. */
  begin(): void;
  stop(): Promise<void>;
}

function gatewayKeysOf(environment: Environment): string[] {
  return (environment['SWITCHYARD_GATEWAY_KEYS'] ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

function refuseOpenHost({ gateway, console: consoleAddress, environment }: HostPlan): void {
  const open = [gateway.host, consoleAddress.host].find((host) => !isLoopbackHost(host));
  if (open === undefined) return;
  const missing = [
    ...(gatewayKeysOf(environment).length === 0 ? ['SWITCHYARD_GATEWAY_KEYS'] : []),
    ...(environment['SWITCHYARD_CONSOLE_TOKEN'] ? [] : ['SWITCHYARD_CONSOLE_TOKEN']),
  ];
  if (missing.length === 0) return;
  throw new StartupError(`Host ${open} is open to the network: set ${missing.join(' and ')}, or stay on 127.0.0.1.`);
}

async function answersHealth(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}

async function refuseSecondHost(directory: string): Promise<void> {
  const instance = await findLivingInstance(directory, answersHealth);
  if (instance === null) return;
  throw new StartupError(
    `Switchyard already runs on the data directory ${directory} (process ${instance.pid}, gateway ${instance.gateway}): stop it, or choose another with --data.`,
  );
}

interface Prepared {
  plan: HostPlan;
  registryText: string;
  /** Reads the `.env` beside the registry anew; null over simulated providers, whose keys are their own. */
  reloadEnvironment: (() => Environment) | null;
  simulation: Simulation | null;
}

async function prepare(options: HostOptions): Promise<Prepared> {
  const { environment: processEnvironment, workingDirectory } = options;
  const question = { option: options.config, environment: processEnvironment, workingDirectory };
  const file = options.demo ? null : findRegistryFile(question);
  const fileEnvironment = environmentFor(file, question);
  const dataDirectory = chooseDataDirectory(
    { option: options.data, environment: fileEnvironment, platform: process.platform, workingDirectory },
    file === null,
  );
  const registry = file === null ? null : requireRegistry(file, fileEnvironment, false);
  const server = registry?.server;
  const plan: HostPlan = {
    simulated: file === null,
    registryPath: file?.path ?? null,
    dataDirectory,
    environment: fileEnvironment,
    gateway: {
      host: options.host ?? server?.gateway.host ?? '127.0.0.1',
      port: options.gatewayPort ?? server?.gateway.port ?? 4180,
    },
    console: {
      host: options.host ?? server?.console.host ?? '127.0.0.1',
      port: options.consolePort ?? server?.console.port ?? 4181,
    },
  };
  refuseOpenHost(plan);
  prepareDataDirectory(dataDirectory);
  await refuseSecondHost(dataDirectory);
  await requireFreePorts([
    { name: 'gateway', ...plan.gateway },
    ...(options.consoleUrl ? [{ name: 'console' as const, ...plan.console }] : []),
  ]);
  if (file !== null) {
    const reloadEnvironment = (): Environment => environmentFor(file, question);
    return { plan, registryText: file.text, reloadEnvironment, simulation: null };
  }
  const simulation = await startSimulation({
    dataDirectory,
    incident: options.demo,
    storeWorkerUrl: options.layout.storeWorkerUrl,
    environment: fileEnvironment,
    announce: options.announce,
  });
  return {
    plan: { ...plan, environment: simulation.environment },
    registryText: simulation.registryText,
    reloadEnvironment: null,
    simulation,
  };
}

async function withinStopTime(work: Promise<unknown>): Promise<void> {
  await Promise.race([work, systemClock.sleep(STOP_TIMEOUT_MS)]);
}

/**
 * Starts the engine as the options, the environment and the registry say; without a registry over simulated providers.
 * Throws `StartupError` for everything the operator can mend, before or after the first port is opened.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const { plan, registryText, reloadEnvironment, simulation } = await prepare(options);
  let engine: RunningEngine;
  try {
    engine = await startEngine({
      registryText,
      registryPath: plan.registryPath,
      environment: plan.environment,
      ...(reloadEnvironment && { reloadEnvironment }),
      dataDirectory: plan.dataDirectory,
      gateway: plan.gateway,
      simulated: plan.simulated,
      version: options.layout.version,
      storeWorkerUrl: options.layout.storeWorkerUrl,
      gatewayKeys: gatewayKeysOf(plan.environment),
      ...(options.consoleUrl && { consoleUrl: options.consoleUrl }),
      ...(options.showNotification && { showNotification: options.showNotification }),
      // One line a request is for real traffic; made-up traffic would only hide what the terminal has to say.
      logLevel: plan.simulated ? 'warn' : 'info',
    });
  } catch (error) {
    await simulation?.stop();
    throw describeListenError(error, { name: 'gateway', ...plan.gateway });
  }
  return {
    plan,
    engine,
    begin: () => simulation?.begin(engine.gatewayUrl, gatewayKeysOf(plan.environment)[0] ?? null),
    async stop() {
      await simulation?.quiet();
      await withinStopTime(engine.stop());
      await simulation?.stop();
    },
  };
}
