import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import type { TestEngine } from '../../support/engine-fixture.ts';
import { inferences, LoadStage } from '../../support/load-fixtures.ts';

const stage = new LoadStage();
let engine: TestEngine;
let providers: Record<string, SimulatedProvider>;

const KEYS = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a', KIMI_API_KEY: 'k', XAI_API_KEY: 'x', RESTRICT_MODELS: '0' };

const MODELS = {
  openai: ['gpt-4o', 'gpt-5', 'gpt-5.6-sol'],
  moonshot: ['kimi-k2-0905-preview', 'kimi-k2.6', 'kimi-k3'],
  xai: ['grok-4-fast-reasoning', 'grok-3-mini', 'grok-4.3'],
  anthropic: ['claude-3-haiku-20240307', 'claude-haiku-4-5', 'claude-opus-4-8'],
};

beforeAll(async () => {
  const models = (ids: readonly string[]) => ids.map((id) => ({ id, contextWindow: 128_000 }));
  const [kimi, openai, moonshot, xai, anthropic] = await Promise.all([
    stage.vllm('vllm'),
    stage.provider({ name: 'openai', kind: 'openai', models: models(MODELS.openai) }),
    stage.provider({ name: 'moonshot', kind: 'openai', flavour: 'moonshot', models: models(MODELS.moonshot) }),
    stage.provider({ name: 'xai', kind: 'openai', flavour: 'xai', models: models(MODELS.xai) }),
    stage.provider({ name: 'anthropic', kind: 'anthropic', models: models(MODELS.anthropic) }),
  ]);
  providers = { vllm: kimi, openai, moonshot, xai, anthropic };
  engine = await stage.engine(`models: {vllm: {endpoint: "${kimi.url}", adapter: vllm, model: kimi-k2}}`, {
    environment: {
      ...KEYS,
      OPENAI_BASE_URL: openai.url,
      KIMI_BASE_URL: moonshot.url,
      XAI_BASE_URL: xai.url,
      ANTHROPIC_BASE_URL: anthropic.url,
    },
  });
});
afterAll(() => stage.strike());

/** Everything that effort can touch, as the provider was sent it. */
const TOUCHED = [
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'thinking',
  'reasoning_effort',
  'output_config',
] as const;

async function ask(path: string, body: object, headers: Record<string, string>): Promise<void> {
  const response = await fetch(engine.gatewayUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
}

function sentTo(provider: string): Record<string, unknown> {
  const body = inferences(providers[provider] as SimulatedProvider).at(-1)?.body ?? {};
  return Object.fromEntries(TOUCHED.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])));
}

const messages = [{ role: 'user', content: 'hello' }];

