import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import type { HealthMonitor } from '../health/types.ts';
import type { Provider } from '../providers/types.ts';
import type { QuotaManager } from '../quota/types.ts';
import type { ProviderConfig, Registry } from '../registry/types.ts';
import { primaryGroup } from '../router/candidate-order.ts';
import type { RecentWindow } from './recent-window.ts';

export interface StatusSources {
  registry: Registry;
  health: Pick<HealthMonitor, 'standing'>;
  quota: Pick<QuotaManager, 'status' | 'inFlight'>;
  provider: (name: string) => Provider;
  window: RecentWindow;
}

/** One provider as the console shows it, from memory. */
export function providerStatus(config: ProviderConfig, sources: StatusSources): ProviderStatus {
  const { registry, health, quota, window } = sources;
  const provider = sources.provider(config.name);
  const standing = health.standing(config.name);
  const { inFlight, queued } = quota.inFlight(config.name);
  const position = registry.routing.fallbackChain.indexOf(config.name);
  const primary = primaryGroup(registry).includes(config.name);
  return {
    name: config.name,
    display_name: config.displayName,
    adapter: config.adapter,
    model: config.model ?? provider.discoveredModel(),
    deployment: config.deployment,
    simulated: registry.simulated,
    role: primary ? 'primary' : position >= 0 ? 'fallback' : 'other',
    chain_position: position >= 0 ? position : null,
    endpoint: config.baseUrl,
    key: config.apiKeyEnv === null ? 'not_needed' : provider.availability().available ? 'present' : 'missing',
    key_env: config.apiKeyEnv,
    health: standing.health,
    breaker: standing.breaker,
    isolation: standing.isolation,
    gauges: {
      window_seconds: window.windowMs / 1000,
      in_flight: inFlight,
      queued,
      max_concurrent: config.limits.max_concurrent ?? null,
      ...window.figures(config.name),
    },
    load: standing.load,
    quota: quota.status(config.name),
  };
}
