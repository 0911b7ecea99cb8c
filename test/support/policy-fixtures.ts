import type { Environment, Registry } from '../../electron/engine/registry/types.ts';
import { parseRegistry } from '../../electron/engine/registry/load.ts';
import { formatProblems } from '../../electron/engine/registry/problems.ts';
import type { ProviderAvailability } from '../../electron/engine/policy/types.ts';

/** The self-hosted primary with its two paid APIs. */
export const HYBRID = `
models:
  kimi_k2_self_hosted:
    provider_class: KimiK2SelfHostedProvider
    endpoint: http://kimi:8000/v1
    priority: 1
    usage_policy: {default_for_tasks: all, max_concurrent_requests: 20}
  claude_opus_api:
    provider_class: ClaudeOpusProvider
    priority: 2
    usage_policy:
      use_when: [kimi_k2_self_hosted_unhealthy, explicit_user_request]
      max_requests_per_day: 1000
  gpt4_api:
    provider_class: GPT4Provider
    enabled: false
    priority: 3
    usage_policy: {use_when: [benchmarking_mode, explicit_user_request]}
routing:
  fallback_chain: [kimi_k2_self_hosted, claude_opus_api, gpt4_api]
`;

export const ALL_KEYS: Environment = {
  ANTHROPIC_API_KEY: 'a',
  OPENAI_API_KEY: 'o',
  KIMI_API_KEY: 'k',
  XAI_API_KEY: 'x',
};

/** Parses a registry that is known to be valid. */
export function registryOf(text: string, environment: Environment = {}): Registry {
  const result = parseRegistry(text, { environment, path: null });
  if (!result.ok) throw new Error(formatProblems(result.problems, 'registry'));
  return result.registry;
}

/** Availability as the adapters find it: by the key in the environment. */
export function availabilityIn(registry: Registry, environment: Environment): ProviderAvailability {
  return (name) => {
    const provider = registry.providers.find((entry) => entry.name === name);
    if (!provider) throw new Error(`availability was asked for ${name}, which the registry does not have`);
    const { apiKeyEnv } = provider;
    if (apiKeyEnv === null || environment[apiKeyEnv] !== undefined) return { available: true };
    return { available: false, keyEnv: apiKeyEnv, reason: `${apiKeyEnv} is not set` };
  };
}
