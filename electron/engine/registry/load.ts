import { buildAlerts, buildNotify } from './alerting.ts';
import { createHash } from 'node:crypto';
import { buildImplicitProvider, buildProvider } from './build-provider.ts';
import { buildPolicy, buildRouting, buildTiers } from './build-routing.ts';
import { crossProblems } from './cross-checks.ts';
import { API_FACTS, IMPLICIT_PRIORITY, MAXIMUM_BODY_BYTES, RETENTION_DAYS, SERVER_DEFAULTS } from './defaults.ts';
import { isHttpAddress } from './endpoints.ts';
import { readDocument } from './document.ts';
import type { RegistryDocument } from './document.ts';
import { readEnvironmentName, readSwitch } from './environment.ts';
import { withStored } from './stored-routing.ts';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import { registryFileSchema } from './schema.ts';
import { buildShadow } from './shadow.ts';
import type { ModelEntry, RegistryFile } from './schema.ts';
import { schemaProblems } from './schema-problems.ts';
import type { PriceKnown } from './unpriced-budgets.ts';
import { registryWarnings } from './warnings.ts';
import type { Environment, ProviderConfig, Registry, RegistryProblem, RegistryResult } from './types.ts';

/** What a registry depends on besides its text. */
export interface ParseOptions {
  environment: Environment;
  /** Absolute path, kept in the registry for showing; null for a built-in one. */
  path: string | null;
  /** True when its providers are the built-in simulated ones. */
  simulated?: boolean;
  /** Routing, policy and tiers stored in the console; above the environment and the file. */
  stored?: RoutingDocument;
  /** Left out where no prices are at hand: then nothing is warned of that only a price list tells. */
  priceKnown?: PriceKnown;
}

/**
 * Reads, validates and completes a registry file. Pure. Reports every problem of the file at once, each with its dotted
 * path and line; never throws for what a file can contain.
 */
export function parseRegistry(text: string, options: ParseOptions): RegistryResult {
  const { document, problems: syntaxProblems } = readDocument(text);
  if (!document) return { ok: false, problems: syntaxProblems };
  if (document.value === null) {
    return { ok: false, problems: [wholeFile('The file is empty; it needs a "models" section.')] };
  }
  return parseDocument(withStored(document, options.stored ?? {}), options);
}

/** The registry without a file, with what is stored in the console above the defaults. Pure. */
export function parseStoredAlone(options: ParseOptions): RegistryResult {
  return parseDocument(withStored({ value: {}, lineOf: () => null }, options.stored ?? {}), options, true);
}

function parseDocument(document: RegistryDocument, options: ParseOptions, mayBeEmpty = false): RegistryResult {
  const parsed = registryFileSchema.safeParse(document.value);
  const problems = [
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, document)),
    ...crossProblems(document, options.environment),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems: inFileOrder(problems) };
  return complete(parsed.data, document, options, mayBeEmpty);
}

/** The registry without a file: the APIs whose keys are set, cheapest models, in their fixed order. May be empty. */
export function defaultRegistry(environment: Environment): Registry {
  return buildRegistry({}, { environment, path: null });
}

function complete(
  file: RegistryFile,
  document: RegistryDocument,
  options: ParseOptions,
  mayBeEmpty: boolean,
): RegistryResult {
  const registry = buildRegistry(file, options);
  if (registry.providers.length === 0 && !mayBeEmpty) {
    const keys = Object.values(API_FACTS).map((facts) => facts.apiKeyEnv);
    const message = `There is no provider: add an entry under "models", or set one of ${keys.join(', ')}.`;
    return { ok: false, problems: [wholeFile(message)] };
  }
  const warnings = registryWarnings(file, registry, document, options.environment, options.priceKnown);
  return { ok: true, registry, warnings: inFileOrder(warnings) };
}

