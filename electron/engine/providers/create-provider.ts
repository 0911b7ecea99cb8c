import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { Clock, Random } from '../clock.ts';
import type { OwnRequest } from '../trace-context.ts';
import type { Environment, ProviderConfig } from '../registry/types.ts';
import type { Adapter } from './adapters/adapter.ts';
import { anthropicAdapter } from './adapters/anthropic.ts';
import { moonshotAdapter } from './adapters/moonshot.ts';
import { openAiAdapter } from './adapters/openai.ts';
import { openAiCompatibleAdapter, vllmAdapter } from './adapters/vllm.ts';
import { xaiAdapter } from './adapters/xai.ts';
import { configuredFacts, toCapabilities } from './capabilities.ts';
import { generate, stream } from './chat-call.ts';
import { refused } from './connection-failures.ts';
import { countTokens } from './count-tokens-call.ts';
import { effortToParameters } from './effort.ts';
import { embed } from './embed-call.ts';
import { estimateTokens, tokenCounter } from './estimate-tokens.ts';
import type { CallContext } from './post.ts';
import { probe } from './probe.ts';
import { createLoadScraper } from './scrape-load.ts';
import { createTransport } from './transport.ts';
import { ProviderFailure } from './types.ts';
import type { Availability, Provider } from './types.ts';

const ADAPTERS: Readonly<Record<AdapterKind, Adapter>> = {
  vllm: vllmAdapter,
  'openai-compatible': openAiCompatibleAdapter,
  openai: openAiAdapter,
  anthropic: anthropicAdapter,
  moonshot: moonshotAdapter,
  xai: xaiAdapter,
};

/** What a provider takes from outside. */
export interface ProviderDependencies {
  /** Read at each call, so that a key set later is used; its values appear in no message. */
  environment: Environment;
  clock: Clock;
  random: Random;
  /** Begins a paid test request; without it one has no id and no trace. */
  startOwnRequest?: (() => OwnRequest) | undefined;
}

/** Builds one provider of the registry. Opens no connection and loads no vendor's client. */
export function createProvider(config: ProviderConfig, dependencies: ProviderDependencies): Provider {
  const { environment, clock } = dependencies;
  const adapter = ADAPTERS[config.adapter];
  const peer = { provider: config.name, host: new URL(config.baseUrl).host };
  const transport = createTransport(clock);
  let discovered: string | null = null;

  function key(): string | null {
    const state = availabilityOf(config, environment);
    if (!state.available) throw new ProviderFailure(refused(peer, 'unauthorized', state.reason));
    return config.apiKeyEnv === null ? null : (environment[config.apiKeyEnv] ?? null);
  }

  const context: CallContext = { config, adapter, peer, transport, clock, key };
  const selfHosted = config.adapter === 'vllm' || config.adapter === 'openai-compatible';
  return {
    name: config.name,
    adapter: config.adapter,
    dialect: adapter.dialect,
    capabilities: (model) => toCapabilities(configuredFacts(config, model ?? config.model ?? discovered)),
    availability: () => availabilityOf(config, environment),
    discoveredModel: () => discovered,
    effortToParams: (effort, model) => effortToParameters(effort, configuredFacts(config, model)),
    estimateTokens: (request) => estimateTokens(request, tokenCounter()),
    generate: (call) => generate(call, context),
    stream: (call) => stream(call, context),
    embed: (call) => embed(call, context),
    countTokens: adapter.dialect === 'anthropic' ? (call) => countTokens(call, context) : null,
    async probe(signal) {
      const result = await probe(signal, { ...context, startOwnRequest: dependencies.startOwnRequest });
      if (selfHosted && result.models) discovered = result.models[0] ?? discovered;
      return result;
    },
    scrapeLoad: selfHosted ? createLoadScraper(context) : null,
    close: () => transport.close(),
  };
}

function availabilityOf(config: ProviderConfig, environment: Environment): Availability {
  const keyEnv = config.apiKeyEnv;
  if (keyEnv === null || environment[keyEnv]) return { available: true };
  return { available: false, keyEnv, reason: `${keyEnv} is not set` };
}