describe('the effort header', () => {
  it.each<[string, string, number, Record<string, unknown>]>([
    ['vllm', 'vllm', 0, { temperature: 0.3, max_tokens: 2048 }],
    ['vllm', 'vllm', 0.5, { temperature: 0.6, max_tokens: 4096 }],
    ['vllm', 'vllm', 1, { temperature: 0.9, max_tokens: 8192 }],
    ['openai', 'gpt-4o', 0.5, { temperature: 0.6, max_completion_tokens: 4096 }],
    ['openai', 'gpt-5', 0.1, { max_completion_tokens: 2048, reasoning_effort: 'low' }],
    ['openai', 'gpt-5', 0.5, { max_completion_tokens: 4096, reasoning_effort: 'medium' }],
    ['openai', 'gpt-5.6-sol', 1, { max_completion_tokens: 8192, reasoning_effort: 'high' }],
    ['moonshot', 'kimi-k2-0905-preview', 1, { temperature: 0.9, max_tokens: 8192 }],
    ['moonshot', 'kimi-k2.6', 1, { max_tokens: 8192 }],
    ['moonshot', 'kimi-k3', 1, { max_tokens: 8192, reasoning_effort: 'high' }],
    ['xai', 'grok-4-fast-reasoning', 0.5, { temperature: 0.6, max_completion_tokens: 4096 }],
    ['xai', 'grok-3-mini', 0.5, { temperature: 0.6, max_completion_tokens: 4096, reasoning_effort: 'low' }],
    ['xai', 'grok-4.3', 0.5, { temperature: 0.6, max_completion_tokens: 4096, reasoning_effort: 'medium' }],
    ['anthropic', 'claude-3-haiku-20240307', 1, { temperature: 0.9, max_tokens: 4096 }],
    ['anthropic', 'claude-haiku-4-5', 0.1, { temperature: 0.36, max_tokens: 2048 }],
    ['anthropic', 'claude-haiku-4-5', 1, { max_tokens: 8192, thinking: { type: 'enabled', budget_tokens: 6144 } }],
    [
      'anthropic',
      'claude-opus-4-8',
      0.1,
      { max_tokens: 2048, thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
    [
      'anthropic',
      'claude-opus-4-8',
      1,
      { max_tokens: 8192, thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    ],
  ])('becomes the parameters of %s %s at %d', async (provider, model, effort, expected) => {
    await ask('/v1/chat/completions', { model, messages }, { 'x-switchyard-effort': String(effort) });
    expect(sentTo(provider)).toEqual(expected);
  });

  it('leaves alone what the caller said itself', async () => {
    const body = { model: 'vllm', messages, temperature: 0.1, max_tokens: 7 };
    await ask('/v1/chat/completions', body, { 'x-switchyard-effort': '1' });
    expect(sentTo('vllm')).toEqual({ temperature: 0.1, max_tokens: 7 });
  });

  it("regulates a caller of Anthropic's dialect as well, at Claude and elsewhere", async () => {
    const headers = { 'x-switchyard-effort': '1' };
    await ask('/v1/messages', { model: 'claude-haiku-4-5', messages, max_tokens: 3000 }, headers);
    expect(sentTo('anthropic')).toMatchObject({ max_tokens: 3000, thinking: { type: 'enabled' } });
    await ask('/v1/messages', { model: 'vllm', messages, max_tokens: 3000 }, headers);
    expect(sentTo('vllm')).toEqual({ temperature: 0.9, max_tokens: 3000 });
  });
});

describe("the caller's reasoning_effort", () => {
  it.each<[string, string, string, Record<string, unknown>]>([
    ['vllm', 'vllm', 'high', {}],
    ['openai', 'gpt-4o', 'high', {}],
    ['openai', 'gpt-5', 'high', { reasoning_effort: 'high' }],
    ['openai', 'gpt-5', 'none', { reasoning_effort: 'minimal' }],
    ['moonshot', 'kimi-k2.6', 'none', { thinking: { type: 'disabled' } }],
    ['moonshot', 'kimi-k3', 'xhigh', { reasoning_effort: 'high' }],
    ['xai', 'grok-4-fast-reasoning', 'high', {}],
    ['xai', 'grok-3-mini', 'medium', { reasoning_effort: 'low' }],
    ['anthropic', 'claude-3-haiku-20240307', 'high', {}],
    ['anthropic', 'claude-haiku-4-5', 'medium', { thinking: { type: 'enabled', budget_tokens: 2048 } }],
    ['anthropic', 'claude-opus-4-8', 'high', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
  ])('becomes what %s %s takes: %s', async (provider, model, effort, expected) => {
    await ask('/v1/chat/completions', { model, messages, reasoning_effort: effort }, {});
    const { max_tokens: _limit, ...sent } = sentTo(provider);
    expect(sent).toEqual(expected);
  });

  it('is none beside tools where the model takes no tools while it reasons', async () => {
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];
    const body = { model: 'gpt-5.6-sol', messages, tools, reasoning_effort: 'high' };
    await ask('/v1/chat/completions', body, {});
    expect(sentTo('openai')).toEqual({ reasoning_effort: 'none' });
  });
});
