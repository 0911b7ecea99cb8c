import { randomBytes } from 'node:crypto';
import type { AuditTrail } from './audit-trail.ts';
import { systemClock } from './clock.ts';
import type { Clock, Random } from './clock.ts';
import { composeRooms, type Ground } from './compose.ts';
import { savingsBy } from './cost/accounting.ts';
import type { EngineApi } from './engine-api.ts';
import { EventBus } from './events.ts';
import { newRequestId } from './gateway/request-id.ts';
import { startGatewayServer } from './gateway/server.ts';
import { KeyBook } from './known-keys.ts';
import { createLogger, redact } from './log.ts';
import { secretNamesOf, secretsOf } from './log-secrets.ts';
import type { Logger, LogLevel } from './log.ts';
import { startMetricsListener } from './metrics/listener.ts';
import type { ShowNotification } from './notify/notifier.ts';
import type { PostFetch } from './notify/post-message.ts';
import { ProviderPool } from './provider-pool.ts';
import { RegistryHolder } from './registry-holder.ts';
import { readEnvironmentName } from './registry/environment.ts';
import type { Environment, Registry } from './registry/types.ts';
import { keyNames } from './operations/settings-operations.ts';
import { openStore } from './store/open-store.ts';
import { startTelemetry } from './telemetry/start-telemetry.ts';
import { startOwnRequest } from './trace-context.ts';
import { startUpkeep } from './upkeep.ts';

export interface EngineOptions {
  /** The registry's text; null for what the environment alone gives (APIs whose key is set). */
  registryText: string | null;
  /** Its file, watched for edits; null for the built-in one. */
  registryPath: string | null;
  environment: Environment;
  /** Reads the environment anew, the `.env` beside the registry included, so that an edit of it takes effect. */
  reloadEnvironment?: () => Environment;
  dataDirectory: string;
  /** Port 0 picks a free one. */
  gateway: { host: string; port: number };
  simulated: boolean;
  version: string;
  /** The store's reader worker: the source file in development, the bundled one in a build. */
  storeWorkerUrl: URL;
  gatewayKeys?: readonly string[];
  clock?: Clock;
  random?: Random;
  /** Address of the console without its token, for links in notifications; known once its server listens. */
  consoleUrl?: () => string | null;
  /** Shows a native notification; left out where there is no desktop. */
  showNotification?: ShowNotification;
  /** How notifications are posted; the platform's own `fetch` when left out. */
  notifyFetch?: PostFetch;
  /** How long running requests may take to end when the engine stops, in milliseconds; 10 s when left out. */
  stopGraceMs?: number;
  logLevel?: LogLevel;
  /** Takes each log line; stderr when left out. */
  writeLog?: (line: string) => void;
}

