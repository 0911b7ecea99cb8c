import type { EngineOptions } from '../../electron/engine/engine.ts';
import type { FaultInput } from '../../electron/simulator/faults.ts';
import type { SimulatedProvider } from '../../electron/simulator/simulated-provider.ts';
import { startPair, startTestEngine } from './engine-fixture.ts';
import type { TestEngine } from './engine-fixture.ts';

export type Vendor = 'kimi' | 'claude';

/** Sixty numbers: every simulated vendor counts in the same words, so that an answer pieced together can be compared. */
export const SIXTY = 'Count. [[count:60]]';
export const SIXTY_TEXT = Array.from({ length: 60 }, (_, index) => index + 1).join(' ');

/** A running engine in front of two simulated providers, one of them the primary. */
export interface Stage {
  engine: TestEngine;
  primary: SimulatedProvider;
  fallback: SimulatedProvider;
  stop(): Promise<void>;
}

export interface StageOptions {
  /** Who stands first: the self-hosted server, or Claude. */
  primary?: Vendor;
  acceptsPrefill?: boolean;
  /** Lines of YAML under the primary's entry, such as its time limits; retries are quick unless it says `retry` itself. */
  limits?: string;
  fallbackLimits?: string;
  routing?: string;
  engine?: Partial<EngineOptions>;
}

const QUICK_RETRY = 'retry: { max_retries: 1, base_ms: 1, max_ms: 1500 }';
/** A breaker that stays out of the way of single faults. */
const PATIENT_BREAKER = 'breaker: { failures: 50, error_rate: 1, window_seconds: 60, open_seconds: 60 }';

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { primary: first = 'kimi', acceptsPrefill = true } = options;
  const pair = await startPair({ acceptsPrefill });
  const own = { first: entry(options.limits ?? ''), second: entry(options.fallbackLimits ?? '') };
  const registry = `
models:
  kimi:
    adapter: vllm
    endpoint: ${pair.kimi.url}
    priority: ${first === 'kimi' ? 1 : 2}
${first === 'kimi' ? own.first : own.second}
  claude:
    adapter: anthropic
    provider_kwargs: { api_key_env: ANTHROPIC_API_KEY }
    model: claude-opus-4-20250514
    priority: ${first === 'claude' ? 1 : 2}
${first === 'claude' ? own.first : own.second}
routing:
  strategy: primary_with_fallback
  primary: ${first}
  fallback_chain: [${first}, ${first === 'kimi' ? 'claude' : 'kimi'}]
  fallback_triggers: [primary_unhealthy, primary_timeout]
${options.routing ? `  ${options.routing}` : ''}
policy: { restrict_models: false }
`;
  const engine = await startTestEngine(registry, { environment: pair.environment, ...options.engine });
  return {
    engine,
    primary: first === 'kimi' ? pair.kimi : pair.claude,
    fallback: first === 'kimi' ? pair.claude : pair.kimi,
    async stop() {
      await engine.stop();
      await pair.stop();
    },
  };
}

function entry(lines: string): string {
  const all = [lines];
  if (!lines.includes('retry:')) all.push(QUICK_RETRY);
  if (!lines.includes('breaker:')) all.push(PATIENT_BREAKER);
  return all
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => `    ${line.trim()}`)
    .join('\n');
}

/** How many chat requests a provider saw. */
export function asked(provider: SimulatedProvider): number {
  return chats(provider).length;
}

/** The chat requests that a provider saw, in their order. */
export function chats(provider: SimulatedProvider): SimulatedProvider['log'][number][] {
  return provider.log.filter(({ path }) => path === '/v1/chat/completions' || path === '/v1/messages');
}

/** Lets one kind of thing go wrong at a provider from now on. */
export function strike(provider: SimulatedProvider, ...faults: FaultInput[]): void {
  provider.faults.set(faults);
}
