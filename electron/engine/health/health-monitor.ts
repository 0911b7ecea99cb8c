import type { HealthTransition, Isolation, ProviderHealth } from '../../../shared/domain/provider.ts';
import type { Clock, Random } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { Provider, ProbeResult } from '../providers/types.ts';
import type { ProviderConfig, Registry } from '../registry/types.ts';
import { ProviderMonitor } from './provider-monitor.ts';
import { watchSuspend } from './suspend-watch.ts';
import type { AdmissionResult, HealthMonitor, Standing } from './types.ts';

/** What the monitor stores; a part of the store's writer. */
interface HealthStorage {
  addHealthTransition(transition: Omit<HealthTransition, 'id'>): HealthTransition;
  saveIsolation(provider: string, isolation: Isolation | null): void;
}

export interface HealthMonitorDeps {
  registry: () => Registry;
  /** Exists for every entry of the registry, disabled ones included. */
  provider: (name: string) => Provider;
  clock: Clock;
  random: Random;
  events: EventBus;
  storage: HealthStorage;
  /** Isolations and last stored statuses of the run before. */
  restored: {
    isolations: { provider: string; isolation: Isolation }[];
    lastHealth: { provider: string; status: ProviderHealth['status']; since: number; reason: string }[];
  };
  /** Told of every probe that spent tokens, so that it can be priced and recorded. */
  onProbeUsage?: (provider: string, probe: ProbeResult) => void;
  /** Told when a transition could not be stored; health goes on in memory. */
  onStorageError?: (error: unknown) => void;
}

export interface EngineHealthMonitor extends HealthMonitor {
  /** Re-plans the probes after the registry was reloaded; a provider whose server is the same one keeps its history. */
  setRegistry(): void;
  /** Waits until every provider has been probed once, at most `ms`. */
  waitForFirstProbes(ms: number): Promise<void>;
}

/** Builds the health monitor; nothing is probed before `start`. */
export function createHealthMonitor(deps: HealthMonitorDeps): EngineHealthMonitor {
  return new RegistryHealthMonitor(deps);
}

class RegistryHealthMonitor implements EngineHealthMonitor {
  readonly #deps: HealthMonitorDeps;
  readonly #monitors = new Map<string, { identity: string; monitor: ProviderMonitor }>();
  readonly #isolations: Map<string, Isolation>;
  readonly #stopping: Promise<void>[] = [];
  #started = false;
  #endWatch = (): void => undefined;

  constructor(deps: HealthMonitorDeps) {
    this.#deps = deps;
    this.#isolations = new Map(deps.restored.isolations.map(({ provider, isolation }) => [provider, isolation]));
    this.setRegistry();
  }

  start(): void {
    this.#started = true;
    for (const { monitor } of this.#monitors.values()) monitor.start();
    this.#endWatch = watchSuspend(
      this.#deps.clock,
      () => this.#each((monitor) => monitor.evaluate()),
      () => this.#each((monitor) => monitor.resumed()),
    );
  }

