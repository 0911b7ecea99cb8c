import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { startServer } from '../../support/providers-server.ts';
import type { TestServer } from '../../support/providers-server.ts';
import { inferences, LoadStage } from '../../support/load-fixtures.ts';

const MODEL = 'claude-haiku-4-5-20251001';
const KEY = 'key-of-claude';
const ASK = {
  model: MODEL,
  system: 'Be brief.',
  messages: [{ role: 'user' as const, content: 'How long is this sentence?' }],
};

const stage = new LoadStage();
let claude: SimulatedProvider;
let kimi: SimulatedProvider;

beforeEach(async () => {
  kimi = await stage.vllm('kimi');
  claude = await stage.provider({
    name: 'claude',
    kind: 'anthropic',
    models: [{ id: MODEL, contextWindow: 200_000 }],
    apiKey: KEY,
  });
});
afterEach(() => stage.strike());

async function gateway(claudeUrl = claude.url): Promise<string> {
  const engine = await stage.engine(
    `
models:
  kimi: {endpoint: "${kimi.url}", adapter: vllm, priority: 1}
  claude: {adapter: anthropic, model: ${MODEL}, priority: 2}
`,
    { environment: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: claudeUrl } },
  );
  return engine.gatewayUrl;
}

function clientAt(baseURL: string): Anthropic {
  return new Anthropic({ baseURL, apiKey: KEY, maxRetries: 0 });
}

describe('counting tokens', () => {
  it("is Anthropic's own count where Claude would answer, unmarked, and no request is recorded as paid", async () => {
    const url = await gateway();
    const { data, response } = await clientAt(url).messages.countTokens(ASK).withResponse();
    expect(data).toEqual(await clientAt(claude.url).messages.countTokens(ASK));
    expect(response.headers.get('x-switchyard-estimated')).toBeNull();
    expect(response.headers.get('x-switchyard-provider')).toBe('claude');
    expect(inferences(claude)).toEqual([]);
  });

  it('sends the model that would be asked, and nothing that counting refuses', async () => {
    const url = await gateway();
    const further = {
      ...ASK,
      model: 'claude',
      max_tokens: 9,
      temperature: 0.5,
      thinking: { type: 'disabled' as const },
    };
    await clientAt(url).messages.countTokens(further);
    const sent = claude.log.find(({ path }) => path.endsWith('/count_tokens'))?.body;
    expect(sent).toEqual({ ...ASK, model: MODEL, thinking: { type: 'disabled' } });
  });

  it('is an estimate, and says so, where somebody else would answer', async () => {
    const url = await gateway();
    const { data, response } = await clientAt(url)
      .messages.countTokens({ ...ASK, model: 'auto' })
      .withResponse();
    expect(data.input_tokens).toBeGreaterThan(5);
    expect(response.headers.get('x-switchyard-estimated')).toBe('true');
    expect(claude.log.some(({ path }) => path.endsWith('/count_tokens'))).toBe(false);
  });

  it.each([
    ['a model that nobody has', 'nonesuch'],
    ['a model whose key is missing', 'grok-4'],
  ])('is an estimate for %s', async (_name, model) => {
    const url = await gateway();
    const { response } = await clientAt(url)
      .messages.countTokens({ ...ASK, model })
      .withResponse();
    expect(response.headers.get('x-switchyard-estimated')).toBe('true');
  });

  it('is an estimate when Anthropic fails or is silent, within its short limit', async () => {
    let server: TestServer | null = null;
    try {
      server = await startServer((request, response) => {
        // Silent for counts, well otherwise.
        if (request.path.endsWith('/count_tokens')) return;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ data: [{ id: MODEL, type: 'model' }], has_more: false }));
      });
      const { response } = await clientAt(await gateway(server.origin))
        .messages.countTokens(ASK)
        .withResponse();
      expect(response.headers.get('x-switchyard-estimated')).toBe('true');
      expect(server.seen.filter(({ path }) => path.endsWith('/count_tokens'))).toHaveLength(1);
    } finally {
      await server?.close();
    }
  });

  it('refuses what is no request', async () => {
    const url = await gateway();
    const empty = { model: MODEL } as unknown as Anthropic.MessageCountTokensParams;
    await expect(clientAt(url).messages.countTokens(empty)).rejects.toMatchObject({ status: 400 });
  });
});

describe("the caller's headers for Anthropic", () => {
  const BETA = 'context-management-2025-06-27';

  async function ask(path: string, body: object, headers: Record<string, string>): Promise<Response> {
    return await fetch((await gateway()) + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  it('reach it when the caller speaks its dialect, streamed or not', async () => {
    const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': BETA, 'x-secret': 'no' };
    for (const stream of [false, true]) {
      const response = await ask('/v1/messages', { ...ASK, max_tokens: 64, stream }, headers);
      await response.text();
      expect(response.status).toBe(200);
      const seen = inferences(claude).at(-1)?.headers;
      expect(seen).toMatchObject({ 'anthropic-version': '2026-10-21', 'anthropic-beta': BETA });
      expect(seen).not.toHaveProperty('x-secret');
    }
  });

  it('take the sampling parameters along that the new version refuses', async () => {
    const body = { ...ASK, max_tokens: 64, temperature: 0.5 };
    const response = await ask('/v1/messages', body, { 'anthropic-version': '2026-10-21' });
    expect(response.status).toBe(200);
    expect(inferences(claude)[0]?.body).not.toHaveProperty('temperature');

    await ask('/v1/messages', body, { 'anthropic-version': '2023-06-01' });
    expect(inferences(claude)[1]?.body).toMatchObject({ temperature: 0.5 });
  });

  it('stay here when the caller or the provider speaks the other dialect', async () => {
    const headers = { 'anthropic-beta': BETA };
    const chat = { model: MODEL, messages: ASK.messages };
    expect((await ask('/v1/chat/completions', chat, headers)).status).toBe(200);
    const toClaude = inferences(claude)[0]?.headers;
    expect(toClaude).not.toHaveProperty('anthropic-beta');
    expect(toClaude).toMatchObject({ 'anthropic-version': '2023-06-01' });

    expect((await ask('/v1/messages', { ...ASK, model: 'auto', max_tokens: 64 }, headers)).status).toBe(200);
    expect(inferences(kimi)[0]?.headers).not.toHaveProperty('anthropic-beta');
  });
});
