import { createAnswerCollector } from './dialects-collector.ts';
import { parseOpenAiRequest } from '../../electron/engine/dialects/openai/parse-request.ts';
import type { ChatAnswer, JsonObject } from '../../electron/engine/dialects/types.ts';
import { ProviderFailure } from '../../electron/engine/providers/types.ts';
import type { Failure, Provider, ProviderCall, StreamResult } from '../../electron/engine/providers/types.ts';

const LIMITS = { connectMs: 1000, firstTokenMs: 3000, idleMs: 2000, totalMs: 60_000 };

/** A call of "hello" in OpenAI's dialect. */
export function helloCall(overrides: Partial<ProviderCall> = {}, body: JsonObject = {}): ProviderCall {
  return {
    request: parseOpenAiRequest({ model: 'auto', messages: [{ role: 'user', content: 'hello' }], ...body }),
    model: 'kimi-k2',
    effort: null,
    limits: LIMITS,
    signal: new AbortController().signal,
    requestId: 'req-1',
    ...overrides,
  };
}

/** Reads a stream to its end. */
export async function collect(result: StreamResult): Promise<ChatAnswer | null> {
  const collector = createAnswerCollector();
  for await (const chunk of result.chunks) for (const event of chunk.events) collector.add(event);
  return collector.answer();
}

/** Streams a whole answer. */
export async function streamWhole(provider: Provider, call: ProviderCall): Promise<ChatAnswer | null> {
  return await collect(await provider.stream(call));
}

/** The failure a promise must end with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProviderFailure) return error.failure;
    throw error;
  }
  throw new Error('the call was expected to fail and did not');
}
