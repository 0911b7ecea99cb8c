import type { LimitKind } from '../../../shared/domain/quota.ts';
import type { Tier } from '../../../shared/domain/decision.ts';
import type { AlertRuleName, AlertSeverity } from '../../../shared/domain/alerts.ts';
import type { AdapterKind } from '../../../shared/domain/provider.ts';

/** The registry as the engine uses it: validated, defaults filled in, durations in milliseconds. Immutable. */
export interface Registry {
  /** First 12 hex digits of the SHA-256 over the normalised content. */
  version: string;
  /** Absolute path of the file; null for the built-in demo registry. */
  path: string | null;
  simulated: boolean;
  /** Enabled and disabled entries, and APIs that exist by their key alone; sorted by priority, then file order. */
  providers: ProviderConfig[];
  routing: RoutingConfig;
  monitoring: { logModelSelection: boolean; trackFallbackUsage: boolean; alertOnFallback: boolean };
  policy: PolicyConfig;
  tiers: TierConfig;
  alerts: AlertConfig;
  notify: NotifyConfig;
  experiments: { shadow: ShadowConfig | null };
  /** Drills may be run: off in production unless the file says otherwise. */
  drills: { enabled: boolean };
  storage: { driver: 'sqlite' | 'postgres'; url: string | null; retentionDays: number };
  server: ServerConfig;
}

export interface ProviderConfig {
  name: string;
  displayName: string;
  adapter: AdapterKind;
  deployment: 'self-hosted' | 'api';
  enabled: boolean;
  /** True for an API that the registry does not define and whose key is set. */
  implicit: boolean;
  priority: number;
  /**
   * Among entries of equal priority: below 1 the share of the group's traffic that this one gets, as for a canary; from 1
   * on its capacity relative to the others. 0 is asked only when the others cannot serve.
   */
  weight: number;
  /** Upstream model id; null for a self-hosted server that is asked for its own. */
  model: string | null;
  serves: string[];
  /** Ends with `/v1` or the vendor's equivalent, no trailing slash. For Anthropic without `/v1`, as its SDK has it. */
  baseUrl: string;
  /** Null for servers that need no key. */
  apiKeyEnv: string | null;
  healthCheck: {
    enabled: boolean;
    /** Absolute URL; null where the method needs none. */
    endpoint: string | null;
    method: 'endpoint' | 'model_list' | 'test_request';
    intervalMs: number;
    timeoutMs: number;
  };
  /** Only what the registry says itself; the adapter's facts fill the rest. */
  capabilities: {
    tools?: boolean;
    thinking?: boolean;
    images?: boolean;
    jsonSchema?: boolean;
    embeddings?: boolean;
    chat?: boolean;
    contextWindow?: number;
    thinkingBudgetRange?: readonly [number, number];
    strengths?: string[];
  };
  usagePolicy: {
    /** `all`, or the task types it is the default for. */
    defaultForTasks: 'all' | string[];
    /** Conditions of which one must hold for use outside a named request; empty means always. */
    useWhen: UseCondition[];
  };
  /** Its own chain instead of the routing section's; null when it has none. */
  fallbacks: string[] | null;
  timeouts: { connectMs: number; firstTokenMs: number; idleMs: number; totalMs: number };
  retry: { maxRetries: number; baseMs: number; maxMs: number };
  breaker: { failures: number; errorRate: number; windowMs: number; openMs: number; rampMs: number };
  limits: Limits;
  pricing: Pricing | null;
  infrastructureUsdPerHour: number | null;
}

/** Requests, tokens and USD as the registry has them; what is left out is not limited. */
export type Limits = Partial<Record<LimitKind, number>> & {
  queueTimeoutMs: number;
  /** Reaching one alerts and refuses nothing. */
  soft?: { requests_per_day?: number; usd_per_day?: number };
};

/** USD per million tokens. */
export interface Pricing {
  input: number;
  output: number;
  cacheRead: number | null;
  cacheWrite: number | null;
}

export type UseCondition =
  | { type: 'unhealthy'; provider: string }
  | { type: 'explicit_user_request' }
  | { type: 'benchmarking_mode' };

export type FallbackTrigger = 'primary_unhealthy' | 'primary_timeout';

