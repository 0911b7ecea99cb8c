import type { SimulatorClock } from './clock.ts';
import { DEMO_KEYS, DEMO_MODELS, demoRegistryYaml } from './demo-registry.ts';
import type { LatencyModel } from './pace.ts';
import type { SimulatedProviderOptions } from './provider-state.ts';
import { createSimulatedProvider, type SimulatedProvider } from './simulated-provider.ts';

/** The simulated providers by the part they play; the names are those of the demo registry. */
export interface FleetProviders {
  kimi_k2_self_hosted: SimulatedProvider;
  claude_opus_api: SimulatedProvider;
  gpt4_api: SimulatedProvider;
  /** Serves `grok_api` and `grok_preview_api`. */
  grok_api: SimulatedProvider;
}

export type FleetProviderName = keyof FleetProviders;

/** Running simulated providers, with all that a gateway needs to use them. */
export interface SimulatedFleet {
  providers: FleetProviders;
  registryYaml: string;
  /**
   * Fake keys. The vendors' own keys and base URLs are there as undefined: spread over another environment they take
   * these out, so that a demo never reaches a real API.
   */
  environment: Record<string, string | undefined>;
  stop(): Promise<void>;
}

export interface FleetOptions {
  /** The same seed gives the same timing; 1 when left out. */
  seed?: number;
  clock?: SimulatorClock;
  /** Opens `/__faults` on every provider. */
  control?: boolean;
  /** Replaces every provider's pace, for tests. */
  latency?: LatencyModel;
}

/** Environment keys that would bring a real provider or another policy into the demo. */
const CLEARED = [
  'KIMI_K2_ENDPOINT',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'KIMI_API_KEY',
  'XAI_API_KEY',
  'ANTHROPIC_BASE_URL',
  'OPENAI_BASE_URL',
  'KIMI_BASE_URL',
  'XAI_BASE_URL',
  'MODEL_NAME',
  'CGX_FRONTEND_MODEL_NAME',
  'PROCESSING_BACKEND_MODEL_NAME',
  'RESTRICT_MODELS',
] as const;

/** Two tokens an event, as busy servers send them, halve the work of a demo. */
const PACES = {
  kimi: {
    firstTokenMedianMs: 260,
    firstTokenP95Ms: 700,
    tokensPerSecond: 62,
    jitter: 0.3,
    loadSlowdown: 0.9,
    tokensPerEvent: 2,
  },
  claude: {
    firstTokenMedianMs: 620,
    firstTokenP95Ms: 1500,
    tokensPerSecond: 70,
    jitter: 0.4,
    loadSlowdown: 0,
    tokensPerEvent: 2,
  },
  openai: {
    firstTokenMedianMs: 520,
    firstTokenP95Ms: 1300,
    tokensPerSecond: 45,
    jitter: 0.4,
    loadSlowdown: 0,
    tokensPerEvent: 2,
  },
  grok: {
    firstTokenMedianMs: 340,
    firstTokenP95Ms: 900,
    tokensPerSecond: 110,
    jitter: 0.4,
    loadSlowdown: 0,
    tokensPerEvent: 3,
  },
} as const satisfies Record<string, LatencyModel>;

function fleetMembers(): Record<FleetProviderName, SimulatedProviderOptions> {
  return {
    kimi_k2_self_hosted: {
      name: 'kimi_k2_self_hosted',
      kind: 'vllm',
      models: [{ id: DEMO_MODELS.kimi, contextWindow: 256_000 }],
      latency: PACES.kimi,
      // Below the 20 that the registry lets through, so that the server's own queue is to be seen.
      maxBatch: 16,
      kvCacheTokens: 8000,
      reportsCachedTokens: true,
    },
    claude_opus_api: {
      name: 'claude_opus_api',
      kind: 'anthropic',
      // Opus 4.6 takes no prefill (https://docs.anthropic.com, "What's new in Claude 4.6").
      models: [{ id: DEMO_MODELS.claude, contextWindow: 200_000, acceptsPrefill: false }],
      latency: PACES.claude,
      apiKey: DEMO_KEYS.SIMULATED_ANTHROPIC_KEY,
      rateLimit: { requestsPerMinute: 1000, tokensPerMinute: 2_000_000 },
    },
    gpt4_api: {
      name: 'gpt4_api',
      kind: 'openai',
      models: [{ id: DEMO_MODELS.gpt4, contextWindow: 128_000 }],
      latency: PACES.openai,
      apiKey: DEMO_KEYS.SIMULATED_OPENAI_KEY,
      rateLimit: { requestsPerMinute: 500, tokensPerMinute: 600_000 },
    },
    grok_api: {
      name: 'grok_api',
      kind: 'openai',
      flavour: 'xai',
      models: [
        { id: DEMO_MODELS.grok, contextWindow: 2_000_000, thinking: true },
        { id: DEMO_MODELS.preview, contextWindow: 256_000, thinking: true },
      ],
      latency: PACES.grok,
      apiKey: DEMO_KEYS.SIMULATED_XAI_KEY,
    },
  };
}

/** Starts the demo's providers on free ports. */
export async function startSimulatedFleet(options: FleetOptions = {}): Promise<SimulatedFleet> {
  const members = fleetMembers();
  const start = async (name: FleetProviderName, offset: number): Promise<SimulatedProvider> =>
    createSimulatedProvider({
      ...members[name],
      seed: (options.seed ?? 1) * 100 + offset,
      logLimit: 500,
      control: options.control ?? false,
      ...(options.clock ? { clock: options.clock } : {}),
      ...(options.latency ? { latency: options.latency } : {}),
    });
  const [kimi, claude, gpt4, grok] = await Promise.all([
    start('kimi_k2_self_hosted', 1),
    start('claude_opus_api', 2),
    start('gpt4_api', 3),
    start('grok_api', 4),
  ]);
  const providers: FleetProviders = {
    kimi_k2_self_hosted: kimi,
    claude_opus_api: claude,
    gpt4_api: gpt4,
    grok_api: grok,
  };
  return {
    providers,
    registryYaml: demoRegistryYaml({ kimi: kimi.url, claude: claude.url, openai: gpt4.url, grok: grok.url }),
    environment: { ...Object.fromEntries(CLEARED.map((key) => [key, undefined])), ...DEMO_KEYS },
    async stop() {
      await Promise.all(Object.values(providers).map((provider: SimulatedProvider) => provider.stop()));
    },
  };
}
