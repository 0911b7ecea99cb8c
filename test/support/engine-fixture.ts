import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../../electron/engine/engine.ts';
import type { EngineOptions, RunningEngine } from '../../electron/engine/engine.ts';
import type { Environment } from '../../electron/engine/registry/types.ts';
import { createSimulatedProvider } from '../../electron/simulator/simulated-provider.ts';
import type { SimulatedProvider } from '../../electron/simulator/simulated-provider.ts';

/** A running engine on free ports over a fresh data directory. */
export interface TestEngine extends RunningEngine {
  dataDirectory: string;
  /** Stops the engine; its data directory goes too, unless it is kept for the next one. */
  stop(options?: { keepData: boolean }): Promise<void>;
}

const STORE_WORKER = new URL('../../electron/engine/store/reader-worker.ts', import.meta.url);

/** Starts the real engine; logs are left out but for errors. */
export async function startTestEngine(registryText: string, changes: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const dataDirectory = changes.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'switchyard-test-')));
  const engine = await startEngine({
    registryText,
    registryPath: null,
    environment: {},
    dataDirectory,
    gateway: { host: '127.0.0.1', port: 0 },
    simulated: false,
    version: '0.0.0-test',
    storeWorkerUrl: STORE_WORKER,
    logLevel: 'error',
    ...changes,
  });
  return {
    ...engine,
    dataDirectory,
    async stop(options) {
      await engine.stop();
      if (!options?.keepData) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** The usual pair: a self-hosted primary and Claude behind it, both simulated over real HTTP. */
export interface Pair {
  kimi: SimulatedProvider;
  claude: SimulatedProvider;
  environment: Environment;
  /** The registry of the pair; `changes` are indented lines put under the entry they name. */
  registry(changes?: { kimi?: string; claude?: string; routing?: string }): string;
  stop(): Promise<void>;
}

export async function startPair({
  acceptsPrefill = true,
  claudeModel = 'claude-opus-4-20250514',
}: { acceptsPrefill?: boolean; claudeModel?: string } = {}): Promise<Pair> {
  const kimi = await createSimulatedProvider({
    name: 'kimi',
    kind: 'vllm',
    models: [{ id: 'kimi-k2', contextWindow: 256_000 }],
  });
  const claude = await createSimulatedProvider({
    name: 'claude',
    kind: 'anthropic',
    models: [{ id: claudeModel, contextWindow: 200_000, acceptsPrefill }],
    apiKey: 'test-key-of-claude',
  });
  return {
    kimi,
    claude,
    environment: { ANTHROPIC_API_KEY: 'test-key-of-claude', ANTHROPIC_BASE_URL: claude.url },
    registry: (changes = {}) => `
models:
  kimi:
    provider_class: KimiK2SelfHostedProvider
    provider_kwargs: { endpoint: ${kimi.url} }
    priority: 1
${changes.kimi ?? ''}
  claude:
    provider_class: ClaudeOpusProvider
    provider_kwargs: { api_key_env: ANTHROPIC_API_KEY }
    priority: 2
${changes.claude ?? ''}
routing:
  strategy: primary_with_fallback
  primary: kimi
  fallback_chain: [kimi, claude]
  fallback_triggers: [primary_unhealthy, primary_timeout]
${changes.routing ?? ''}
`,
    async stop() {
      await Promise.all([kimi.stop(), claude.stop()]);
    },
  };
}

/** Waits until `holds` answers something that is not null, undefined or false; the test's own timeout is the limit. */
export async function eventually<Value>(holds: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  for (;;) {
    const value = await holds();
    if (value !== null && value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
