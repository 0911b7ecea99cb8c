import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareRequestSchema } from '../../../shared/domain/compare.ts';
import type { Environment } from '../../../electron/engine/registry/types.ts';
import { createSimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import type { SimulatedProvider } from '../../../electron/simulator/simulated-provider.ts';
import { startTestEngine } from '../../support/engine-fixture.ts';
import type { TestEngine } from '../../support/engine-fixture.ts';

/** The four vendors with a model that its prefix names, and the keys under which the environment knows them. */
const VENDORS = [
  {
    name: 'anthropic',
    kind: 'anthropic',
    model: 'claude-haiku-4-5-20251001',
    key: 'ANTHROPIC_API_KEY',
    base: 'ANTHROPIC_BASE_URL',
  },
  {
    name: 'openai',
    kind: 'openai',
    flavour: 'openai',
    model: 'gpt-4o-mini',
    key: 'OPENAI_API_KEY',
    base: 'OPENAI_BASE_URL',
  },
  {
    name: 'moonshot',
    kind: 'openai',
    flavour: 'moonshot',
    model: 'kimi-k2-0905-preview',
    key: 'KIMI_API_KEY',
    base: 'KIMI_BASE_URL',
  },
  {
    name: 'xai',
    kind: 'openai',
    flavour: 'xai',
    model: 'grok-4-fast-reasoning',
    key: 'XAI_API_KEY',
    base: 'XAI_BASE_URL',
  },
] as const;
type Vendor = (typeof VENDORS)[number];

const MODELS = [
  ...VENDORS.map(({ model }) => model),
  'claude-3-haiku-20240307',
  'claude-3-5-sonnet-20241022',
  'claude-sonnet-4-6',
  'gpt-9',
];

let vendors: Record<Vendor['name'], SimulatedProvider>;
let engine: TestEngine | null = null;

beforeEach(async () => {
  const started = await Promise.all(
    VENDORS.map(async ({ name, model: _model, key: _key, base: _base, ...kind }) => {
      const models = MODELS.map((id) => ({ id, contextWindow: 200_000 }));
      return [name, await createSimulatedProvider({ name, ...kind, models, apiKey: `key-of-${name}` })] as const;
    }),
  );
  vendors = Object.fromEntries(started) as typeof vendors;
});

afterEach(async () => {
  await engine?.stop();
  engine = null;
  await Promise.all(Object.values(vendors).map((vendor) => vendor.stop()));
});

/** Every vendor's address, and the keys of all but those left out. */
function environmentWithout(...left: Vendor['name'][]): Environment {
  return Object.fromEntries(
    VENDORS.flatMap(({ name, key, base }) => [
      [base, vendors[name].url],
      ...(left.includes(name) ? [] : [[key, `key-of-${name}`]]),
    ]),
  );
}

async function start(environment: Environment, text: string | null = null): Promise<TestEngine> {
  engine = await startTestEngine('', { registryText: text, environment });
  return engine;
}

interface Answer {
  status: number;
  headers: Headers;
  body: { model?: string; error?: { code?: string; message?: string } };
}

async function ask(
  model: string,
  headers: Record<string, string> = {},
  content = 'Hello [[tokens:3]]',
): Promise<Answer> {
  const response = await fetch(`${engine?.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, max_tokens: 16, messages: [{ role: 'user', content }] }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}

/** The stored row of an answer. */
async function rowOf({ headers }: Answer) {
  return await engine?.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
}

const AIS = { creation_score: 5.0, execution_score: 5.0, combined_score: 5.0 };
const TASK = {
  agent_id: 'test-agent',
  intent: 'generate',
  budget_remaining: 10_000,
  previous_failures: 0,
  agent_ais: AIS,
};
const task = (changes: object = {}) => ({ 'x-switchyard-task': JSON.stringify({ ...TASK, ...changes }) });

describe('a task with agent scores of 5.0, 5.0 and 5.0', () => {
  it('is balanced, goes to Kimi, and its row tells the same', async () => {
    await start(environmentWithout());
    const answer = await ask('auto', task());
    expect(answer.headers.get('x-switchyard-provider')).toBe('moonshot');
    expect(answer.body.model).toBe('kimi-k2-0905-preview');
    expect(await rowOf(answer)).toMatchObject({
      tier: 'balanced',
      provider: 'moonshot',
      model: 'kimi-k2-0905-preview',
      agent_id: 'test-agent',
    });
  });

  it('has what the task leaves out estimated from the request itself, and marked', async () => {
    await start(environmentWithout());
    const short = await rowOf(await ask('auto', task()));
    const long = await rowOf(await ask('auto', task(), 'x'.repeat(8000)));
    expect(short?.decision?.reason).toContain(
      '(estimated: prompt_length, data_size, condition_count, context_depth, reasoning)',
    );
    expect(long?.decision?.complexity ?? 0).toBeGreaterThan(short?.decision?.complexity ?? 10);
  });

  it('without KIMI_API_KEY is answered by OpenAI’s small model, with the reason', async () => {
    await start(environmentWithout('moonshot'));
    const answer = await ask('auto', task());
    expect(answer.body.model).toBe('gpt-4o-mini');
    const row = await rowOf(answer);
    expect(row).toMatchObject({ tier: 'balanced', provider: 'openai' });
    expect(row?.decision?.warnings).toEqual([
      "the tier balanced is moonshot's: KIMI_API_KEY is not set; openai stands in",
    ]);
    expect(row?.decision?.candidates[0]).toMatchObject({ provider: 'moonshot', code: 'key_missing' });
  });

  it('is answered by OpenAI’s small model when Kimi fails, with the reason', async () => {
    vendors.moonshot.faults.set([{ kind: 'status', status: 500 }]);
    await start(environmentWithout());
    const answer = await ask('auto', task());
    expect(answer.body.model).toBe('gpt-4o-mini');
    expect(answer.headers.get('x-switchyard-fallback-from')).toBe('moonshot');
    expect(await rowOf(answer)).toMatchObject({ provider: 'openai', fallback_from: 'moonshot' });
  });
});

describe('the tiers', () => {
  it.each([
    [2.9, 'fast', 'anthropic', 'claude-3-haiku-20240307'],
    [3.0, 'balanced', 'moonshot', 'kimi-k2-0905-preview'],
    [6.5, 'balanced', 'moonshot', 'kimi-k2-0905-preview'],
    [6.6, 'powerful', 'anthropic', 'claude-3-5-sonnet-20241022'],
  ])('complexity %s is %s: %s, %s', async (score, tier, provider, model) => {
    await start(environmentWithout());
    const known = {
      prompt_length: score * 800,
      data_size: score * 10_000,
      condition_count: score,
      context_depth: score,
      reasoning: score,
    };
    const scores = { creation_score: score, execution_score: score, combined_score: score };
    const answer = await ask('auto', task({ agent_ais: scores, step: known }));
    expect(answer.headers.get('x-switchyard-provider')).toBe(provider);
    expect(await rowOf(answer)).toMatchObject({ tier, model, decision: { complexity: score } });
  });

  it('fall back to balanced, with the reason, where the key of another is missing', async () => {
    await start(environmentWithout('anthropic'));
    const answer = await ask('tier:powerful');
    expect(answer.body.model).toBe('kimi-k2-0905-preview');
    expect((await rowOf(answer))?.decision?.warnings).toEqual([
      "the tier powerful is anthropic's: ANTHROPIC_API_KEY is not set; moonshot stands in",
    ]);
  });

  it('fall back to balanced, with the reason, where a call site names one that does not exist', async () => {
    await start(environmentWithout(), 'policy: {call_sites: {chat: {model: "tier:middling"}}}\n');
    const answer = await ask('call-site:chat');
    expect(answer.body.model).toBe('kimi-k2-0905-preview');
    expect((await rowOf(answer))?.decision?.warnings).toContainEqual(
      expect.stringContaining('names the tier "middling", which does not exist; balanced stands in'),
    );
  });
});

describe('two jobs, two models', () => {
  const SPLIT = {
    CGX_FRONTEND_MODEL_NAME: 'claude-sonnet-4-6',
    PROCESSING_BACKEND_MODEL_NAME: 'grok-4-fast-reasoning',
  };

  it('split by one line of environment each, in production', async () => {
    await start({ ...environmentWithout(), ...SPLIT, SWITCHYARD_ENV: 'production' });
    expect((await ask('call-site:chat')).body.model).toBe('claude-sonnet-4-6');
    expect((await ask('auto', { 'x-switchyard-call-site': 'processing' })).body.model).toBe('grok-4-fast-reasoning');
  });

  it('have the dear one replaced by the cost-safe default elsewhere, with a warning that names the key', async () => {
    await start({ ...environmentWithout(), ...SPLIT });
    const answer = await ask('call-site:chat');
    expect(answer.body.model).toBe('claude-haiku-4-5-20251001');
    const row = await rowOf(answer);
    expect(row?.decision?.warnings).toEqual([
      'claude-sonnet-4-6 (CGX_FRONTEND_MODEL_NAME) is restricted by RESTRICT_MODELS; claude-haiku-4-5-20251001 is used instead',
    ]);
    expect(engine?.api.routing().restricted).toMatchObject({ requests: 1 });
  });

  it('have MODEL_NAME in place of a key that is not set, and the cost-safe default without either', async () => {
    await start({ ...environmentWithout(), MODEL_NAME: 'gpt-4o-mini' });
    expect((await ask('call-site:processing')).body.model).toBe('gpt-4o-mini');
    await engine?.stop();
    await start(environmentWithout());
    expect((await ask('call-site:processing')).body.model).toBe('claude-haiku-4-5-20251001');
  });
});

describe('a plain model id', () => {
  it.each(VENDORS)('$model goes to $name by its prefix', async ({ name, model }) => {
    await start(environmentWithout());
    const answer = await ask(model);
    expect([answer.status, answer.headers.get('x-switchyard-provider'), answer.body.model]).toEqual([200, name, model]);
  });

  it.each(VENDORS)('is 503 where $key is missing', async ({ name, model, key }) => {
    await start(environmentWithout(name));
    const { status, body } = await ask(model);
    expect(status).toBe(503);
    expect(body.error).toMatchObject({
      code: 'provider_not_configured',
      message: `${name} is not configured: set ${key} in the environment.`,
    });
  });

  it.each(VENDORS)('is 502 where $name fails', async ({ name, model }) => {
    await start(environmentWithout());
    vendors[name].faults.set([{ kind: 'status', status: 500 }]);
    const { status, body } = await ask(model, { 'x-switchyard-no-fallback': 'true' });
    expect(status).toBe(502);
    expect(body.error?.code).toBe('upstream_failure');
    expect(body.error?.message).toContain(name);
  });
});

describe('a model without a rate card', () => {
  const unpriced = (policy = '') => `
models:
  openai: { adapter: openai, model: gpt-9, limits: { usd_per_day: 5 } }
${policy}`;

  it('costs an unknown amount, which the row, the header, the decision and the budget tell', async () => {
    await start(environmentWithout(), unpriced());
    const answer = await ask('gpt-9');
    expect(answer.headers.get('x-switchyard-pricing-unknown')).toBe('true');
    const row = await rowOf(answer);
    expect(row).toMatchObject({ cost_usd: 0, pricing_unknown: true });
    expect(row?.decision?.warnings).toEqual([
      'no price is known for gpt-9: usd_per_day counts this request apart and cannot hold it back; set pricing on openai',
    ]);
    expect(engine?.api.quotas().quotas[0]).toMatchObject({ name: 'openai', used: 0, unpriced_requests: 1 });
  });

  it('is refused by a hard budget where the registry says so, before anything is sent', async () => {
    await start(environmentWithout(), unpriced('policy: { budgets: { unknown_price: refuse } }'));
    const answer = await ask('gpt-9', { 'x-switchyard-no-fallback': 'true' });
    expect([answer.status, answer.body.error?.code]).toEqual([429, 'budget_exhausted']);
    expect(answer.body.error?.message).toContain('no price is known for this model');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(vendors.openai.log.filter(({ path }) => path.endsWith('/chat/completions'))).toEqual([]);
  });
});

describe('a comparison in the playground', () => {
  it('counts against the call site "playground", and is recorded there', async () => {
    await start(environmentWithout(), 'policy: {call_sites: {playground: {limits: {requests_per_day: 1}}}}\n');
    const request = compareRequestSchema.parse({
      prompt: 'Hello [[tokens:3]]',
      targets: [{ provider: 'openai' }, { provider: 'anthropic' }],
    });
    const { results } = (await engine?.api.compareWhole(request, new AbortController().signal)) ?? { results: [] };
    expect(results.map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
    expect(results[1]?.message).toContain('call site "playground": 1 of 1 requests today');
    expect(await engine?.api.getRequest(results[0]?.request_id ?? '')).toMatchObject({
      origin: 'playground',
      call_site: 'playground',
    });
  });
});
