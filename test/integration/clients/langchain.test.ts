import { ChatAnthropic } from '@langchain/anthropic';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../support/faults-callers.ts';
import { CITY_SCHEMA, MODELS, startClientStage } from '../../support/faults-sdks.ts';
import type { ClientStage } from '../../support/faults-sdks.ts';

let stage: ClientStage;

beforeAll(async () => {
  stage = await startClientStage();
});

afterAll(async () => {
  await stage.stop();
});

const CLASSES: readonly { name: string; create: (model: string) => ChatOpenAI | ChatAnthropic }[] = [
  {
    name: 'ChatOpenAI',
    create: (model) =>
      new ChatOpenAI({ model, apiKey: 'unused', maxRetries: 0, configuration: { baseURL: stage.openAiUrl } }),
  },
  {
    name: 'ChatAnthropic',
    create: (model) =>
      new ChatAnthropic({ model, apiKey: 'unused', maxRetries: 0, anthropicApiUrl: stage.engine.gatewayUrl }),
  },
];

const CASES = CLASSES.flatMap(({ name, create }) => MODELS.map((model) => ({ name, create, model })));

describe.each(CASES)('LangChain’s $name, answered by $model', ({ create, model }) => {
  const weather = tool(({ city }: { city: string }) => `18 °C in ${city}`, {
    name: 'weather',
    description: 'The weather',
    schema: CITY_SCHEMA,
  });

  it('gets a whole answer with usage', async () => {
    const message = await create(model).invoke('[[count:5]]');
    expect(message.text).toBe('1 2 3 4 5');
    expect(message.usage_metadata?.output_tokens).toBe(5);
  });

  it('gets a stream', async () => {
    let text = '';
    for await (const chunk of await create(model).stream('[[count:5]]')) text += chunk.text;
    expect(text).toBe('1 2 3 4 5');
  });

  it('gets tool calls, whole and streamed alike', async () => {
    const bound = create(model).bindTools([weather]);
    const question = 'How is it there? [[tool:weather]]';
    const whole = await bound.invoke(question);
    let streamed = null;
    for await (const chunk of await bound.stream(question))
      streamed = streamed === null ? chunk : streamed.concat(chunk);
    const calls = (whole.tool_calls ?? []).map(({ name, args }) => ({ name, args }));
    expect(calls).toEqual([{ name: 'weather', args: { city: expect.any(String) } }]);
    expect((streamed?.tool_calls ?? []).map(({ name, args }) => ({ name, args }))).toEqual(calls);
  });

  it('throws the SDK’s exception', async () => {
    const error = await failureOf(create('nobody-serves-this').invoke('Hi'));
    expect(error).toMatchObject({ status: 404 });
  });
});
