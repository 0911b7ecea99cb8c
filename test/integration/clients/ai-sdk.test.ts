import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import type { LanguageModel } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../support/faults-callers.ts';
import { CITY_SCHEMA, MODELS, startClientStage } from '../../support/faults-sdks.ts';
import type { ClientStage } from '../../support/faults-sdks.ts';

let stage: ClientStage;

beforeAll(async () => {
  stage = await startClientStage();
});

beforeEach(() => {
  stage.pair.kimi.faults.clear();
});

afterAll(async () => {
  await stage.stop();
});

/** Its Anthropic provider takes the base URL with `/v1`, unlike Anthropic's own SDK. */
const PROVIDERS: readonly { provider: string; model: (name: string) => LanguageModel }[] = [
  {
    provider: '@ai-sdk/openai',
    model: (name) => createOpenAI({ baseURL: stage.openAiUrl, apiKey: 'unused' }).chat(name),
  },
  {
    provider: '@ai-sdk/anthropic',
    model: (name) => createAnthropic({ baseURL: stage.openAiUrl, apiKey: 'unused' })(name),
  },
];

const CASES = PROVIDERS.flatMap(({ provider, model }) => MODELS.map((name) => ({ provider, name, model })));

describe.each(CASES)('the AI SDK with $provider, answered by $name', ({ name, model }) => {
  const weather = tool({
    description: 'The weather',
    inputSchema: jsonSchema<{ city: string }>(CITY_SCHEMA),
    execute: ({ city }) => `18 °C in ${city}`,
  });

  it('generates text', async () => {
    const { text, finishReason, usage } = await generateText({
      model: model(name),
      prompt: '[[count:5]]',
      maxOutputTokens: 500,
    });
    expect([text, finishReason, usage.outputTokens]).toEqual(['1 2 3 4 5', 'stop', 5]);
  });

  it('streams text', async () => {
    const result = streamText({ model: model(name), prompt: '[[count:5]]', maxOutputTokens: 500 });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect([text, await result.finishReason]).toEqual(['1 2 3 4 5', 'stop']);
    expect((await result.usage).outputTokens).toBe(5);
  });

  it('calls tools and goes on with their results, whole and streamed', async () => {
    const question = {
      prompt: 'How is it there? [[tool:weather]]',
      maxOutputTokens: 500,
      tools: { weather },
      stopWhen: isStepCount(2),
    };
    const whole = await generateText({ model: model(name), ...question });
    const streamed = streamText({ model: model(name), ...question });
    await streamed.consumeStream();
    for (const steps of [whole.steps, await streamed.steps]) {
      expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
      expect(steps[0]?.toolResults.map(({ output }) => String(output))).toEqual([expect.stringContaining('18 °C in')]);
      expect(steps[1]?.text).toBeTruthy();
    }
  });

  it('gets a whole answer of a stream that breaks off at one provider', async () => {
    stage.pair.kimi.faults.set([{ kind: 'cut', after_tokens: 3 }]);
    const result = streamText({ model: model(name), prompt: '[[count:5]]', maxOutputTokens: 500, maxRetries: 0 });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect([text, await result.finishReason]).toEqual(['1 2 3 4 5', 'stop']);
  });

  it('throws its own exception with the status', async () => {
    const error = await failureOf(
      generateText({ model: model('nobody-serves-this'), prompt: 'Hi', maxOutputTokens: 500, maxRetries: 0 }),
    );
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 404, isRetryable: false });
  });
});
