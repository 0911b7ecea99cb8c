import type { Override } from '../../shared/domain/operations.ts';
import type { Standing } from '../../electron/engine/health/types.ts';
import type { Intent } from '../../electron/engine/policy/types.ts';
import type { Capabilities } from '../../electron/engine/providers/types.ts';
import type { Environment } from '../../electron/engine/registry/types.ts';
import type { DecisionInput } from '../../electron/engine/router/types.ts';
import { ALL_KEYS, availabilityIn, HYBRID, registryOf } from './policy-fixtures.ts';

export const NOW = Date.UTC(2026, 10, 21, 3, 20);
const SINCE = Date.UTC(2026, 10, 21, 3, 12);

export const CAPABLE: Capabilities = {
  dialect: 'openai',
  tools: true,
  images: true,
  jsonSchema: true,
  thinking: 'none',
  thinkingBudgetRange: null,
  prefill: true,
  contextWindow: 200_000,
  maximumOutputTokens: null,
  refusedParameters: [],
  embeddings: false,
  strengths: [],
};

export function standing(more: Partial<Standing> = {}): Standing {
  return {
    health: { status: 'healthy', reason: 'probe answered', since: SINCE, checked_at: NOW, probe_latency_ms: 3 },
    breaker: { state: 'closed', reason: null, since: SINCE, retry_at: null, admitted_share: 1, cooling_until: null },
    isolation: null,
    load: null,
    recentLatencyMs: null,
    ...more,
  };
}

export function withHealth(status: Standing['health']['status'], reason = 'connection refused'): Standing {
  return standing({ health: { ...standing().health, status, reason } });
}

export function withBreaker(more: Partial<Standing['breaker']>): Standing {
  return standing({ breaker: { ...standing().breaker, ...more } });
}

export function intent(more: Partial<Intent> = {}): Intent {
  return {
    rule: 'primary',
    reason: 'nothing else is asked for',
    requestedModel: 'auto',
    preferred: [],
    callSite: null,
    tier: null,
    complexity: null,
    taskType: null,
    warnings: [],
    ...more,
  };
}

export function override(provider: string, scope = 'all'): Override {
  return { id: 1, provider, scope, reason: 'drill', operator: 'ada', created_at: NOW - 1000, expires_at: NOW + 60_000 };
}

export interface InputSetup extends Partial<
  Omit<DecisionInput, 'standing' | 'headroom' | 'capabilities' | 'inFlight'>
> {
  text?: string;
  environment?: Environment;
  standings?: Record<string, Standing>;
  headrooms?: Record<string, ReturnType<DecisionInput['headroom']>>;
  abilities?: Record<string, Partial<Capabilities>>;
  busy?: Record<string, number>;
}

/** A decision's input: all well, all keys there, except what the test says. */
export function input(setup: InputSetup = {}): DecisionInput {
  const { text, environment = ALL_KEYS, standings = {}, headrooms = {}, abilities = {}, busy = {}, ...rest } = setup;
  const registry = rest.registry ?? registryOf(text ?? HYBRID, environment);
  return {
    intent: intent(),
    needs: { tools: false, images: false, jsonSchema: false, tokens: 100 },
    forcedProvider: null,
    noFallback: false,
    benchmarking: false,
    override: null,
    availability: availabilityIn(registry, environment),
    standing: (name) => standings[name] ?? standing(),
    headroom: (name) => headrooms[name] ?? { open: true },
    capabilities: (name) => ({ ...CAPABLE, ...abilities[name] }),
    inFlight: (name) => busy[name] ?? 0,
    turn: 0,
    now: NOW,
    ...rest,
    registry,
  };
}
