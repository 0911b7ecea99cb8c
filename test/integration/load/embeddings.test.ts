import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { sendJson, startServer } from '../../support/providers-server.ts';
import { chat, clientOf, inferences, LoadStage } from '../../support/load-fixtures.ts';

const stage = new LoadStage();
afterEach(() => stage.strike());

const ENVIRONMENT = { OPENAI_API_KEY: 'key-of-openai' };
const MODEL = 'bge-m3';

const CHAT_ANSWER = {
  id: 'a',
  object: 'chat.completion',
  created: 1,
  model: 'kimi-k2',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
};

/** Two servers of one embedding model, a chat model in front of them, OpenAI by its key. */
async function setUp(changes: { routing?: string; first?: string } = {}) {
  const models = [{ id: MODEL, contextWindow: 8192 }];
  const first = await stage.vllm('first', { models });
  const second = await stage.vllm('second', { models });
  const kimi = await stage.vllm('kimi');
  const openai = await stage.provider({
    name: 'openai',
    kind: 'openai',
    models: [{ id: 'text-embedding-3-small', contextWindow: 8192 }],
    apiKey: ENVIRONMENT.OPENAI_API_KEY,
  });
  const quick = 'retry: {max_retries: 0}';
  const engine = await stage.engine(
    `
models:
  kimi: {endpoint: "${kimi.url}", adapter: vllm, model: kimi-k2, priority: 1, capabilities: {supports_embeddings: false}}
  first: {endpoint: "${first.url}", adapter: vllm, model: ${MODEL}, priority: 2, ${quick}${changes.first ?? ''}}
  second: {endpoint: "${second.url}", adapter: vllm, model: ${MODEL}, priority: 3, ${quick}}
`,
    { environment: { ...ENVIRONMENT, OPENAI_BASE_URL: openai.url } },
  );
  return { first, second, kimi, openai, engine, client: clientOf(engine) };
}

function vectorsOf(answer: OpenAI.CreateEmbeddingResponse): number[][] {
  return answer.data.map(({ embedding }) => [...embedding]);
}

describe('the official client', () => {
  it('gets its vectors, which travel as base64 by default, the same as those of the server itself', async () => {
    const { client, first, engine } = await setUp();
    const input = ['a circuit breaker', 'a bread maker'];
    const { data, response } = await client.embeddings.create({ model: MODEL, input }).withResponse();
    const direct = await new OpenAI({ baseURL: first.url, apiKey: 'x' }).embeddings.create({ model: MODEL, input });
    expect(vectorsOf(data)).toEqual(vectorsOf(direct));
    expect(data.data).toHaveLength(2);
    expect(data.model).toBe(MODEL);
    expect(inferences(first)[0]?.body).toEqual({ model: MODEL, input, encoding_format: 'base64' });
    expect(response.headers.get('x-switchyard-provider')).toBe('first');
    expect(response.headers.get('x-switchyard-cost-usd')).toBe('0.000000');

    const id = response.headers.get('x-switchyard-request-id') ?? '';
    expect(await engine.api.getRequest(id)).toMatchObject({
      status: 'success',
      provider: 'first',
      model: MODEL,
      task_type: 'embeddings',
      rule: 'named_model',
      attempts: 1,
      usage: { input_tokens: data.usage.prompt_tokens, output_tokens: 0, estimated: false },
    });
  });

  it('gets plain numbers, tokens and further fields through unchanged', async () => {
    const { client, first } = await setUp();
    const body = {
      model: MODEL,
      input: [[1, 2, 3], [4]],
      encoding_format: 'float' as const,
      dimensions: 64,
      user: 'u',
    };
    const answer = await client.embeddings.create(body);
    expect(answer.data[0]?.embedding).toHaveLength(64);
    expect(inferences(first)[0]?.body).toEqual(body);
  });

  it('reaches OpenAI by the name of its model, and is told what it cost', async () => {
    const { client, engine } = await setUp();
    const model = 'text-embedding-3-small';
    const { response } = await client.embeddings.create({ model, input: 'hello '.repeat(500) }).withResponse();
    expect(response.headers.get('x-switchyard-provider')).toBe('openai');
    expect(response.headers.get('x-switchyard-pricing-unknown')).toBe('false');
    expect(Number(response.headers.get('x-switchyard-cost-usd'))).toBeGreaterThan(0);
    expect(engine.api.quotas().quotas).toBeDefined();
  });
});

