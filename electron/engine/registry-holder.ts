import type { AuditEntry } from '../../shared/domain/operations.ts';
import type { RoutingDocument } from '../../shared/domain/routing.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { Clock } from './clock.ts';
import { priceKnown } from './cost/compute-cost.ts';
import type { EventBus } from './events.ts';
import { changedValues } from './registry/changed-values.ts';
import { readDocument } from './registry/document.ts';
import { LiveEnvironment } from './registry/live-environment.ts';
import { parseRegistry, parseStoredAlone } from './registry/load.ts';
import { formatProblems } from './registry/problems.ts';
import type { PriceKnown } from './registry/unpriced-budgets.ts';
import type { Environment, Registry, RegistryProblem, RegistryResult } from './registry/types.ts';
import { watchRegistry } from './registry/watch.ts';
import type { RegistrySource } from './registry/watch.ts';

export interface RegistryHolderOptions {
  registryText: string | null;
  registryPath: string | null;
  environment: Environment;
  /** Reads the environment anew, the `.env` beside the registry included; without it the first reading stays. */
  reloadEnvironment?: () => Environment;
  simulated: boolean;
  clock: Clock;
  events: EventBus;
}

/** What is stored in the console and its version; version 0 holds nothing. */
export interface StoredRouting {
  version: number;
  document: RoutingDocument;
}

const NOTHING_STORED: StoredRouting = { version: 0, document: {} };

/**
 * Holds the registry that runs now: the file, with what is stored in the console above it. A saved edit that holds
 * replaces it; one that does not is refused and remembered.
 */
export class RegistryHolder {
  /** What the process and the `.env` file say now; the same object for as long as the engine runs. */
  readonly environment: Environment;
  readonly #options: RegistryHolderOptions;
  readonly #environment: LiveEnvironment;
  #text: string | null;
  #stored = NOTHING_STORED;
  #setAside: string | null = null;
  #current: Registry;
  #loadedAt: number;
  #error: string | null = null;
  #apply: (changedKeys: readonly string[]) => void = () => {};
  readonly #priceKnown: PriceKnown = (config, model) => priceKnown(config, model, this.#options.clock.now());