  async stop(): Promise<void> {
    this.#endWatch();
    this.#each((monitor) => void this.#stopping.push(monitor.stop()));
    await Promise.all(this.#stopping);
  }

  setRegistry(): void {
    const { providers } = this.#deps.registry();
    const names = new Set(providers.map((config) => config.name));
    for (const [name, { monitor }] of this.#monitors) {
      if (names.has(name)) continue;
      this.#monitors.delete(name);
      this.#stopping.push(monitor.stop());
    }
    for (const config of providers) this.#take(config);
  }

  async waitForFirstProbes(ms: number): Promise<void> {
    const all = Promise.all([...this.#monitors.values()].map(({ monitor }) => monitor.firstProbe));
    let cancel = (): void => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = this.#deps.clock.after(ms, resolve);
    });
    await Promise.race([all, limit]);
    cancel();
  }

  standing(provider: string): Standing {
    const isolation = this.#isolations.get(provider) ?? null;
    const entry = this.#monitors.get(provider);
    return entry ? { ...entry.monitor.standing(), isolation } : { ...unknownProvider(provider), isolation };
  }

  admit(provider: string, draw: number): AdmissionResult {
    const isolation = this.#isolations.get(provider);
    if (isolation) {
      const reason = `taken out by ${isolation.operator}: ${isolation.reason}`;
      return { admitted: false, reason, retryAtMs: null };
    }
    const entry = this.#monitors.get(provider);
    if (!entry) return { admitted: false, reason: unknownProvider(provider).health.reason, retryAtMs: null };
    return entry.monitor.admit(draw);
  }

  async probeNow(provider: string): Promise<ProviderHealth> {
    const entry = this.#monitors.get(provider);
    if (!entry) return unknownProvider(provider).health;
    entry.monitor.evaluate();
    if (entry.monitor.health.status !== 'disabled') await entry.monitor.probe();
    return entry.monitor.health;
  }

  reset(provider: string): void {
    this.#monitors.get(provider)?.monitor.reset();
  }

  isolate(provider: string, isolation: Isolation): void {
    this.#deps.storage.saveIsolation(provider, isolation);
    this.#isolations.set(provider, isolation);
    this.#deps.events.emit('isolation_changed', { provider });
  }

  rejoin(provider: string): void {
    this.#deps.storage.saveIsolation(provider, null);
    this.#isolations.delete(provider);
    this.#deps.events.emit('isolation_changed', { provider });
  }

  #each(act: (monitor: ProviderMonitor) => void): void {
    for (const { monitor } of this.#monitors.values()) act(monitor);
  }

  #take(config: ProviderConfig): void {
    const identity = identityOf(config);
    const known = this.#monitors.get(config.name);
    if (known?.identity === identity) {
      known.monitor.update(config);
      return;
    }
    if (known) this.#stopping.push(known.monitor.stop());
    const monitor = this.#build(config, known === undefined);
    this.#monitors.set(config.name, { identity, monitor });
    if (this.#started) monitor.start();
  }

  #build(config: ProviderConfig, sameAsBefore: boolean): ProviderMonitor {
    const { name } = config;
    const { clock, random, events, restored } = this.#deps;
    const last = restored.lastHealth.find((one) => one.provider === name);
    return new ProviderMonitor({
      config,
      provider: () => this.#deps.provider(name),
      slowMs: () => this.#deps.registry().routing.highLoad.thresholdMs,
      clock,
      random,
      restored: sameAsBefore && last ? last : null,
      onHealth: (from, health) =>
        this.#announce({
          at: clock.now(),
          provider: name,
          from_status: from,
          to_status: health.status,
          reason: health.reason,
        }),
      onBreaker: (breaker) => events.emit('breaker_changed', { provider: name, breaker }),
      onProbe: (result) => {
        events.emit('probe_finished', {
          provider: name,
          ok: result.ok,
          kind: result.kind,
          latency_ms: result.latencyMs,
        });
        if (result.usage !== null) this.#deps.onProbeUsage?.(name, result);
      },
    });
  }

  #announce(transition: Omit<HealthTransition, 'id'>): void {
    this.#deps.events.emit('health_changed', this.#store(transition));
  }

  #store(transition: Omit<HealthTransition, 'id'>): HealthTransition {
    try {
      return this.#deps.storage.addHealthTransition(transition);
    } catch (error) {
      this.#deps.onStorageError?.(error);
      return { ...transition, id: 0 };
    }
  }
}

/** Two entries of one name are the same provider as long as they mean the same server, model and key. */
function identityOf(config: ProviderConfig): string {
  return JSON.stringify([config.adapter, config.baseUrl, config.model, config.apiKeyEnv]);
}

function unknownProvider(name: string): Omit<Standing, 'isolation'> {
  return {
    health: {
      status: 'disabled',
      reason: `${name} is not in the registry`,
      since: 0,
      checked_at: null,
      probe_latency_ms: null,
    },
    breaker: { state: 'closed', reason: null, since: 0, retry_at: null, admitted_share: 0, cooling_until: null },
    load: null,
    recentLatencyMs: null,
  };
}
