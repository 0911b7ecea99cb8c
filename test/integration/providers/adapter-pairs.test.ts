import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../electron/engine/clock.ts';
import { parseAnthropicAnswer } from '../../../electron/engine/dialects/anthropic/parse-answer.ts';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { renderAnthropicAnswer } from '../../../electron/engine/dialects/anthropic/render-answer.ts';
import { renderAnthropicRequest } from '../../../electron/engine/dialects/anthropic/render-request.ts';
import { createAnthropicStreamWriter } from '../../../electron/engine/dialects/anthropic/stream-writer.ts';
import { parseOpenAiAnswer } from '../../../electron/engine/dialects/openai/parse-answer.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import { renderOpenAiAnswer } from '../../../electron/engine/dialects/openai/render-answer.ts';
import { createOpenAiStreamWriter } from '../../../electron/engine/dialects/openai/stream-writer.ts';
import type { ChatAnswer, ChatRequest, Dialect, JsonObject } from '../../../electron/engine/dialects/types.ts';
import { createProvider } from '../../../electron/engine/providers/create-provider.ts';
import type { Provider } from '../../../electron/engine/providers/types.ts';
import type { AdapterKind } from '../../../shared/domain/provider.ts';
import { eventsOf, sharedAnswers, sharedOpenAiRequests } from '../../support/dialects-arbitraries.ts';
import { framesOf } from '../../support/dialects-frames.ts';
import { openTarget } from '../../support/dialects-targets.ts';
import { providerConfig } from '../../support/providers-config.ts';
import { startServer } from '../../support/providers-server.ts';
import type { TestServer } from '../../support/providers-server.ts';
import {
  chatCompletionChunkSchema,
  chatCompletionSchema,
  messageEventSchema,
  messageSchema,
} from '../../support/published-shapes.ts';

const ADAPTERS: { adapter: AdapterKind; model: string; dialect: Dialect }[] = [
  { adapter: 'vllm', model: 'kimi-k2', dialect: 'openai' },
  { adapter: 'openai-compatible', model: 'kimi-k2', dialect: 'openai' },
  { adapter: 'openai', model: 'gpt-4o', dialect: 'openai' },
  { adapter: 'moonshot', model: 'kimi-k2-0905-preview', dialect: 'openai' },
  { adapter: 'xai', model: 'grok-4-fast-non-reasoning', dialect: 'openai' },
  { adapter: 'anthropic', model: 'claude-opus-4-20250514', dialect: 'anthropic' },
];
const CALLERS: Dialect[] = ['openai', 'anthropic'];
const PAIRS = ADAPTERS.flatMap((target) => CALLERS.map((caller) => ({ ...target, caller })));

let server: TestServer;
/** What the provider answers next, in its own dialect. */
let answerBody: JsonObject = {};

beforeAll(async () => {
  server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerBody));
  });
});
afterAll(() => server.close());

function build({ adapter, model, dialect }: (typeof ADAPTERS)[number]): Provider {
  const config = providerConfig({
    name: adapter,
    adapter,
    model,
    apiKeyEnv: 'KEY',
    baseUrl: dialect === 'anthropic' ? server.origin : `${server.origin}/v1`,
    deployment: adapter === 'vllm' ? 'self-hosted' : 'api',
  });
  return createProvider(config, { environment: { KEY: 'test-key' }, clock: systemClock, random: Math.random });
}

/** A request as the caller would have put it in its own dialect. */
function asCaller(caller: Dialect, body: JsonObject): ChatRequest {
  const asked = { ...body, stream: false };
  return caller === 'openai'
    ? parseOpenAiRequest(asked)
    : parseAnthropicRequest(renderAnthropicRequest(parseOpenAiRequest(asked), openTarget()).body);
}

function inDialect(dialect: Dialect, answer: ChatAnswer): JsonObject {
  return dialect === 'openai'
    ? renderOpenAiAnswer(answer, { id: answer.id, model: answer.model, created: 1 })
    : renderAnthropicAnswer(answer, { id: answer.id, model: answer.model });
}