function buildRegistry(file: RegistryFile, options: ParseOptions): Registry {
  const { environment } = options;
  const providers = buildProviders(file, environment);
  const alertOnFallback = readSwitch(environment, 'ALERT_ON_FALLBACK') ?? file.monitoring?.alert_on_fallback ?? true;
  const content: Omit<Registry, 'version' | 'path'> = {
    simulated: options.simulated ?? false,
    providers,
    routing: buildRouting(file.routing, providers),
    experiments: { shadow: buildShadow(file.experiments) },
    drills: { enabled: file.drills?.enabled ?? isForDrills(environment) },
    alerts: buildAlerts(file.alerts, alertOnFallback),
    notify: buildNotify(file.notify),
    monitoring: {
      logModelSelection: file.monitoring?.log_model_selection ?? true,
      trackFallbackUsage: file.monitoring?.track_fallback_usage ?? true,
      alertOnFallback,
    },
    policy: buildPolicy(file.policy, environment, options.stored),
    tiers: buildTiers(file.tiers, providers),
    storage: {
      driver: file.storage?.driver ?? 'sqlite',
      url: file.storage?.url ?? null,
      retentionDays: file.storage?.retention_days ?? RETENTION_DAYS,
    },
    server: {
      gateway: {
        host: file.server?.gateway?.host ?? SERVER_DEFAULTS.host,
        port: file.server?.gateway?.port ?? SERVER_DEFAULTS.gatewayPort,
        maximumBodyBytes: file.server?.gateway?.max_body_bytes ?? MAXIMUM_BODY_BYTES,
      },
      console: {
        host: file.server?.console?.host ?? SERVER_DEFAULTS.host,
        port: file.server?.console?.port ?? SERVER_DEFAULTS.consolePort,
      },
    },
  };
  const version = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
  return { version, path: options.path, ...content };
}

function buildProviders(file: RegistryFile, environment: Environment): ProviderConfig[] {
  const entries = Object.entries(file.models ?? {});
  const priorities = prioritiesOf(entries.map(([, entry]) => entry));
  const moved = entries.find(([, entry]) => entry.provider_class === 'KimiK2SelfHostedProvider')?.[0];
  const override = environment['KIMI_K2_ENDPOINT'];
  const usable = override !== undefined && isHttpAddress(override) ? override : null;
  const own = entries.map(([name, entry], index) =>
    buildProvider(entry, {
      name,
      priority: priorities[index] ?? index,
      routing: file.routing,
      environment,
      endpointOverride: name === moved ? usable : null,
    }),
  );
  return [...own, ...implicitProviders(file, environment)].toSorted((left, right) => left.priority - right.priority);
}

/**
 * Entries without a priority rank behind those that have one, in file order, each for itself: equal priorities share load,
 * and that is never to happen to a paid API by omission.
 */
function prioritiesOf(entries: readonly ModelEntry[]): number[] {
  let last = Math.max(0, ...entries.map((entry) => entry.priority ?? 0));
  return entries.map((entry) => entry.priority ?? (last += 1));
}

/** APIs that the file does not define: those whose key is set, and those that it names in a chain all the same. */
function implicitProviders(file: RegistryFile, environment: Environment): ProviderConfig[] {
  const named = new Set([
    file.routing?.primary,
    ...(file.routing?.fallback_chain ?? []),
    ...Object.values(file.routing?.task_types ?? {}).flat(),
    ...Object.values(file.models ?? {}).flatMap((entry) => entry.fallbacks ?? []),
  ]);
  const highest = Math.max(
    IMPLICIT_PRIORITY - 1,
    ...Object.values(file.models ?? {}).map((entry) => entry.priority ?? 0),
  );
  return Object.values(API_FACTS).flatMap((facts, index) => {
    if (Object.hasOwn(file.models ?? {}, facts.adapter)) return [];
    if (environment[facts.apiKeyEnv] === undefined && !named.has(facts.adapter)) return [];
    return [buildImplicitProvider(facts, highest + 1 + index, file.routing, environment)];
  });
}

function wholeFile(message: string): RegistryProblem {
  return { path: '', line: null, message };
}

function inFileOrder(problems: readonly RegistryProblem[]): RegistryProblem[] {
  return problems.toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
}

/** Off in production unless the file switches them on, and where it is not known what this is. */
function isForDrills(environment: Environment): boolean {
  const name = readEnvironmentName(environment);
  return name !== null && name !== 'production';
}
