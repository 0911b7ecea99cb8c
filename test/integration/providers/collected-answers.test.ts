import { afterEach, describe, expect, test } from 'vitest';
import type { AdapterKind } from '../../../shared/domain/provider.ts';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';
import { createProvider } from '../../../electron/engine/providers/create-provider.ts';
import type { ProviderCall } from '../../../electron/engine/providers/types.ts';
import { createSimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import type { SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { failureOf, helloCall } from '../../support/providers-calls.ts';
import { providerConfig } from '../../support/providers-config.ts';
import { beginStream, openAiFrame, sendJson, startServer } from '../../support/providers-server.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close();
});

interface Vendor {
  adapter: AdapterKind;
  kind: 'vllm' | 'openai' | 'anthropic';
  flavour?: 'openai' | 'moonshot' | 'xai';
  model: string;
}

const VENDORS: readonly Vendor[] = [
  { adapter: 'vllm', kind: 'vllm', model: 'kimi-k2' },
  { adapter: 'moonshot', kind: 'openai', flavour: 'moonshot', model: 'kimi-k2-thinking' },
  { adapter: 'xai', kind: 'openai', flavour: 'xai', model: 'grok-4-fast-reasoning' },
  { adapter: 'anthropic', kind: 'anthropic', model: 'claude-haiku-4-5' },
];

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
};
const LONG = 'The quick brown fox jumps over the lazy dog. '.repeat(200);

/** What is asked, in OpenAI's words and in Anthropic's. */
const QUESTIONS: readonly { name: string; prompt: string; openai: JsonObject; anthropic: JsonObject }[] = [
  { name: 'text', prompt: '[[tokens:40]]', openai: {}, anthropic: {} },
  {
    name: 'text that ends at a stop sequence',
    prompt: '[[count:30]]',
    openai: { stop: ['12'] },
    anthropic: { stop_sequences: ['12'] },
  },
  {
    name: 'text that the output limit cuts',
    prompt: '[[count:30]]',
    openai: { max_tokens: 5 },
    anthropic: { max_tokens: 5 },
  },
  {
    name: 'several tool calls',
    prompt: '[[tools:2]]',
    openai: { tools: [{ type: 'function', function: { name: 'forecast', parameters: SCHEMA } }] },
    anthropic: { tools: [{ name: 'forecast', input_schema: SCHEMA }] },
  },
  {
    name: 'a tool call that the output limit cuts',
    prompt: '[[tool]]',
    openai: { max_tokens: 1, tools: [{ type: 'function', function: { name: 'forecast', parameters: SCHEMA } }] },
    anthropic: { max_tokens: 1, tools: [{ name: 'forecast', input_schema: SCHEMA }] },
  },
  {
    name: 'JSON of a schema',
    prompt: 'Plan a journey.',
    openai: { response_format: { type: 'json_schema', json_schema: { name: 'plan', schema: SCHEMA } } },
    anthropic: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
  },
  {
    name: 'thinking',
    prompt: 'Why is the sky blue?',
    openai: {},
    anthropic: { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 } },
  },
];

async function simulate({ kind, flavour, model }: Vendor, thinking: boolean): Promise<SimulatedProvider> {
  const simulated = await createSimulatedProvider({
    name: 'vendor',
    kind,
    ...(flavour ? { flavour } : {}),
    models: [{ id: model, contextWindow: 200_000, ...(kind === 'anthropic' ? {} : { thinking }) }],
    reportsCachedTokens: true,
  });
  cleanup.push(() => simulated.stop());
  return simulated;
}

function askCall({ adapter, model }: Vendor, { prompt, openai, anthropic }: (typeof QUESTIONS)[number]): ProviderCall {
  // A long beginning with a mark, so that every vendor's prompt cache has something to hold.
  const cached = { type: 'text', text: LONG, cache_control: { type: 'ephemeral' } };
  const request =
    adapter === 'anthropic'
      ? parseAnthropicRequest({
          model: 'auto',
          max_tokens: 500,
          messages: [{ role: 'user', content: [cached, { type: 'text', text: prompt }] }],
          ...anthropic,
        })
      : parseOpenAiRequest({ model: 'auto', messages: [{ role: 'user', content: `${LONG}${prompt}` }], ...openai });
  return helloCall({ request, model });
}

