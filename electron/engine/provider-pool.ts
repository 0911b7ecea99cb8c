import { withFaults } from './drills/faulty-provider.ts';
import type { FaultSource } from './drills/faulty-provider.ts';
import { createProvider, type ProviderDependencies } from './providers/create-provider.ts';
import type { Provider } from './providers/types.ts';
import type { ProviderConfig, Registry } from './registry/types.ts';

interface Member {
  fingerprint: string;
  config: ProviderConfig;
  provider: Provider;
}

/**
 * The providers of the running registry. After a reload an entry that has not changed keeps its connections; a removed or
 * changed one is closed once its running calls have ended.
 */
export class ProviderPool {
  readonly #tools: ProviderDependencies;
  #members = new Map<string, Member>();
  #faultFor: FaultSource = () => null;

  constructor(tools: ProviderDependencies) {
    this.#tools = tools;
  }

  apply(registry: Registry): void {
    const next = new Map<string, Member>();
    for (const config of registry.providers) {
      const fingerprint = JSON.stringify(config);
      const known = this.#members.get(config.name);
      next.set(
        config.name,
        known?.fingerprint === fingerprint ? known : { fingerprint, config, provider: this.#create(config) },
      );
    }
    const kept = new Set([...next.values()].map((member) => member.provider));
    for (const { provider } of this.#members.values()) if (!kept.has(provider)) void provider.close();
    this.#members = next;
  }

  /** Throws when the registry has no such entry: callers take names from the registry. */
  get(name: string): Provider {
    return this.#member(name).provider;
  }

  config(name: string): ProviderConfig {
    return this.#member(name).config;
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** Sets who is asked for the fault that a call meets while a drill runs. */
  setFaults(faultFor: FaultSource): void {
    this.#faultFor = faultFor;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members.values()].map(({ provider }) => provider.close()));
  }

  #create(config: ProviderConfig): Provider {
    const provider = createProvider(config, this.#tools);
    return withFaults(provider, (name, call) => this.#faultFor(name, call), this.#tools.clock);
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (!member) throw new Error(`The registry has no provider "${name}".`);
    return member;
  }
}