export interface RoutingConfig {
  strategy: 'primary_with_fallback';
  primary: string;
  /** The primary first; every name exists. */
  fallbackChain: string[];
  fallbackTriggers: FallbackTrigger[];
  retryOnFailure: boolean;
  maxRetries: number;
  loadBalancing: {
    strategy: 'round_robin' | 'least_connections' | 'least_loaded';
    healthAware: boolean;
    /** Keeps a conversation with one instance of a group, whose KV cache knows its beginning. */
    prefixAffinity: boolean;
  };
  highLoad: { mode: 'never' | 'latency'; thresholdMs: number };
  streamFailover: StreamFailover;
  /** Task type → provider names, tried first. */
  taskTypes: Record<string, string[]>;
}

export type StreamFailover = 'resume' | 'buffer' | 'error';

export interface CallSiteConfig {
  name: string;
  /** Environment key that names the model; null when the site is fixed. */
  env: string | null;
  model: string | null;
  /** The model was stored in the console, and so counts above the environment key. */
  modelStored?: boolean;
  objective: 'latency' | 'throughput';
  streamFailover: StreamFailover | null;
  /** Over all providers together; left out where the site has none of its own. */
  limits?: Limits;
}

interface BudgetConfig {
  /** When daily budgets start anew: at `resetHour` o'clock (0 to 23) in the IANA zone `timeZone`. */
  resetHour: number;
  timeZone: string;
  /**
   * What a `usd_per_day` does with a request whose price nobody knows: counts it apart and lets it pass while the budget
   * is open, or refuses it. Left out, it admits.
   */
  unknownPrice?: 'admit' | 'refuse';
}

export interface PolicyConfig {
  budgets: BudgetConfig;
  callSites: CallSiteConfig[];
  defaultModel: string;
  restrictModels: boolean;
  /** Patterns with `*`; a model matching one is replaced by the default while `restrictModels` holds. */
  deniedModels: string[];
}

export interface TierConfig {
  /** Complexity below `fastBelow` is fast, up to and including `balancedUpTo` balanced, above powerful. */
  thresholds: { fastBelow: number; balancedUpTo: number };
  weights: {
    agent: number;
    step: number;
    creation: number;
    execution: number;
    combined: number;
    promptLength: number;
    dataSize: number;
    conditionCount: number;
    contextDepth: number;
    reasoning: number;
  };
  /** The input that scores 10; larger ones are capped. */
  normalisation: { promptLength: number; dataSize: number; conditionCount: number; contextDepth: number };
  /** `model` null means the provider's own, for self-hosted servers that are asked for theirs. */
  models: Record<Tier, { provider: string; model: string | null }>;
}

/** A second provider that a share of the answered requests is sent to as well, for comparison alone. */
export interface ShadowConfig {
  enabled: boolean;
  provider: string;
  /** Upstream model id; null for the provider's own. */
  model: string | null;
  /** Of the requests, 0 to 1. */
  share: number;
  /** Only requests from these call sites; null for all. */
  callSites: string[] | null;
  usdPerDay: number;
  /** Null for no limit of its own. */
  requestsPerDay: number | null;
  maxConcurrent: number;
  /** When it ends by itself, epoch milliseconds; null for never. */
  until: number | null;
}

/** How the engine's own alerts are evaluated. */
export interface AlertConfig {
  enabled: boolean;
  evaluationMs: number;
  /** `ALERT_ON_FALLBACK`, else `monitoring.alert_on_fallback`. */
  alertOnFallback: boolean;
  /** What the file changes of a rule; what it leaves out stays as the rule has it. */
  rules: Partial<Record<AlertRuleName, RuleConfig>>;
}

interface RuleConfig {
  enabled?: boolean;
  severity?: AlertSeverity;
  forSeconds?: number;
  threshold?: number;
}

interface ChannelConfig {
  minimumSeverity: AlertSeverity;
  /** The file names the channel, so that it is shown even where something is missing. */
  written: boolean;
}

/** Where notifications go. Secrets are named by their environment key, never written here. */
export interface NotifyConfig {
  slack: ChannelConfig & { urlEnv: string };
  pagerduty: ChannelConfig & { keyEnv: string; url: string };
  webhook: (ChannelConfig & { url: string; secretEnv: string | null }) | null;
  desktop: ChannelConfig & { enabled: boolean };
}

interface ServerConfig {
  gateway: { host: string; port: number; maximumBodyBytes: number };
  console: { host: string; port: number };
}

/** One thing wrong with a registry file. `line` counts from 1; null when the problem has no place in the file. */
export interface RegistryProblem {
  path: string;
  line: number | null;
  /** One sentence with the nearest valid name where there is one. */
  message: string;
}

export type RegistryResult =
  | { ok: true; registry: Registry; warnings: RegistryProblem[] }
  | { ok: false; problems: RegistryProblem[] };

/** The environment as the engine reads it: an empty value counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;