export interface RunningEngine {
  api: EngineApi;
  gatewayUrl: string;
  /** The further listener for metrics alone; null where `PROMETHEUS_PORT` is not set. */
  metricsUrl: string | null;
  /** Finishes running requests (up to 10 s), then closes everything in reverse order. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 10_000;
/** How long a start waits for the first probes, so that the first request meets a known picture. */
const FIRST_PROBES_MS = 3_000;

type Closers = (() => Promise<void> | void)[];

/**
 * Builds the rooms and starts them in order: registry, store, providers, gateway, health. Throws one clear sentence for a
 * registry that does not hold, a data directory that cannot be written and a port that is taken; what was started until
 * then is closed again.
 */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const closers: Closers = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    return { ...(await startRooms(options, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startRooms(options: EngineOptions, closers: Closers): Promise<Omit<RunningEngine, 'stop'>> {
  const { clock = systemClock, random = Math.random } = options;
  let secrets: readonly string[] = secretsOf(options.environment);
  const logger = createLogger({
    secrets: () => secrets,
    level: options.logLevel ?? 'info',
    clock,
    write: options.writeLog ?? ((line) => void process.stderr.write(line)),
  });
  const events = new EventBus((error) => logger.error('listener_fault', { error }));
  const holder = new RegistryHolder({ ...options, clock, events });
  const { environment } = holder;
  const readSecrets = (): void => {
    // One that was replaced may still be quoted by somebody.
    secrets = [...new Set([...secretsOf(environment, secretNamesOf(holder.current)), ...secrets])];
  };
  readSecrets();
  events.on('config_loaded', readSecrets);
  const store = await openEngineStore(options, holder, clock, logger, closers);
  if (store.restored.routing) holder.restore(store.restored.routing);
  const tellWarnings = (): void => {
    for (const { path, message } of holder.warnings()) {
      logger.warn('registry_warning', { reason: path === '' ? message : `${path}: ${message}` });
    }
  };
  tellWarnings();
  events.on('config_loaded', tellWarnings);
  const telemetry = await startTelemetry(environment, {
    registry: () => holder.current,
    events,
    clock,
    logger,
    version: options.version,
    environmentName: readEnvironmentName(environment) ?? 'development',
    redact: (text) => redact(text, secrets),
  });
  if (telemetry) closers.push(() => telemetry.stop());
  const pool = new ProviderPool({
    environment,
    clock,
    random,
    startOwnRequest: () => startOwnRequest(newRequestId(clock.now(), random), telemetry?.startTrace),
  });
  pool.apply(holder.current);
  closers.push(() => pool.close());

  let gatewayUrl = '';
  const { version, dataDirectory } = options;
  const ground = { environment, holder, store, pool, events, clock, random, logger, version, dataDirectory };
  const {
    rooms,
    trail,
    alerting,
    stopIncidentRecorder,
    drillBook,
    shadow,
    quota,
    health,
    overrides,
    live,
    api,
    metrics,
    ordinaryDecision,
  } = composeRooms({
    ...ground,
    gatewayUrl: () => gatewayUrl,
    startTrace: telemetry?.startTrace,
    means: {
      fetch: options.notifyFetch ?? ((url, init) => fetch(url, init)),
      showNotification: options.showNotification ?? null,
      consoleUrl: options.consoleUrl ?? (() => null),
    },
  });
  // The keys of simulated providers are no keys.
  const keyBook = options.simulated ? null : startKeyBook(ground, trail);
  closers.push(
    () => metrics.stop(),
    stopIncidentRecorder,
    startUpkeep({
      clock,
      events,
      live,
      writer: store.writer,
      providers: () => api.status().providers,
      registry: rooms.registry,
      logger,
    }),
  );
  const gateway = await startGatewayServer(rooms, {
    ...options.gateway,
    keys: options.gatewayKeys ?? [],
    metrics: () => metrics.render(),
    ready: () => {
      const { provider, reason } = ordinaryDecision();
      return { ready: provider !== null, reason };
    },
  });
  gatewayUrl = gateway.url;
  closers.push(() => gateway.stop(options.stopGraceMs ?? STOP_GRACE_MS));
  let metricsUrl: string | null = null;
  if (environment['PROMETHEUS_PORT']) {
    const listener = await startMetricsListener({
      port: readPort(environment['PROMETHEUS_PORT']),
      host: options.gateway.host,
      render: () => metrics.render(),
      onError: (error) => logger.error('metrics_fault', { error }),
    });
    metricsUrl = listener.url;
    closers.push(() => listener.close());
  }
  health.start();
  closers.push(
    () => health.stop(),
    () => overrides.close(),
    () => drillBook.close(),
    () => quota.stop(),
    // First of all: what it cancels is still written down.
    () => shadow.stop(),
  );
  const begunWith = holder.current.server;
  const applyRegistry = (changedKeys: readonly string[]): void => {
    for (const reason of movedListeners(begunWith, holder.current.server)) logger.warn('registry_warning', { reason });
    pool.apply(holder.current);
    health.setRegistry();
    quota.setRegistry();
    // A new key is tried at once: the old one may be why the provider is out.
    for (const { name, apiKeyEnv } of holder.current.providers) {
      if (apiKeyEnv !== null && changedKeys.includes(apiKeyEnv)) void health.probeNow(name);
    }
  };
  closers.push(holder.watch(applyRegistry, (entry) => (keyBook ? keyBook.note(entry) : trail.add(entry))));
  await health.waitForFirstProbes(FIRST_PROBES_MS);
  alerting.start();
  closers.push(() => alerting.stop());
  return { api, gatewayUrl, metricsUrl };
}

/** What an edit says of listeners that already listen, in words. */
function movedListeners(before: Registry['server'], now: Registry['server']): string[] {
  return (['gateway', 'console'] as const)
    .filter((name) => before[name].host !== now[name].host || before[name].port !== now[name].port)
    .map((name) => `server.${name}: another host or port takes effect when Switchyard is started again`);
}

type KeyGround = Pick<Ground, 'holder' | 'environment' | 'store' | 'events' | 'clock'>;

function startKeyBook({ holder, environment, store, events, clock }: KeyGround, trail: AuditTrail): KeyBook {
  const book = new KeyBook({
    known: store.restored.knownKeys,
    names: () => keyNames(holder.current),
    environment,
    trail,
    writer: store.writer,
    clock,
    newSalt: () => randomBytes(16).toString('hex'),
  });
  book.catchUp();
  events.on('config_loaded', () => book.remember());
  return book;
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PROMETHEUS_PORT is "${text}"; set it to a port number from 0 to 65535, or leave it out.`);
}

async function openEngineStore(
  options: EngineOptions,
  holder: RegistryHolder,
  clock: Clock,
  logger: Logger,
  closers: Closers,
) {
  const store = await openStore({
    directory: options.dataDirectory,
    clock,
    retentionDays: holder.current.storage.retentionDays,
    workerUrl: options.storeWorkerUrl,
    savings: savingsBy(() => holder.current),
    onError: (error) => logger.error('store_fault', { error }),
    onSlowQuery: (query, elapsedMs) => logger.warn('slow_query', { reason: query, duration_ms: elapsedMs }),
  });
  closers.push(async () => {
    await store.reader.close();
    await store.writer.close();
  });
  return store;
}