/** Content that both dialects keep: another vendor's thinking has no signature. */
function said(answer: ChatAnswer): unknown {
  return answer.content.map((part) => (part.type === 'thinking' ? { ...part, signature: null } : part));
}

describe.each(PAIRS)('a caller of the $caller dialect at $adapter', (pair) => {
  test('is understood: conversation, tools and limits arrive, or their absence is reported', async () => {
    const provider = build(pair);
    answerBody = inDialect(pair.dialect, WORD);
    await fc.assert(
      fc.asyncProperty(sharedOpenAiRequests, async (body) => {
        const request = asCaller(pair.caller, body);
        const { adjusted } = await provider.generate({
          request,
          model: pair.model,
          effort: null,
          limits: { connectMs: 5000, firstTokenMs: 5000, idleMs: 5000, totalMs: 10_000 },
          signal: new AbortController().signal,
          requestId: 'req_1',
        });
        const sent = server.seen.at(-1)?.body ?? {};
        const arrived = pair.dialect === 'openai' ? parseOpenAiRequest(sent) : parseAnthropicRequest(sent);
        expect(arrived.model).toBe(pair.model);
        expect(arrived.system).toEqual(request.system);
        expect(arrived.messages).toEqual(request.messages);
        expect(arrived.tools).toEqual(request.tools);
        const kept = (value: ChatRequest) => [
          value.stop,
          value.temperature,
          value.topP,
          value.maxTokens,
          value.responseFormat,
        ];
        if (adjusted.length === 0) expect(kept(arrived)).toEqual(kept(request));
        else expect(adjusted.every((words) => words.length > 10)).toBe(true);
      }),
      { numRuns: 25 },
    );
    await provider.close();
  });

  test('gets the whole answer, in the shape that the vendor of the dialect publishes', async () => {
    const provider = build(pair);
    await fc.assert(
      fc.asyncProperty(sharedAnswers, async (answer) => {
        answerBody = inDialect(pair.dialect, answer);
        const result = await provider.generate({
          request: asCaller(pair.caller, {
            model: 'm',
            max_tokens: 10,
            messages: [{ role: 'user', content: 'hello' }],
          }),
          model: pair.model,
          effort: null,
          limits: { connectMs: 5000, firstTokenMs: 5000, idleMs: 5000, totalMs: 10_000 },
          signal: new AbortController().signal,
          requestId: 'req_1',
        });
        const shown = inDialect(pair.caller, result.answer);
        if (pair.caller === 'openai') chatCompletionSchema.parse(shown);
        else messageSchema.parse(shown);
        const read =
          pair.caller === 'openai' ? parseOpenAiAnswer(shown, { reasoningOnTop: false }) : parseAnthropicAnswer(shown);
        expect(said(read)).toEqual(said(answer));
      }),
      { numRuns: 25 },
    );
    await provider.close();
  });
});

const WORD: ChatAnswer = {
  id: 'answer',
  model: 'model',
  content: [{ type: 'text', text: 'Hello.' }],
  finishReason: 'stop',
  stopSequence: null,
  usage: null,
  raw: null,
};

describe('a stream', () => {
  test('in OpenAI’s dialect holds nothing but published events', () => {
    fc.assert(
      fc.property(sharedAnswers, fc.integer({ min: 1, max: 9 }), (answer, pieceLength) => {
        const writer = createOpenAiStreamWriter({ id: 'answer', model: 'model', created: 1, includeUsage: true });
        const text =
          eventsOf(answer, pieceLength)
            .map((event) => writer.write(event))
            .join('') + writer.end();
        for (const { data } of framesOf(text)) if (data !== null) chatCompletionChunkSchema.parse(data);
      }),
    );
  });

  test('in Anthropic’s dialect holds nothing but published events', () => {
    fc.assert(
      fc.property(sharedAnswers, fc.integer({ min: 1, max: 9 }), (answer, pieceLength) => {
        const writer = createAnthropicStreamWriter({ id: 'answer', model: 'model' });
        const text =
          eventsOf(answer, pieceLength)
            .map((event) => writer.write(event))
            .join('') + writer.end();
        for (const { data } of framesOf(text)) if (data !== null) messageEventSchema.parse(data);
      }),
    );
  });
});