/** Asks the vendor itself for the whole answer to a request that was sent as a stream. */
async function askWhole(vendor: SimulatedProvider, streamed: JsonObject, anthropic: boolean): Promise<JsonObject> {
  const { stream_options: _options, ...body } = streamed;
  const response = await fetch(`${vendor.url}${anthropic ? '/v1/messages' : '/chat/completions'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...body, stream: false }),
  });
  return (await response.json()) as JsonObject;
}

const timeless = (body: JsonObject | null): JsonObject => ({ ...body, created: 0 });

describe.each(VENDORS)('$adapter', (vendor) => {
  test.each(QUESTIONS)('a collected answer of $name is the one it sends whole, field by field', async (question) => {
    // Two of the same name give the same answers under the same ids, and neither warms the other's cache.
    const thinking = question.name === 'thinking';
    const [streaming, whole] = [await simulate(vendor, thinking), await simulate(vendor, thinking)];
    const provider = createProvider(
      providerConfig({ adapter: vendor.adapter, baseUrl: streaming.url, model: vendor.model }),
      { environment: {}, clock: createManualClock(), random: () => 0 },
    );
    cleanup.unshift(() => provider.close());
    // The second time, its prompt is in the vendor's cache.
    for (const time of ['first', 'second']) {
      const { answer } = await provider.generate(askCall(vendor, question));
      const sent = streaming.log.at(-1)?.body as JsonObject;
      expect(sent['stream']).toBe(true);
      const expected = await askWhole(whole, sent, vendor.adapter === 'anthropic');
      expect(timeless(answer.raw)).toEqual(timeless(expected));
      if (time === 'second') expect(answer.usage?.cache_read_tokens).toBeGreaterThan(0);
    }
  });
});

async function setUp(handler: Parameters<typeof startServer>[0], adapter: AdapterKind = 'vllm') {
  const clock = createManualClock();
  const server = await startServer(handler);
  const provider = createProvider(providerConfig({ name: 'p', adapter, baseUrl: `${server.origin}/v1` }), {
    environment: {},
    clock,
    random: () => 0,
  });
  cleanup.push(async () => {
    await server.close();
    await provider.close();
  });
  return { clock, server, provider };
}

const WHOLE = { id: 'up', choices: [{ message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }] };

describe('a whole answer is asked for whole', () => {
  test.each<[string, AdapterKind, JsonObject]>([
    ['of OpenAI, which streams some models to verified organisations only', 'openai', {}],
    ['with the parameters of a KV transfer', 'vllm', { kv_transfer_params: { do_remote_decode: true } }],
    ['with log-probabilities of the prompt', 'vllm', { prompt_logprobs: 1 }],
    ['found by beam search', 'vllm', { use_beam_search: true }],
  ])('%s', async (_name, adapter, body) => {
    const { provider, server } = await setUp((_request, response) => sendJson(response, 200, WHOLE), adapter);
    const { answer } = await provider.generate(helloCall({}, body));
    expect(answer.raw).toEqual(WHOLE);
    expect(server.seen[0]?.body).toMatchObject({ stream: false, ...body });
    expect(server.seen[0]?.body).not.toHaveProperty('stream_options');
  });

  test('and only the total limit ends it', async () => {
    const { provider, clock, server } = await setUp(() => {}, 'openai');
    const failure = failureOf(provider.generate(helloCall()));
    await server.arrived(1);
    clock.advance(60_000);
    expect(await failure).toMatchObject({ class: 'timeout', phase: 'total' });
  });
});

describe('a whole answer that is collected', () => {
  test('is taken whole from a server that does not stream', async () => {
    const { provider, server } = await setUp((_request, response) => sendJson(response, 200, WHOLE));
    expect((await provider.generate(helloCall())).answer.raw).toEqual(WHOLE);
    expect(server.seen[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  test('shows how it comes on, also where it then breaks off', async () => {
    const { provider } = await setUp((_request, response) => {
      beginStream(response, openAiFrame({ content: 'half' }));
      response.end();
    });
    const told: string[] = [];
    const progress: ProviderCall['progress'] = {
      accepted: () => told.push('accepted'),
      chunk: ({ events }) => told.push(...events.map(({ type }) => type)),
    };
    const failure = await failureOf(provider.generate(helloCall({ progress })));
    expect([failure.class, told]).toEqual(['truncated', ['accepted', 'start', 'text']]);
  });

  test.each([
    { name: 'says nothing', begun: '', waitMs: 3000, phase: 'first_token' },
    { name: 'goes silent', begun: openAiFrame({ content: 'half' }), waitMs: 2000, phase: 'idle' },
  ])('of a server that $name ends at the limit for it', async ({ begun, waitMs, phase }) => {
    let seen: () => void = () => {};
    const began = new Promise<void>((resolve) => (seen = resolve));
    const { provider, clock, server } = await setUp((_request, response) => {
      if (begun !== '') beginStream(response, begun);
    });
    const progress: ProviderCall['progress'] = { accepted: () => {}, chunk: () => seen() };
    const failure = failureOf(provider.generate(helloCall({ progress })));
    await server.arrived(1);
    if (begun !== '') await began;
    clock.advance(waitMs - 1);
    clock.advance(1);
    expect(await failure).toMatchObject({ class: 'timeout', phase });
  });
});
