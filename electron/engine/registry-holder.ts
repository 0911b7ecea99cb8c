import type { AuditEntry } from '../../shared/domain/operations.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';
import { defaultRegistry, parseRegistry } from './registry/load.ts';
import { formatProblems } from './registry/problems.ts';
import type { Environment, Registry } from './registry/types.ts';
import { watchRegistry } from './registry/watch.ts';

export interface RegistryHolderOptions {
  registryText: string | null;
  registryPath: string | null;
  environment: Environment;
  simulated: boolean;
  clock: Clock;
  events: EventBus;
}

/** Holds the registry that runs now. A saved edit that holds replaces it; one that does not is refused and remembered. */
export class RegistryHolder {
  readonly #options: RegistryHolderOptions;
  #current: Registry;
  #loadedAt: number;
  #error: string | null = null;

  /** Throws the problems of a registry that does not hold. */
  constructor(options: RegistryHolderOptions) {
    this.#options = options;
    this.#current = firstRegistry(options);
    this.#loadedAt = options.clock.now();
  }

  get current(): Registry {
    return this.#current;
  }

  get description(): Status['config'] {
    return {
      version: this.#current.version,
      path: this.#options.registryPath,
      loaded_at: this.#loadedAt,
      error: this.#error,
    };
  }

  /** Watches the file until the returned function is called. `apply` is called with each registry that replaces the last. */
  watch(apply: (registry: Registry) => void, audit: (entry: Omit<AuditEntry, 'id'>) => void): () => void {
    const { registryPath, registryText, environment, clock, events } = this.#options;
    if (registryPath === null) return () => {};
    const watcher = watchRegistry(registryPath, {
      environment: () => environment,
      ...(registryText === null ? {} : { initialText: registryText }),
      onLoaded: (registry) => {
        const before = this.#current.version;
        this.#error = null;
        if (registry.version !== before) {
          this.#current = registry;
          this.#loadedAt = clock.now();
          apply(registry);
          audit(reloadEntry(clock.now(), registryPath, before, registry.version));
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
}

function firstRegistry({ registryText, registryPath, environment, simulated }: RegistryHolderOptions): Registry {
  if (registryText === null) return defaultRegistry(environment);
  const result = parseRegistry(registryText, { environment, path: registryPath, simulated });
  if (result.ok) return result.registry;
  throw new Error(formatProblems(result.problems, registryPath ?? 'registry'));
}

function reloadEntry(at: number, path: string, before: string, after: string): Omit<AuditEntry, 'id'> {
  return {
    at,
    operator: 'file',
    action: 'config.reload',
    target: path,
    reason: 'The registry file was saved.',
    before,
    after,
  };
}
