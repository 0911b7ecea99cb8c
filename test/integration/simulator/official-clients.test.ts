import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../electron/simulator/faults.ts';
import type { SimulatedProviderOptions } from '../../../electron/simulator/provider-state.ts';
import { createSimulatedProvider, type SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';

const running: SimulatedProvider[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.stop()));
});

type Kind = 'vllm' | 'openai' | 'moonshot' | 'xai' | 'anthropic';

async function start(kind: Kind, rest: Partial<SimulatedProviderOptions> = {}): Promise<SimulatedProvider> {
  const provider = await createSimulatedProvider({
    name: `test_${kind}`,
    kind: kind === 'moonshot' || kind === 'xai' ? 'openai' : kind,
    ...(kind === 'moonshot' || kind === 'xai' ? { flavour: kind } : {}),
    models: [
      { id: 'm', contextWindow: 4096 },
      { id: 'thinker', contextWindow: 4096, thinking: true },
      { id: 'no-prefill', contextWindow: 4096, acceptsPrefill: false },
    ],
    apiKey: 'right',
    ...rest,
  });
  running.push(provider);
  return provider;
}

function openai(provider: SimulatedProvider, apiKey = 'right'): OpenAI {
  return new OpenAI({ baseURL: provider.url, apiKey, maxRetries: 0 });
}

function anthropic(provider: SimulatedProvider, apiKey = 'right'): Anthropic {
  return new Anthropic({ baseURL: provider.url, apiKey, maxRetries: 0 });
}

const weather = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe.each(['vllm', 'openai', 'moonshot', 'xai'] as const)('the openai client with %s', (kind) => {
  it('gets whole answers with counted usage', async () => {
    const answer = await openai(await start(kind)).chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: '[[count:5]]' }],
    });
    expect(answer.choices[0]?.message.content).toBe('1 2 3 4 5');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 5, total_tokens: 7 });
  });

  it('gets streamed answers, with usage only where asked', async () => {
    const client = openai(await start(kind));
    for (const includeUsage of [true, false]) {
      const stream = await client.chat.completions.create({
        model: 'm',
        messages: [{ role: 'user', content: '[[count:5]]' }],
        stream: true,
        ...(includeUsage ? { stream_options: { include_usage: true } } : {}),
      });
      let text = '';
      const finishes: (string | null)[] = [];
      const usages = [];
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason);
        if (chunk.usage) usages.push(chunk.usage.completion_tokens);
      }
      expect(text).toBe('1 2 3 4 5');
      expect(finishes).toEqual(['stop']);
      expect(usages).toEqual(includeUsage ? [5] : []);
    }
  });

  it('gets tool calls, whole and streamed, that agree', async () => {
    const client = openai(await start(kind));
    const body = {
      model: 'm',
      messages: [{ role: 'user' as const, content: '[[tools:2]]' }],
      tools: [{ type: 'function' as const, function: weather }],
    };
    const whole = await client.chat.completions.create(body);
    const streamed = await client.chat.completions.stream(body).finalChatCompletion();
    const calls = (answer: OpenAI.ChatCompletion): string[] =>
      (answer.choices[0]?.message.tool_calls ?? []).map((call) =>
        call.type === 'function' ? call.function.arguments : '',
      );
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls');
    expect(calls(whole)).toHaveLength(2);
    expect(calls(streamed)).toEqual(calls(whole));
    for (const json of calls(whole)) expect(JSON.parse(json)).toEqual({ city: expect.any(String) });
  });

  it('gets an answer that meets the schema', async () => {
    const answer = await openai(await start(kind)).chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: 'Rate it' }],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'rating',
          schema: {
            type: 'object',
            properties: { stars: { type: 'integer', minimum: 1, maximum: 5 } },
            required: ['stars'],
          },
        },
      },
    });
    const parsed: unknown = JSON.parse(answer.choices[0]?.message.content ?? '');
    expect([1, 2, 3, 4, 5]).toContain((parsed as { stars: number }).stars);
  });

  it('lists its models', async () => {
    const page = await openai(await start(kind)).models.list();
    expect(page.data.map((model) => model.id)).toEqual(['m', 'thinker', 'no-prefill']);
  });

  it('gets embeddings of length 1, equal for equal texts', async () => {
    const { data } = await openai(await start(kind)).embeddings.create({ model: 'm', input: ['a b', 'a b', 'c'] });
    expect(data[0]?.embedding).toEqual(data[1]?.embedding);
    expect(data[0]?.embedding).not.toEqual(data[2]?.embedding);
    expect(Math.hypot(...(data[2]?.embedding ?? []))).toBeCloseTo(1, 5);
  });
});

