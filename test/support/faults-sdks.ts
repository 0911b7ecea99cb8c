import { startPair, startTestEngine } from './engine-fixture.ts';
import type { Pair, TestEngine } from './engine-fixture.ts';

/** A running engine for client libraries: `auto` is answered by a self-hosted vLLM, `claude` by Claude, both simulated. */
export interface ClientStage {
  pair: Pair;
  engine: TestEngine;
  /** As OpenAI's clients take it. */
  openAiUrl: string;
  stop(): Promise<void>;
}

export async function startClientStage(): Promise<ClientStage> {
  const pair = await startPair();
  const capable = '    capabilities: { supports_tools: true, supports_images: true, supports_json_schema: true }';
  const engine = await startTestEngine(pair.registry({ kimi: capable, claude: capable }), {
    environment: { ...pair.environment, RESTRICT_MODELS: 'false' },
  });
  return {
    pair,
    engine,
    openAiUrl: `${engine.gatewayUrl}/v1`,
    async stop() {
      await engine.stop();
      await pair.stop();
    },
  };
}

/** The one who answers: by the policy, or by name. Either is called in either dialect. */
export const MODELS = ['auto', 'claude'] as const;

/** A red dot of one pixel, PNG. */
export const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

export const CITY_SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};
