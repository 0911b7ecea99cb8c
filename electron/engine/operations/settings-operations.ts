import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyStanding, Settings } from '../../../shared/domain/settings.ts';
import type { Status } from '../../../shared/domain/status.ts';
import type { Clock } from '../clock.ts';
import { secretNamesOf } from '../log-secrets.ts';
import type { RegistryHolder } from '../registry-holder.ts';
import { API_FACTS } from '../registry/defaults.ts';
import type { Environment, Registry } from '../registry/types.ts';
import { DATABASE_FILE } from '../store/open-store.ts';
import type { Store } from '../store/types.ts';
import { readTelemetrySettings, type OtlpTarget } from '../telemetry/settings.ts';

/** Secrets of the environment that are no provider's; their names are those of the documented environment. */
const OTHER_KEYS: readonly Pick<KeyStanding, 'env' | 'purpose'>[] = [
  { env: 'SLACK_WEBHOOK_URL', purpose: 'notification' },
  { env: 'PAGERDUTY_ROUTING_KEY', purpose: 'notification' },
  { env: 'SWITCHYARD_GATEWAY_KEYS', purpose: 'gateway' },
  { env: 'SWITCHYARD_CONSOLE_TOKEN', purpose: 'console' },
];

export interface SettingsParts {
  holder: RegistryHolder;
  store: Pick<Store, 'reader'>;
  clock: Clock;
  dataDirectory: string;
  facts: () => Pick<Status, 'environment' | 'version' | 'started_at' | 'gateway_url' | 'config'>;
}

/** How this installation is set up, for a person to check; secrets are named and never shown. */
export class SettingsOperations {
  readonly #parts: SettingsParts;
  /** Listeners and exporters are set up once: a later edit of the `.env` does not move them. */
  readonly #atStart: Environment;

  constructor(parts: SettingsParts) {
    this.#parts = parts;
    this.#atStart = { ...parts.holder.environment };
  }

  async settings(): Promise<Settings> {
    const { holder, store, clock, dataDirectory } = this.#parts;
    const { environment, version, started_at, gateway_url, config } = this.#parts.facts();
    const registry = holder.current;
    const [kept, databaseBytes, freeBytes] = await Promise.all([
      store.reader.storageFacts(),
      databaseSize(dataDirectory),
      freeSpace(dataDirectory),
    ]);
    return {
      at: clock.now(),
      version,
      environment,
      simulated: registry.simulated,
      started_at,
      gateway: { url: gateway_url, key_required: Boolean(holder.environment['SWITCHYARD_GATEWAY_KEYS']) },
      keys: keyStandings(registry, holder.environment),
      config: { ...config, env_file: envFileOf(config.path), stored_version: holder.stored.version },
      storage: {
        driver: registry.storage.driver,
        data_directory: dataDirectory,
        database_bytes: databaseBytes,
        free_bytes: freeBytes,
        retention_days: registry.storage.retentionDays,
        requests_kept: kept.requests,
        oldest_request_at: kept.oldestRequestAt,
        audit_entries: kept.auditEntries,
      },
      monitoring: monitoringOf(gateway_url, this.#atStart),
    };
  }
}

/** Every secret that could be set, each once: those the registry names, those of the four APIs, and the others. */
export function keyStandings(registry: Pick<Registry, 'providers'>, environment: Environment): KeyStanding[] {
  const named = registry.providers.map(({ apiKeyEnv }) => apiKeyEnv).filter((env) => env !== null);
  const apis = Object.values(API_FACTS).map(({ apiKeyEnv }) => apiKeyEnv);
  const ofProviders = [...new Set([...named, ...apis])].map((env) => ({ env, purpose: 'provider' as const }));
  return [...ofProviders, ...OTHER_KEYS].map(({ env, purpose }) => ({
    env,
    purpose,
    present: Boolean(environment[env]),
    providers: registry.providers.filter(({ apiKeyEnv }) => apiKeyEnv === env).map(({ name }) => name),
  }));
}

/** Names of the variables that hold keys, those of the registry's channels included; each once. */
export function keyNames(registry: Pick<Registry, 'providers' | 'notify'>): string[] {
  const named = [...keyStandings(registry, {}).map(({ env }) => env), ...secretNamesOf(registry)];
  return [...new Set(named)];
}

/** Where figures can be fetched and where they are sent; built from ports and addresses alone. */
export function monitoringOf(gatewayUrl: string, environment: Environment): Settings['monitoring'] {
  const grafanaPort = portOf(environment['GRAFANA_PORT']);
  return {
    metrics_url: `${gatewayUrl}/metrics`,
    prometheus_port: portOf(environment['PROMETHEUS_PORT']),
    grafana_url: grafanaPort === null ? null : `http://${new URL(gatewayUrl).hostname}:${grafanaPort}`,
    otlp: otlpOf(environment),
  };
}

function portOf(text: string | undefined): number | null {
  const port = Number(text);
  return text && Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : null;
}

/** What `startTelemetry` makes of the same environment. */
function otlpOf(environment: Environment): Settings['monitoring']['otlp'] {
  const settings = readTelemetrySettings(environment);
  const asked = settings ?? readTelemetrySettings({ ...environment, OTEL_SDK_DISABLED: undefined });
  // Scheme, host and port: the user, the path and the query of an address may be keys.
  const place = (target: OtlpTarget | null | undefined) => (target ? new URL(target.url).origin : null);
  return {
    traces: place(settings?.traces),
    metrics: place(settings?.metrics),
    disabled: settings === null && asked !== null,
    problems: settings?.problems ?? [],
  };
}

function envFileOf(registryPath: string | null): Settings['config']['env_file'] {
  if (registryPath === null) return null;
  const path = join(dirname(registryPath), '.env');
  return { path, exists: existsSync(path) };
}

/** Bytes of the database and its companions (write-ahead log, shared memory); null when there is no reading them. */
async function databaseSize(directory: string): Promise<number | null> {
  const files = ['', '-wal', '-shm'].map((suffix) => join(directory, `${DATABASE_FILE}${suffix}`));
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => null,
      ),
    ),
  );
  return sizes[0] === null ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

async function freeSpace(directory: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}