describe('when a provider fails', () => {
  const failing: [string, (provider: SimulatedProvider) => Promise<void> | void][] = [
    ['answers 500', (provider) => provider.faults.set([{ kind: 'status', status: 500 }])],
    ['answers 429', (provider) => provider.faults.set([{ kind: 'rate_limited' }])],
    ['is gone', (provider) => provider.crash()],
  ];
  it.each(failing)('that %s, the next one of the same model answers', async (_how, fail) => {
    const { client, first, second, engine } = await setUp();
    await fail(first);
    const { data, response } = await client.embeddings.create({ model: MODEL, input: 'x' }).withResponse();
    expect(data.data).toHaveLength(1);
    expect(response.headers.get('x-switchyard-provider')).toBe('second');
    expect(response.headers.get('x-switchyard-fallback-from')).toBe('first');
    expect(inferences(second)).toHaveLength(1);
    const row = await engine.api.getRequest(response.headers.get('x-switchyard-request-id') ?? '');
    expect(row.attempt_list.map(({ outcome }) => outcome)).toEqual(['failure', 'success']);
  });

  it('and no other has the model, the caller gets an error rather than vectors of another model', async () => {
    const { client, first, second, kimi, openai } = await setUp();
    await first.crash();
    await second.crash();
    await expect(client.embeddings.create({ model: MODEL, input: 'x' })).rejects.toMatchObject({ status: 502 });
    expect(inferences(kimi)).toEqual([]);
    expect(inferences(openai)).toEqual([]);
  });

  it.each([
    [404, 404],
    [501, 400],
  ])('because it makes no embeddings after all (%d), its chats go on', async (status, told) => {
    const server = await startServer((request, response) => {
      if (request.path.endsWith('/embeddings')) sendJson(response, status, { error: { message: 'Not Found' } });
      else if (request.path.endsWith('/models')) sendJson(response, 200, { data: [{ id: 'kimi-k2' }] });
      else sendJson(response, 200, CHAT_ANSWER);
    });
    try {
      const engine = await stage.engine(
        `models: {plain: {endpoint: "${server.origin}/v1", adapter: vllm, model: kimi-k2, breaker: {failures: 1}}}`,
      );
      const client = clientOf(engine);
      const asked = client.embeddings.create({ model: 'plain', input: 'x' });
      await expect(asked).rejects.toMatchObject({ status: told, code: 'invalid_request' });
      expect(engine.api.status().providers[0]?.breaker.state).toBe('closed');
      await client.chat.completions.create(chat());
    } finally {
      await server.close();
    }
  });
});

describe('what cannot be served', () => {
  it.each([
    ['no input', { model: MODEL }, 400, 'input'],
    ['an empty list', { model: MODEL, input: [] }, 400, 'input'],
    ['an object as input', { model: MODEL, input: {} }, 400, 'input'],
    ['no model', { input: 'x' }, 400, 'model'],
    ['an unknown model', { model: 'nonesuch', input: 'x' }, 404, 'nonesuch'],
    ['a model that only chats', { model: 'kimi', input: 'x' }, 400, 'makes no embeddings'],
  ])('%s is refused in one sentence and recorded', async (_name, body, status, words) => {
    const { engine } = await setUp();
    const response = await fetch(`${engine.gatewayUrl}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: { message: string; code: string } };
    expect(error.message).toContain(words);
    const { requests } = await engine.api.listRequests({ limit: 10 });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ http_status: status, provider: null });
  });

  it('a budget that is used up refuses embeddings like anything else', async () => {
    const { client } = await setUp({ first: ', fallbacks: [], limits: {requests_per_day: 1}' });
    await client.embeddings.create({ model: 'first', input: 'x' });
    await expect(client.embeddings.create({ model: 'first', input: 'x' })).rejects.toMatchObject({
      status: 429,
      code: 'budget_exhausted',
    });
  });
});

it('a chat is never sent to a server of embeddings', async () => {
  const { client, kimi, first, second } = await setUp();
  await client.chat.completions.create(chat());
  await kimi.crash();
  await expect(client.chat.completions.create(chat())).rejects.toMatchObject({ status: 502 });
  expect([...inferences(first), ...inferences(second)]).toEqual([]);
});
