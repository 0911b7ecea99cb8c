import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { CallSiteConfig, ProviderConfig, TierConfig } from './types.ts';

/** The model for whoever names none: the cheapest that is safe to be called by accident. */
export const COST_SAFE_MODEL = 'claude-haiku-4-5-20251001';

/** Model families that are too dear to be used outside production unless somebody says so. */
export const DEFAULT_DENIED_MODELS: readonly string[] = ['claude-*sonnet*', 'claude-*opus*'];

/** What an API needs to be reached: where it is, which key it takes, and its model when none is named. */
export interface ApiFacts {
  adapter: AdapterKind;
  displayName: string;
  /** Anthropic's without `/v1`, as its SDK has it. Sources: the vendors' API references. */
  baseUrl: string;
  baseUrlEnv: string;
  apiKeyEnv: string;
  defaultModel: string;
}

/** The four APIs that exist by their key alone, in the order in which they are tried when nothing else is configured. */
export const API_FACTS: Readonly<Record<'anthropic' | 'openai' | 'moonshot' | 'xai', ApiFacts>> = {
  anthropic: {
    adapter: 'anthropic',
    displayName: 'Anthropic',
    baseUrl: 'https://api.anthropic.com',
    baseUrlEnv: 'ANTHROPIC_BASE_URL',
    apiKeyEnv: 'ANTHROPIC_API_KEY',
    defaultModel: COST_SAFE_MODEL,
  },
  openai: {
    adapter: 'openai',
    displayName: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    baseUrlEnv: 'OPENAI_BASE_URL',
    apiKeyEnv: 'OPENAI_API_KEY',
    defaultModel: 'gpt-4o-mini',
  },
  moonshot: {
    adapter: 'moonshot',
    displayName: 'Moonshot',
    baseUrl: 'https://api.moonshot.ai/v1',
    baseUrlEnv: 'KIMI_BASE_URL',
    apiKeyEnv: 'KIMI_API_KEY',
    defaultModel: 'kimi-k2-0905-preview',
  },
  xai: {
    adapter: 'xai',
    displayName: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    baseUrlEnv: 'XAI_BASE_URL',
    apiKeyEnv: 'XAI_API_KEY',
    defaultModel: 'grok-4-fast-reasoning',
  },
};

/** The facts of an adapter that is one of the four APIs; null for servers of one's own. */
export function apiFacts(adapter: string): ApiFacts | null {
  return Object.hasOwn(API_FACTS, adapter) ? API_FACTS[adapter as keyof typeof API_FACTS] : null;
}

/** Names that `provider_class` may hold besides the adapters' own. */
export const PROVIDER_CLASSES = {
  KimiK2SelfHostedProvider: { adapter: 'vllm', defaultModel: null },
  ClaudeOpusProvider: { adapter: 'anthropic', defaultModel: 'claude-opus-4-20250514' },
  GPT4Provider: { adapter: 'openai', defaultModel: 'gpt-4-turbo' },
} as const satisfies Record<string, { adapter: AdapterKind; defaultModel: string | null }>;

/** Implicit APIs rank behind every entry of the file. */
export const IMPLICIT_PRIORITY = 100;

/** Milliseconds. The first-token limit is the answer to "primary_timeout: if response time > 30 s". */
export const TIMEOUT_DEFAULTS = {
  connectMs: { 'self-hosted': 2_000, api: 5_000 },
  firstTokenMs: 30_000,
  idleMs: 30_000,
  totalMs: 600_000,
} as const;

export const RETRY_DEFAULTS = { maxRetries: 2, baseMs: 250, maxMs: 4_000 } as const;

export const BREAKER_DEFAULTS: ProviderConfig['breaker'] = {
  failures: 3,
  errorRate: 0.5,
  windowMs: 60_000,
  openMs: 15_000,
  rampMs: 30_000,
};

/** How long a request may wait for a free place, in milliseconds. */
export const QUEUE_TIMEOUT_MS = 10_000;

/** Milliseconds. A self-hosted server is near and asked often; an API's model list is far and asked seldom. */
export const HEALTH_DEFAULTS = {
  'self-hosted': { intervalMs: 30_000, timeoutMs: 2_000 },
  api: { intervalMs: 60_000, timeoutMs: 10_000 },
} as const;

export const HIGH_LOAD_THRESHOLD_MS = 10_000;

/** Largest request body: Anthropic's own limit for a request is 32 MB (API reference, "Request size limits"). */
export const MAXIMUM_BODY_BYTES = 32 * 1024 * 1024;

export const RETENTION_DAYS = 30;

export const SERVER_DEFAULTS = { host: '127.0.0.1', gatewayPort: 4180, consolePort: 4181 } as const;

/** Call sites that exist unless the registry defines one of the same name. */
export const BUILT_IN_CALL_SITES: readonly CallSiteConfig[] = [
  { name: 'chat', env: 'CGX_FRONTEND_MODEL_NAME', model: null, objective: 'latency', streamFailover: null },
  {
    name: 'processing',
    env: 'PROCESSING_BACKEND_MODEL_NAME',
    model: null,
    objective: 'throughput',
    streamFailover: null,
  },
];

/**
 * Complexity to tier. Weights are relative within their group: agent against step, the three scores among each other, the
 * five factors among each other.
 */
export const TIER_DEFAULTS: TierConfig = {
  thresholds: { fastBelow: 3, balancedUpTo: 6.5 },
  weights: {
    agent: 0.6,
    step: 0.4,
    creation: 1,
    execution: 1,
    combined: 1,
    promptLength: 1,
    dataSize: 1,
    conditionCount: 1,
    contextDepth: 1,
    reasoning: 1,
  },
  normalisation: { promptLength: 8_000, dataSize: 100_000, conditionCount: 10, contextDepth: 10 },
  models: {
    fast: { provider: 'anthropic', model: 'claude-3-haiku-20240307' },
    balanced: { provider: 'moonshot', model: 'kimi-k2-0905-preview' },
    powerful: { provider: 'anthropic', model: 'claude-3-5-sonnet-20241022' },
  },
};