describe('error classes of the openai client', () => {
  const cases: [Kind, FaultInput, new (...input: never[]) => Error, string | number | null][] = [
    ['openai', { kind: 'rate_limited', retry_after_seconds: 2 }, OpenAI.RateLimitError, 'rate_limit_exceeded'],
    ['openai', { kind: 'exhausted' }, OpenAI.RateLimitError, 'insufficient_quota'],
    ['openai', { kind: 'wrong_key' }, OpenAI.AuthenticationError, 'invalid_api_key'],
    ['openai', { kind: 'model_missing' }, OpenAI.NotFoundError, 'model_not_found'],
    ['openai', { kind: 'context_overflow' }, OpenAI.BadRequestError, 'context_length_exceeded'],
    ['openai', { kind: 'content_filter', style: 'reject' }, OpenAI.BadRequestError, 'content_policy_violation'],
    ['openai', { kind: 'status', status: 500 }, OpenAI.InternalServerError, null],
    ['vllm', { kind: 'overloaded' }, OpenAI.InternalServerError, 503],
    ['vllm', { kind: 'loading' }, OpenAI.InternalServerError, 503],
    ['vllm', { kind: 'context_overflow' }, OpenAI.BadRequestError, 400],
    ['vllm', { kind: 'model_missing' }, OpenAI.NotFoundError, 404],
    ['vllm', { kind: 'reset_before_headers' }, OpenAI.APIConnectionError, null],
    ['vllm', { kind: 'error_in_stream', after_tokens: 2 }, OpenAI.InternalServerError, 500],
  ];
  it.each(cases)('%s, %o', async (kind, fault, errorClass, code) => {
    const provider = await start(kind);
    provider.faults.set([fault]);
    const error: unknown = await openai(provider)
      .chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(errorClass);
    expect((error as { code?: unknown }).code ?? null).toBe(code);
  });

  it('vLLM tells a wrong key with a plain string', async () => {
    const provider = await start('vllm');
    const response = await fetch(`${provider.url}/models`);
    expect([response.status, await response.json()]).toEqual([401, { error: 'Unauthorized' }]);
    await expect(openai(provider, 'wrong').models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });
});

describe('vLLM', () => {
  it('thinks in its reasoning field, old or new', async () => {
    for (const reasoningField of ['reasoning', 'reasoning_content'] as const) {
      const provider = await start('vllm', { reasoningField });
      const answer = await openai(provider).chat.completions.create({
        model: 'thinker',
        messages: [{ role: 'user', content: 'Why?' }],
      });
      expect(answer.choices[0]?.message).toHaveProperty(reasoningField, expect.stringMatching(/\w/));
    }
  });

  it('continues an answer only when asked in its own way', async () => {
    const provider = await start('vllm');
    const messages = [
      { role: 'user', content: '[[count:6]]' },
      { role: 'assistant', content: '1 2 3' },
    ];
    const post = async (flags: object): Promise<Response> =>
      fetch(`${provider.url}/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer right' },
        body: JSON.stringify({ model: 'm', messages, ...flags }),
      });
    expect(await (await post({ continue_final_message: true, add_generation_prompt: false })).json()).toMatchObject({
      choices: [{ message: { content: ' 4 5 6' } }],
    });
    expect((await post({ continue_final_message: true })).status).toBe(400);
  });

  it('queues what the batch does not hold, and shows it in metrics that parse', async () => {
    const provider = await start('vllm', { maxBatch: 2, kvCacheTokens: 1000 });
    provider.faults.set([{ kind: 'stall', after_tokens: 3 }]);
    const leave = new AbortController();
    const client = openai(provider);
    const calls = [1, 2, 3].map(async () =>
      client.chat.completions
        .create(
          { model: 'm', messages: [{ role: 'user', content: '[[count:9]]' }], stream: true },
          { signal: leave.signal },
        )
        .then(async (stream) => {
          for await (const chunk of stream) void chunk;
        })
        .catch(() => undefined),
    );
    await expect.poll(() => provider.stats().waiting).toBe(1);
    await expect.poll(() => provider.log.reduce((sum, entry) => sum + entry.tokensSent, 0)).toBe(6);
    const samples = parseMetrics(await (await fetch(`${provider.origin}/metrics`)).text());
    expect(samples.get('vllm:num_requests_running{engine="0",model_name="m"}')).toBe(2);
    expect(samples.get('vllm:num_requests_waiting{engine="0",model_name="m"}')).toBe(1);
    expect(samples.get('vllm:kv_cache_usage_perc{engine="0",model_name="m"}')).toBeCloseTo(0.01, 5);
    expect(samples.get('vllm:generation_tokens_total{engine="0",model_name="m"}')).toBe(6);
    expect(samples.get('vllm:time_to_first_token_seconds_count{engine="0",model_name="m"}')).toBe(2);
    leave.abort();
    await Promise.all(calls);
    await expect.poll(() => [provider.stats().running, provider.stats().waiting]).toEqual([0, 0]);
    expect(provider.log.slice(0, 2).map((entry) => entry.outcome)).toEqual(['unanswered', 'unanswered']);
  });

  it('answers health, ping, version and tokenize without a key', async () => {
    const provider = await start('vllm');
    for (const path of ['/health', '/ping', '/version', '/load'])
      expect((await fetch(provider.origin + path)).status).toBe(200);
    const provided = await start('vllm', { apiKey: null });
    const body = JSON.stringify({ prompt: 'one two three' });
    expect(await (await fetch(`${provided.origin}/tokenize`, { method: 'POST', body })).json()).toMatchObject({
      count: 3,
      max_model_len: 4096,
    });
  });

  it('counts the cached tokens of a repeated prompt where told to', async () => {
    const provider = await start('vllm', { reportsCachedTokens: true });
    const content = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');
    const ask = async (): Promise<number | undefined> =>
      (await openai(provider).chat.completions.create({ model: 'm', messages: [{ role: 'user', content }] })).usage
        ?.prompt_tokens_details?.cached_tokens;
    expect([await ask(), await ask()]).toEqual([0, 32]);
  });
});

describe('the anthropic client', () => {
  const ask = { model: 'm', max_tokens: 2000, messages: [{ role: 'user' as const, content: '[[count:5]]' }] };

  it('gets whole and streamed answers that agree', async () => {
    const client = anthropic(await start('anthropic'));
    const whole = await client.messages.create(ask);
    expect(whole.content).toEqual([{ type: 'text', text: '1 2 3 4 5', citations: null }]);
    expect(whole).toMatchObject({ stop_reason: 'end_turn', usage: { input_tokens: 2, output_tokens: 5 } });
    const streamed = await client.messages.stream(ask).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage).toMatchObject({ input_tokens: 2, output_tokens: 5, cache_read_input_tokens: 0 });
  });

  it('sees events in the documented order', async () => {
    const stream = await anthropic(await start('anthropic')).messages.create({
      ...ask,
      stream: true,
      thinking: { type: 'enabled', budget_tokens: 1024 },
    });
    const types: string[] = [];
    for await (const event of stream) {
      const name = event.type === 'content_block_delta' ? event.delta.type : event.type;
      if (types.at(-1) !== name) types.push(name);
    }
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'thinking_delta',
      'signature_delta',
      'content_block_stop',
      'content_block_start',
      'text_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('gets tool calls', async () => {
    const client = anthropic(await start('anthropic'));
    const body = {
      ...ask,
      messages: [{ role: 'user' as const, content: '[[tool]]' }],
      tools: [
        { name: 'get_weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } },
      ],
    };
    const whole = await client.messages.create(body);
    expect(whole).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', input: { city: expect.any(String) } }],
    });
    expect((await client.messages.stream(body).finalMessage()).content).toMatchObject([{ input: objectInput(whole) }]);
  });

  it('goes on from a prefill where the model takes one', async () => {
    const client = anthropic(await start('anthropic'));
    const messages = [...ask.messages, { role: 'assistant' as const, content: '1 2 3' }];
    const answer = await client.messages.create({ ...ask, messages });
    expect(answer.content).toMatchObject([{ text: ' 4 5' }]);
    await expect(client.messages.create({ ...ask, model: 'no-prefill', messages })).rejects.toThrow(/prefill/);
    const spaced = [...ask.messages, { role: 'assistant' as const, content: '1 2 3 ' }];
    await expect(client.messages.create({ ...ask, messages: spaced })).rejects.toThrow(/trailing whitespace/);
  });

  it('counts tokens, and the cache that was asked for', async () => {
    const client = anthropic(await start('anthropic'));
    expect(await client.messages.countTokens({ model: 'm', messages: ask.messages })).toEqual({ input_tokens: 2 });
    const system = [
      { type: 'text' as const, text: 'word '.repeat(1100), cache_control: { type: 'ephemeral' as const } },
    ];
    const first = await client.messages.create({ ...ask, system });
    const second = await client.messages.create({ ...ask, system });
    expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(1024);
    expect(first.usage.cache_read_input_tokens).toBe(0);
    expect(second.usage.cache_read_input_tokens).toBeGreaterThanOrEqual(1024);
    const total = ({ usage }: Anthropic.Message): number =>
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
    expect(total(second)).toBe(total(first));
  });

  const errors: [FaultInput, new (...input: never[]) => Error, string | null][] = [
    [{ kind: 'rate_limited', retry_after_seconds: 3 }, Anthropic.RateLimitError, 'rate_limit_error'],
    [{ kind: 'overloaded' }, Anthropic.APIError, 'overloaded_error'],
    [{ kind: 'exhausted' }, Anthropic.APIError, 'billing_error'],
    [{ kind: 'wrong_key' }, Anthropic.AuthenticationError, 'authentication_error'],
    [{ kind: 'model_missing' }, Anthropic.NotFoundError, 'not_found_error'],
    [{ kind: 'context_overflow' }, Anthropic.BadRequestError, 'invalid_request_error'],
    [{ kind: 'status', status: 500 }, Anthropic.InternalServerError, 'api_error'],
    [{ kind: 'reset_before_headers' }, Anthropic.APIConnectionError, null],
  ];
  it.each(errors)('raises the right class for %o', async (fault, errorClass, type) => {
    const provider = await start('anthropic');
    provider.faults.set([fault]);
    const error: unknown = await anthropic(provider)
      .messages.create(ask)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(errorClass);
    expect((error as { type?: unknown }).type ?? null).toBe(type);
    if (fault.kind === 'rate_limited') expect((error as { headers: Headers }).headers.get('retry-after')).toBe('3');
  });

  it('is told in the stream when the server is overloaded midway', async () => {
    const provider = await start('anthropic');
    provider.faults.set([{ kind: 'error_in_stream', after_tokens: 2 }]);
    await expect(anthropic(provider).messages.stream(ask).finalMessage()).rejects.toMatchObject({
      type: 'overloaded_error',
    });
  });
});

function objectInput(message: Anthropic.Message): unknown {
  const [block] = message.content;
  return block?.type === 'tool_use' ? block.input : null;
}

/** Every sample of Prometheus' text format by name and labels; throws on a line that is none. */
function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n').filter((entry) => entry !== '' && !entry.startsWith('#'))) {
    const match = /^([a-zA-Z_:][\w:]*\{(?:\w+="[^"]*",?)*\}) (\S+)$/.exec(line);
    if (!match?.[1] || Number.isNaN(Number(match[2]))) throw new Error(`Not a sample: ${line}`);
    samples.set(match[1], Number(match[2]));
  }
  return samples;
}
