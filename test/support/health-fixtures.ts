import type { HealthTransition, Isolation } from '../../shared/domain/provider.ts';
import type { ProbeResult, Provider } from '../../electron/engine/providers/types.ts';
import type { ProviderConfig, Registry } from '../../electron/engine/registry/types.ts';

/** An enabled self-hosted entry with round figures; `change` says what is different. */
export function providerConfig(name: string, change: Partial<ProviderConfig> = {}): ProviderConfig {
  return {
    name,
    displayName: name,
    adapter: 'vllm',
    deployment: 'self-hosted',
    enabled: true,
    implicit: false,
    priority: 1,
    weight: 1,
    model: `${name}-model`,
    serves: [],
    baseUrl: `http://${name}.test/v1`,
    apiKeyEnv: null,
    healthCheck: { enabled: true, endpoint: null, method: 'endpoint', intervalMs: 30_000, timeoutMs: 2_000 },
    capabilities: {},
    usagePolicy: { defaultForTasks: 'all', useWhen: [] },
    fallbacks: null,
    timeouts: { connectMs: 1_000, firstTokenMs: 5_000, idleMs: 5_000, totalMs: 60_000 },
    retry: { maxRetries: 2, baseMs: 100, maxMs: 1_000 },
    breaker: { failures: 3, errorRate: 0.5, windowMs: 60_000, openMs: 10_000, rampMs: 20_000 },
    limits: { queueTimeoutMs: 5_000 },
    pricing: null,
    infrastructureUsdPerHour: null,
    ...change,
  };
}

export function registryOf(...providers: ProviderConfig[]): Registry {
  const primary = providers[0]?.name ?? 'none';
  return {
    version: '000000000000',
    path: null,
    simulated: false,
    providers,
    routing: {
      strategy: 'primary_with_fallback',
      primary,
      fallbackChain: providers.map(({ name }) => name),
      fallbackTriggers: ['primary_unhealthy', 'primary_timeout'],
      retryOnFailure: true,
      maxRetries: 2,
      loadBalancing: { strategy: 'round_robin', healthAware: true, prefixAffinity: false },
      highLoad: { mode: 'never', thresholdMs: 10_000 },
      streamFailover: 'resume',
      taskTypes: {},
    },
    experiments: { shadow: null },
    drills: { enabled: true },
    alerts: { enabled: true, evaluationMs: 15_000, alertOnFallback: true, rules: {} },
    notify: {
      slack: { urlEnv: 'SLACK_WEBHOOK_URL', minimumSeverity: 'warning', written: false },
      pagerduty: {
        keyEnv: 'PAGERDUTY_ROUTING_KEY',
        url: 'http://127.0.0.1:1',
        minimumSeverity: 'critical',
        written: false,
      },
      webhook: null,
      desktop: { enabled: false, minimumSeverity: 'warning', written: false },
    },
    monitoring: { logModelSelection: true, trackFallbackUsage: true, alertOnFallback: true },
    policy: {
      budgets: { resetHour: 0, timeZone: 'UTC' },
      callSites: [],
      defaultModel: primary,
      restrictModels: false,
      deniedModels: [],
    },
    tiers: {
      thresholds: { fastBelow: 3, balancedUpTo: 6.5 },
      weights: {
        agent: 0.6,
        step: 0.4,
        creation: 0.3,
        execution: 0.3,
        combined: 0.4,
        promptLength: 0.2,
        dataSize: 0.2,
        conditionCount: 0.2,
        contextDepth: 0.2,
        reasoning: 0.2,
      },
      normalisation: { promptLength: 1, dataSize: 1, conditionCount: 1, contextDepth: 1 },
      models: {
        fast: { provider: primary, model: 'm' },
        balanced: { provider: primary, model: 'm' },
        powerful: { provider: primary, model: 'm' },
      },
    },
    storage: { driver: 'sqlite', url: null, retentionDays: 30 },
    server: {
      gateway: { host: '127.0.0.1', port: 0, maximumBodyBytes: 1_000 },
      console: { host: '127.0.0.1', port: 0 },
    },
  };
}

export const goodProbe: ProbeResult = {
  ok: true,
  kind: 'health_endpoint',
  latencyMs: 12,
  reason: 'answers',
  failureClass: null,
  models: null,
  usage: null,
};

export const refusedProbe: ProbeResult = {
  ...goodProbe,
  ok: false,
  reason: 'connection refused',
  failureClass: 'unreachable',
};

/** A provider of which only the probe, the scrape and the key matter; each probe asks `probe` anew. */
export function probedProvider(
  name: string,
  probe: (signal: AbortSignal) => Promise<ProbeResult>,
  change: Partial<Pick<Provider, 'availability' | 'scrapeLoad'>> = {},
): Provider {
  const unused = (): never => {
    throw new Error('not a part of this test');
  };
  return {
    name,
    adapter: 'vllm',
    dialect: 'openai',
    discoveredModel: () => null,
    capabilities: unused,
    availability: () => ({ available: true }),
    effortToParams: unused,
    estimateTokens: unused,
    generate: unused,
    stream: unused,
    embed: unused,
    countTokens: null,
    probe,
    scrapeLoad: null,
    close: () => Promise.resolve(),
    ...change,
  };
}

/** Keeps what the monitor stores in lists. */
export function memoryHealthStorage(): {
  transitions: HealthTransition[];
  isolations: [string, Isolation | null][];
  addHealthTransition(transition: Omit<HealthTransition, 'id'>): HealthTransition;
  saveIsolation(provider: string, isolation: Isolation | null): void;
} {
  const transitions: HealthTransition[] = [];
  const isolations: [string, Isolation | null][] = [];
  return {
    transitions,
    isolations,
    addHealthTransition(transition) {
      const stored = { ...transition, id: transitions.length + 1 };
      transitions.push(stored);
      return stored;
    },
    saveIsolation: (provider, isolation) => void isolations.push([provider, isolation]),
  };
}
