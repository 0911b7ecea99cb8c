import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anthropicClient, failureOf, openAiClient } from '../../support/faults-callers.ts';
import { CITY_SCHEMA, DOT, MODELS, startClientStage } from '../../support/faults-sdks.ts';
import type { ClientStage } from '../../support/faults-sdks.ts';

let stage: ClientStage;

beforeAll(async () => {
  stage = await startClientStage();
});

beforeEach(() => {
  stage.pair.kimi.faults.clear();
  stage.pair.claude.faults.clear();
});

afterAll(async () => {
  await stage.stop();
});

/** As the gateway names a request, in its headers and in its records. */
const REQUEST_ID = /^req_/;

const user = (content: string) => [{ role: 'user' as const, content }];

describe.each(MODELS)('the openai client, answered by %s', (model) => {
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: 'function', function: { name: 'get_weather', description: 'The weather', parameters: CITY_SCHEMA } },
  ];
  const callsOf = (answer: OpenAI.ChatCompletion) =>
    (answer.choices[0]?.message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []));

  it('gets whole answers with usage, and the model that really answered', async () => {
    const answer = await openAiClient(stage.engine.gatewayUrl).chat.completions.create({
      model,
      messages: [{ role: 'system', content: 'Be brief.' }, ...user('[[count:5]]')],
    });
    expect(answer.choices[0]?.message.content).toBe('1 2 3 4 5');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage).toMatchObject({ completion_tokens: 5 });
    expect(answer.model).toBe(model === 'auto' ? 'kimi-k2' : 'claude-opus-4-20250514');
  });

  it('gets streams, with usage where it asks for it', async () => {
    const stream = await openAiClient(stage.engine.gatewayUrl).chat.completions.create({
      model,
      messages: user('[[count:5]]'),
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let tokens = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
    expect([text, tokens]).toEqual(['1 2 3 4 5', 5]);
  });

  it('calls tools, several at once, whole and streamed alike, and goes on with their results', async () => {
    const client = openAiClient(stage.engine.gatewayUrl);
    const body = { model, messages: user('[[tools:2]]'), tools };
    const whole = await client.chat.completions.create(body);
    const streamed = await client.chat.completions.stream(body).finalChatCompletion();
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls');
    expect(callsOf(whole)).toHaveLength(2);
    expect(callsOf(streamed).map((call) => call.function)).toMatchObject(callsOf(whole).map((call) => call.function));
    for (const call of callsOf(whole))
      expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });

    const message = whole.choices[0]?.message;
    if (!message) throw new Error('The answer has no message.');
    const next = await client.chat.completions.create({
      model,
      messages: [
        ...body.messages,
        message,
        ...callsOf(whole).map((call) => ({ role: 'tool' as const, tool_call_id: call.id, content: '18 °C' })),
      ],
      tools,
    });
    expect(next.choices[0]?.finish_reason).toBe('stop');
    expect(next.choices[0]?.message.content).toBeTruthy();
  });

  it('sends images, and gets JSON of a schema', async () => {
    const answer = await openAiClient(stage.engine.gatewayUrl).chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Where is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${DOT}` } },
          ],
        },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema: CITY_SCHEMA, strict: true } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: expect.any(String) });
    const sent = JSON.stringify((model === 'auto' ? stage.pair.kimi : stage.pair.claude).log.at(-1)?.body);
    expect(sent).toContain(DOT);
  });
});

describe.each(MODELS)('the anthropic client, answered by %s', (model) => {
  const tools: Anthropic.Tool[] = [{ name: 'get_weather', description: 'The weather', input_schema: CITY_SCHEMA }];
  const ask = { model, max_tokens: 1000 };
  const textOf = (message: Anthropic.Message) =>
    message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const callsOf = (message: Anthropic.Message) =>
    message.content.flatMap((part) => (part.type === 'tool_use' ? [part] : []));

  it('gets whole answers with usage, and the model that really answered', async () => {
    const answer = await anthropicClient(stage.engine.gatewayUrl).messages.create({
      ...ask,
      system: 'Be brief.',
      messages: user('[[count:5]]'),
    });
    expect(textOf(answer)).toBe('1 2 3 4 5');
    expect(answer.stop_reason).toBe('end_turn');
    expect(answer.usage.output_tokens).toBe(5);
    expect(answer.model).toBe(model === 'auto' ? 'kimi-k2' : 'claude-opus-4-20250514');
  });

  it('gets streams with usage', async () => {
    const stream = anthropicClient(stage.engine.gatewayUrl).messages.stream({ ...ask, messages: user('[[count:5]]') });
    const pieces: string[] = [];
    stream.on('text', (piece) => pieces.push(piece));
    const message = await stream.finalMessage();
    expect([pieces.join(''), textOf(message)]).toEqual(['1 2 3 4 5', '1 2 3 4 5']);
    expect(message.usage.output_tokens).toBe(5);
  });

  it('calls tools, several at once, whole and streamed alike, and goes on with their results', async () => {
    const client = anthropicClient(stage.engine.gatewayUrl);
    const body = { ...ask, messages: user('[[tools:2]]'), tools };
    const whole = await client.messages.create(body);
    const streamed = await client.messages.stream(body).finalMessage();
    expect(whole.stop_reason).toBe('tool_use');
    expect(callsOf(whole)).toHaveLength(2);
    expect(callsOf(streamed).map(({ name, input }) => [name, input])).toEqual(
      callsOf(whole).map(({ name, input }) => [name, input]),
    );
    for (const call of callsOf(whole)) expect(call.input).toEqual({ city: expect.any(String) });

    const next = await client.messages.create({
      ...ask,
      messages: [
        ...body.messages,
        { role: 'assistant', content: whole.content },
        {
          role: 'user',
          content: callsOf(whole).map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: '18 °C' })),
        },
      ],
      tools,
    });
    expect(next.stop_reason).toBe('end_turn');
    expect(textOf(next)).toBeTruthy();
  });

  it('sends images, and gets JSON of a schema', async () => {
    const answer = await anthropicClient(stage.engine.gatewayUrl).messages.create({
      ...ask,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Where is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: DOT } },
          ],
        },
      ],
      output_config: { format: { type: 'json_schema', schema: CITY_SCHEMA } },
    });
    expect(JSON.parse(textOf(answer))).toEqual({ city: expect.any(String) });
    const sent = JSON.stringify((model === 'auto' ? stage.pair.kimi : stage.pair.claude).log.at(-1)?.body);
    expect(sent).toContain(DOT);
  });
});

/** What the failures of one call opened must not stand in the way of the next. */
function closeBreakers(): void {
  for (const name of ['kimi', 'claude']) stage.engine.api.resetBreaker(name, { operator: 'test', reason: 'next call' });
}

describe('an error is the exception class that the SDK has for it', () => {
  const cases = [
    { name: 'a refused request', model: 'auto', fault: { kind: 'content_filter', style: 'reject' }, status: 400 },
    { name: 'an unknown model', model: 'nobody-serves-this', fault: null, status: 404 },
    { name: 'everybody failing', model: 'auto', fault: { kind: 'status', status: 500 }, status: 502 },
  ] as const;
  const classes = {
    400: [OpenAI.BadRequestError, Anthropic.BadRequestError],
    404: [OpenAI.NotFoundError, Anthropic.NotFoundError],
    502: [OpenAI.InternalServerError, Anthropic.InternalServerError],
  } as const;

  it.each(cases)('for $name', async ({ model, fault, status }) => {
    if (fault) for (const provider of [stage.pair.kimi, stage.pair.claude]) provider.faults.set([fault]);
    const [openAiClass, anthropicClass] = classes[status];
    for (const stream of [false, true]) {
      closeBreakers();
      const messages = user('[[count:5]]');
      const openAiError = await failureOf(
        openAiClient(stage.engine.gatewayUrl).chat.completions.create({ model, messages, stream }),
      );
      expect(openAiError).toBeInstanceOf(openAiClass);
      expect(openAiError).toMatchObject({
        status,
        requestID: expect.stringMatching(REQUEST_ID),
        code: expect.any(String),
      });
      closeBreakers();
      const anthropicError = await failureOf(
        anthropicClient(stage.engine.gatewayUrl).messages.create({ model, messages, max_tokens: 100, stream }),
      );
      expect(anthropicError).toBeInstanceOf(anthropicClass);
      expect(anthropicError).toMatchObject({ status, requestID: expect.stringMatching(REQUEST_ID) });
    }
  });
});