  /** Throws the problems of a registry that does not hold. */
  constructor(options: RegistryHolderOptions) {
    this.#options = options;
    this.#environment = new LiveEnvironment(options.environment);
    this.environment = this.#environment.values;
    this.#text = options.registryText;
    const result = this.parse(this.#text, {});
    if (!result.ok) throw new Error(formatProblems(result.problems, options.registryPath ?? 'registry'));
    this.#current = result.registry;
    this.#loadedAt = options.clock.now();
  }

  get current(): Registry {
    return this.#current;
  }

  /** What is stored, whether it is in effect or set aside. */
  get stored(): StoredRouting {
    return this.#stored;
  }

  /** Why what is stored is not in effect; null when it is. */
  get setAside(): string | null {
    return this.#setAside;
  }

  /** The plain values of the file that runs; null without one. */
  get fileValues(): unknown {
    return this.#text === null ? null : (readDocument(this.#text).document?.value ?? null);
  }

  /** The text of the file that runs; null without one. */
  get text(): string | null {
    return this.#text;
  }

  get description(): Status['config'] {
    return {
      version: this.#current.version,
      path: this.#options.registryPath,
      loaded_at: this.#loadedAt,
      error: this.#error ?? this.#setAside,
    };
  }

  /** What holds and is probably not meant, of the registry that runs. */
  warnings(): RegistryProblem[] {
    const result = this.parse(this.#text, this.#setAside === null ? this.#stored.document : {});
    return result.ok ? result.warnings : [];
  }

  /** A registry from a text and what is stored above it; changes nothing. */
  parse(
    text: string | null,
    stored: RoutingDocument,
    environment: Environment = this.environment,
    path: string | null = this.#options.registryPath,
  ): RegistryResult {
    const options = { environment, path, simulated: this.#options.simulated, stored, priceKnown: this.#priceKnown };
    return text === null ? parseStoredAlone(options) : parseRegistry(text, options);
  }

  /**
   * Takes what an earlier run stored. Where it does not fit the file any more the file alone runs, so that the engine
   * starts and the console can mend it.
   */
  restore(stored: StoredRouting): void {
    this.#stored = stored;
    const result = this.parse(this.#text, stored.document);
    if (result.ok) this.#current = result.registry;
    else this.#setAside = setAsideWords(stored.version, formatProblems(result.problems, 'stored'));
  }

  /** Takes a registry that `parse` made of the running file and this stored version, at once. */
  takeStored(stored: StoredRouting, registry: Registry): void {
    this.#stored = stored;
    this.#setAside = null;
    this.#replace(registry, []);
    this.#options.events.emit('config_loaded', { version: registry.version });
  }

  /**
   * Watches the file until the returned function is called. `apply` is called after whatever replaces the registry, with
   * the keys of the environment that have changed with it.
   */
  watch(apply: (changedKeys: readonly string[]) => void, audit: (entry: Omit<AuditEntry, 'id'>) => void): () => void {
    this.#apply = apply;
    const { registryPath, registryText, reloadEnvironment, clock, events } = this.#options;
    if (registryPath === null) return () => {};
    const watcher = watchRegistry(registryPath, {
      environment: reloadEnvironment ?? (() => this.environment),
      ...(registryText === null ? {} : { initialText: registryText }),
      parse: (text, environment) => this.#parseEdit(text, environment),
      onLoaded: (registry, _warnings, source) => {
        const [before, valuesBefore] = [this.#current.version, this.fileValues];
        const saved = source.text === this.#text ? ENVIRONMENT_SAVED : REGISTRY_SAVED;
        const keys = this.#takeEdit(registry, source);
        // How the keys stand is stored with the first of them.
        if (keys.length > 0) audit(environmentEntry(clock.now(), registryPath, keys, this.environment));
        if (registry.version !== before) {
          const changed = changedValues(valuesBefore, this.fileValues);
          const entry = reloadEntry(clock.now(), registryPath, saved);
          audit({
            ...entry,
            before: { version: before, ...changed.before },
            after: { version: registry.version, ...changed.after },
          });
        }
        events.emit('config_loaded', { version: registry.version });
      },
      onRefused: (problems) => {
        this.#error = formatProblems(problems, registryPath);
        events.emit('config_refused', { error: this.#error });
      },
    });
    return () => watcher.close();
  }

  /**
   * An edit is judged by itself, so that a stored value does not hide what is wrong with it, and then together with what is
   * stored; what was set aside already does not stand in its way.
   */
  #parseEdit(text: string, environment: Environment): RegistryResult {
    const alone = this.parse(text, {}, environment);
    if (!alone.ok) return alone;
    const { version, document } = this.#stored;
    const whole = this.parse(text, document, environment);
    if (whole.ok) return whole;
    if (this.#setAside !== null) return alone;
    const problems = whole.problems.map(({ path, message }) => ({
      path: '',
      line: null,
      message: `version ${version} of the routing, stored in the console, does not fit this file: ${path === '' ? '' : `${path}: `}${message}; roll it back first`,
    }));
    return { ok: false, problems };
  }

  /** Answers the keys of the environment that have changed with the edit. */
  #takeEdit(registry: Registry, { text, environment }: RegistrySource): string[] {
    this.#error = null;
    this.#text = text;
    const keys = this.#environment.take(environment);
    if (this.#setAside !== null && this.parse(text, this.#stored.document).ok) this.#setAside = null;
    if (registry.version !== this.#current.version || keys.length > 0) this.#replace(registry, keys);
    return keys;
  }

  #replace(registry: Registry, changedKeys: readonly string[]): void {
    this.#current = registry;
    this.#loadedAt = this.#options.clock.now();
    this.#apply(changedKeys);
  }
}

function setAsideWords(version: number, problems: string): string {
  return `The stored routing, version ${version}, does not fit the file and is set aside: ${problems.replaceAll('\n', '; ')}`;
}

const REGISTRY_SAVED = 'The registry file was saved.';
const ENVIRONMENT_SAVED = 'The .env file beside the registry was saved.';

/** A key that comes or goes changes what runs as well, since it brings an API with it. */
function reloadEntry(at: number, path: string, reason: string): Omit<AuditEntry, 'id' | 'before' | 'after'> {
  return { at, operator: 'file', action: 'config.reload', target: path, reason };
}

/** Names alone: values may be keys. */
function environmentEntry(at: number, path: string, keys: string[], now: Environment): Omit<AuditEntry, 'id'> {
  return {
    at,
    operator: 'file',
    action: 'environment.reload',
    target: path,
    reason: ENVIRONMENT_SAVED,
    before: null,
    after: { changed: keys, removed: keys.filter((name) => !now[name]) },
  };
}
