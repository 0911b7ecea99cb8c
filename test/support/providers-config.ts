import type { ProviderConfig } from '../../electron/engine/registry/types.ts';

/** A registry entry with every default filled in. */
export function providerConfig(overrides: Partial<ProviderConfig> = {}): ProviderConfig {
  return {
    name: 'kimi_k2_self_hosted',
    displayName: 'Kimi K2',
    adapter: 'vllm',
    deployment: 'self-hosted',
    enabled: true,
    implicit: false,
    priority: 1,
    weight: 1,
    model: 'kimi-k2',
    serves: [],
    baseUrl: 'http://127.0.0.1:9/v1',
    apiKeyEnv: null,
    healthCheck: { enabled: true, endpoint: null, method: 'model_list', intervalMs: 30_000, timeoutMs: 2000 },
    capabilities: {},
    usagePolicy: { defaultForTasks: 'all', useWhen: [] },
    fallbacks: null,
    timeouts: { connectMs: 2000, firstTokenMs: 30_000, idleMs: 30_000, totalMs: 600_000 },
    retry: { maxRetries: 2, baseMs: 200, maxMs: 5000 },
    breaker: { failures: 3, errorRate: 0.5, windowMs: 60_000, openMs: 15_000, rampMs: 30_000 },
    limits: { queueTimeoutMs: 1000 },
    pricing: null,
    infrastructureUsdPerHour: null,
    ...overrides,
  };
}
