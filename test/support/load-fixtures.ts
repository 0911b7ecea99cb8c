import OpenAI from 'openai';
import type { EngineOptions } from '../../electron/engine/engine.ts';
import type { LogEntry } from '../../electron/simulator/exchange.ts';
import type { SimulatedProviderOptions } from '../../electron/simulator/provider-state.ts';
import { createSimulatedProvider } from '../../electron/simulator/simulated-provider.ts';
import type { SimulatedProvider } from '../../electron/simulator/simulated-provider.ts';
import { startTestEngine } from './engine-fixture.ts';
import type { TestEngine } from './engine-fixture.ts';

/** Starts simulated providers and engines for one test, and stops them after it. */
export class LoadStage {
  readonly #stops: (() => Promise<void>)[] = [];

  async provider(options: SimulatedProviderOptions): Promise<SimulatedProvider> {
    const provider = await createSimulatedProvider(options);
    this.#stops.push(() => provider.stop());
    return provider;
  }

  /** A simulated vLLM that serves `kimi-k2`. */
  vllm(name: string, more: Partial<SimulatedProviderOptions> = {}): Promise<SimulatedProvider> {
    return this.provider({ name, kind: 'vllm', models: [{ id: 'kimi-k2', contextWindow: 128_000 }], ...more });
  }

  async engine(registryText: string, changes: Partial<EngineOptions> = {}): Promise<TestEngine> {
    const engine = await startTestEngine(registryText, changes);
    this.#stops.push(() => engine.stop());
    return engine;
  }

  async strike(): Promise<void> {
    for (const stop of this.#stops.splice(0).toReversed()) await stop();
  }
}

export function clientOf(engine: TestEngine): OpenAI {
  return new OpenAI({ baseURL: `${engine.gatewayUrl}/v1`, apiKey: 'unused', maxRetries: 0 });
}

/** What a chat is asked with; the simulator answers with 8 tokens. */
export function chat(text = 'hello', model = 'auto') {
  return { model, messages: [{ role: 'user' as const, content: `${text} [[tokens:8]]` }] };
}

/** The requests for an answer that a provider saw; probes and scrapes are left out. */
export function inferences({ log }: SimulatedProvider): LogEntry[] {
  return log.filter(({ path }) => /\/(?:chat\/completions|messages|embeddings)$/.test(path));
}
