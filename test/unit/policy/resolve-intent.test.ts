import { describe, expect, it } from 'vitest';
import { resolveIntent } from '../../../electron/engine/policy/resolve-intent.ts';
import type { Intent, IntentQuestion, IntentResult } from '../../../electron/engine/policy/types.ts';
import { defaultRegistry } from '../../../electron/engine/registry/load.ts';
import type { Environment, Registry } from '../../../electron/engine/registry/types.ts';
import { ALL_KEYS, availabilityIn, HYBRID, registryOf } from '../../support/policy-fixtures.ts';

interface Setup {
  text?: string;
  environment?: Environment;
  registry?: Registry;
  discovered?: Record<string, string>;
}

function resolve(question: Partial<IntentQuestion>, setup: Setup = {}): IntentResult {
  const environment = setup.environment ?? ALL_KEYS;
  const registry = setup.registry ?? registryOf(setup.text ?? HYBRID, environment);
  return resolveIntent(
    { model: 'auto', callSite: null, tier: null, task: null, promptCharacters: 0, messageCount: 0, ...question },
    registry,
    environment,
    availabilityIn(registry, environment),
    (name) => setup.discovered?.[name] ?? null,
  );
}

function intentOf(question: Partial<IntentQuestion>, setup: Setup = {}): Intent {
  const result = resolve(question, setup);
  if (!result.ok) throw new Error(result.message);
  return result.intent;
}

const PRODUCTION = { ...ALL_KEYS, SWITCHYARD_ENV: 'production' };

describe('a model name', () => {
  it.each<[string, string, string, string | null]>([
    ['kimi_k2_self_hosted', 'named_provider', 'kimi_k2_self_hosted', null],
    ['claude_opus_api', 'named_provider', 'claude_opus_api', 'claude-opus-4-20250514'],
    ['claude-opus-4-20250514', 'named_model', 'claude_opus_api', 'claude-opus-4-20250514'],
    ['claude-haiku-4-5', 'model_prefix', 'anthropic', 'claude-haiku-4-5'],
    ['grok-4', 'model_prefix', 'xai', 'grok-4'],
    ['kimi-k2-turbo', 'model_prefix', 'moonshot', 'kimi-k2-turbo'],
    ['moonshot-v1-8k', 'model_prefix', 'moonshot', 'moonshot-v1-8k'],
    ['gpt-5', 'model_prefix', 'openai', 'gpt-5'],
    ['o3-mini', 'model_prefix', 'openai', 'o3-mini'],
    ['tier:fast', 'tier', 'anthropic', 'claude-3-haiku-20240307'],
    ['tier:balanced', 'tier', 'moonshot', 'kimi-k2-0905-preview'],
    ['tier:powerful', 'tier', 'anthropic', 'claude-3-5-sonnet-20241022'],
    ['call-site:chat', 'call_site', 'anthropic', 'claude-haiku-4-5-20251001'],
  ])('%s is a %s and asks %s', (model, rule, provider, upstream) => {
    const intent = intentOf({ model }, { environment: PRODUCTION });
    expect(intent).toMatchObject({ rule, requestedModel: model, preferred: [{ provider, model: upstream }] });
  });

  it.each(['auto', '', '  '])('%j leaves it to the primary', (model) => {
    expect(intentOf({ model })).toMatchObject({ rule: 'primary', requestedModel: 'auto', preferred: [], tier: null });
  });

  it('an alias asks a vLLM server for its own model and another server for that one', () => {
    const text =
      'models:\n  own: {endpoint: http://a, model: kimi, serves: [gpt-4o]}\n  many: {adapter: openai-compatible, endpoint: http://b, model: llama3, serves: [qwen]}\n';
    expect(intentOf({ model: 'gpt-4o' }, { text }).preferred).toEqual([{ provider: 'own', model: 'kimi' }]);
    expect(intentOf({ model: 'qwen' }, { text }).preferred).toEqual([{ provider: 'many', model: 'qwen' }]);
  });

  it('that a self-hosted server has told of itself is its own, not the vendor’s of that prefix', () => {
    const discovered = { kimi_k2_self_hosted: 'kimi-k2-thinking' };
    expect(intentOf({ model: 'kimi-k2-thinking' }, { discovered })).toMatchObject({
      rule: 'named_model',
      preferred: [{ provider: 'kimi_k2_self_hosted', model: null }],
    });
    expect(intentOf({ model: 'kimi-k2-thinking' }).preferred[0]?.provider).toBe('moonshot');
  });

  it('of a dear kind that one’s own server answers to is not restricted', () => {
    const text = 'models:\n  own: {endpoint: http://a, serves: [claude-sonnet-4-6]}\n';
    expect(intentOf({ model: 'claude-sonnet-4-6' }, { text })).toMatchObject({
      preferred: [{ provider: 'own' }],
      warnings: [],
    });
  });

  it('served by several entries prefers all of them', () => {
    const text =
      'models:\n  a: {endpoint: http://a, model: kimi, priority: 1}\n  b: {endpoint: http://b, model: kimi, priority: 1}\n';
    expect(intentOf({ model: 'kimi' }, { text }).preferred.map(({ provider }) => provider)).toEqual(['a', 'b']);
  });

  it('by prefix goes to an entry that speaks the API under another name when there is no other', () => {
    const text = 'models:\n  my_claude: {adapter: anthropic, provider_kwargs: {api_key_env: MY_KEY}}\n';
    expect(intentOf({ model: 'claude-haiku-4-5' }, { text, environment: { MY_KEY: 'k' } }).preferred).toEqual([
      { provider: 'my_claude', model: 'claude-haiku-4-5' },
    ]);
  });
});

describe('refusals', () => {
  it.each<[string, string, string]>([
    ['clod', 'model_not_found', 'No provider serves a model called "clod"'],
    ['kimi_k2_selfhosted', 'model_not_found', 'Did you mean "kimi_k2_self_hosted"?'],
    ['tier:fsat', 'model_not_found', 'the tiers are fast, balanced and powerful'],
    ['call-site:chta', 'model_not_found', 'did you mean "chat"?'],
    ['gpt4_api', 'model_not_found', 'switched off in the registry'],
  ])('%s is refused as %s', (model, code, message) => {
    expect(resolve({ model })).toEqual({ ok: false, code, message: expect.stringContaining(message) });
  });

  it.each([
    ['claude-haiku-4-5', 'ANTHROPIC_API_KEY'],
    ['gpt-5', 'OPENAI_API_KEY'],
    ['kimi-k2-turbo', 'KIMI_API_KEY'],
    ['grok-4', 'XAI_API_KEY'],
    ['claude_opus_api', 'ANTHROPIC_API_KEY'],
    ['call-site:chat', 'ANTHROPIC_API_KEY'],
  ])('%s without its key names %s', (model, key) => {
    const result = resolve({ model }, { environment: {} });
    expect(result).toEqual({ ok: false, code: 'provider_not_configured', message: expect.stringContaining(key) });
  });

  it('auto with no provider at all says what to set', () => {
    const result = resolve({}, { registry: defaultRegistry({}), environment: {} });
    expect(result).toEqual({
      ok: false,
      code: 'provider_not_configured',
      message: expect.stringContaining('--config'),
    });
  });
});

describe('call sites', () => {
  const asked = { callSite: 'chat' };

  it.each<[string, Environment, string, string]>([
    [
      'its own key',
      { CGX_FRONTEND_MODEL_NAME: 'grok-4-fast-reasoning', MODEL_NAME: 'gpt-5' },
      'xai',
      'CGX_FRONTEND_MODEL_NAME',
    ],
    ['MODEL_NAME', { MODEL_NAME: 'gpt-5', CGX_FRONTEND_MODEL_NAME: '' }, 'openai', 'MODEL_NAME'],
    ['the cost-safe default', {}, 'anthropic', 'the default model'],
  ])('take %s', (_what, environment, provider, origin) => {
    const intent = intentOf(asked, { environment: { ...ALL_KEYS, ...environment } });
    expect(intent).toMatchObject({ rule: 'call_site', callSite: 'chat', preferred: [{ provider }] });
    expect(intent.reason).toContain(origin);
  });

  it('take the registry’s word above MODEL_NAME, and the policy’s default below it', () => {
    const text = `${HYBRID}policy: {default_model: gpt-5, call_sites: {report: {model: grok-4}}}`;
    expect(
      intentOf({ callSite: 'report' }, { text, environment: { ...ALL_KEYS, MODEL_NAME: 'gpt-4o' } }).preferred[0]
        ?.model,
    ).toBe('grok-4');
    expect(intentOf({ callSite: 'processing' }, { text }).preferred[0]?.model).toBe('gpt-5');
  });

  it('may leave it to the primary, a tier or an entry', () => {
    const text = `${HYBRID}policy: {call_sites: {a: {model: auto}, b: {model: "tier:fast"}, c: {model: kimi_k2_self_hosted}, d: {model: "call-site:a"}}}`;
    expect(intentOf({ callSite: 'a' }, { text })).toMatchObject({ rule: 'primary', callSite: 'a' });
    expect(intentOf({ callSite: 'b' }, { text })).toMatchObject({ rule: 'call_site', tier: 'fast' });
    expect(intentOf({ callSite: 'c' }, { text })).toMatchObject({ preferred: [{ provider: 'kimi_k2_self_hosted' }] });
    expect(resolve({ callSite: 'd' }, { text })).toMatchObject({ ok: false, code: 'invalid_request' });
  });

  it('only label a request that names its model or a tier', () => {
    expect(intentOf({ ...asked, model: 'grok-4' })).toMatchObject({ rule: 'model_prefix', callSite: 'chat' });
    expect(intentOf({ ...asked, tier: 'fast' })).toMatchObject({ rule: 'tier', callSite: 'chat' });
  });

  it('that nobody configured label the request and are warned of', () => {
    const intent = intentOf({ callSite: 'chatt' });
    expect(intent).toMatchObject({ rule: 'primary', callSite: 'chatt' });
    expect(intent.warnings[0]).toContain('did you mean "chat"?');
  });
});

describe('restricted models', () => {
  it.each(['claude-sonnet-4-6', 'claude-3-5-sonnet-20241022', 'claude-opus-4-20250514', 'Claude-Opus-9'.toLowerCase()])(
    '%s becomes the default outside production, with a warning that names the switch',
    (model) => {
      const intent = intentOf({ model });
      expect(intent.preferred).toEqual([{ provider: 'anthropic', model: 'claude-haiku-4-5-20251001' }]);
      expect(intent.warnings).toEqual([
        `${model} (the request) is restricted by RESTRICT_MODELS; claude-haiku-4-5-20251001 is used instead`,
      ]);
    },
  );

  it('name the environment key of the call site that asked', () => {
    const environment = { ...ALL_KEYS, CGX_FRONTEND_MODEL_NAME: 'claude-sonnet-4-6' };
    const intent = intentOf({ model: 'call-site:chat' }, { environment });
    expect(intent.preferred[0]?.model).toBe('claude-haiku-4-5-20251001');
    expect(intent.warnings[0]).toContain('(CGX_FRONTEND_MODEL_NAME)');
  });

  it('are left alone in production, and where the operator says so', () => {
    expect(intentOf({ model: 'claude-sonnet-4-6' }, { environment: PRODUCTION }).preferred[0]?.model).toBe(
      'claude-sonnet-4-6',
    );
    const environment = { ...ALL_KEYS, RESTRICT_MODELS: 'false' };
    expect(intentOf({ model: 'claude-sonnet-4-6' }, { environment }).warnings).toEqual([]);
  });

  it('do not touch an entry that is named, nor a tier, which the operator wrote down', () => {
    expect(intentOf({ model: 'claude_opus_api' }).preferred[0]?.model).toBe('claude-opus-4-20250514');
    expect(intentOf({ model: 'tier:powerful' }).preferred[0]?.model).toBe('claude-3-5-sonnet-20241022');
  });

  it('are replaced by the cost-safe model when the policy’s default is restricted itself', () => {
    const text = `${HYBRID}policy: {default_model: claude-sonnet-4-6}`;
    expect(intentOf({ callSite: 'chat' }, { text }).preferred[0]?.model).toBe('claude-haiku-4-5-20251001');
  });

  it('are what the patterns say', () => {
    const text = `${HYBRID}policy: {denied_models: ["gpt-5*"]}`;
    expect(intentOf({ model: 'gpt-5-mini' }, { text }).preferred[0]?.model).toBe('claude-haiku-4-5-20251001');
    expect(intentOf({ model: 'claude-sonnet-4-6' }, { text }).warnings).toEqual([]);
  });
});

describe('tasks', () => {
  const middling = {
    agent_id: 'test-agent',
    intent: 'generate',
    budget_remaining: 10_000,
    previous_failures: 0,
    agent_ais: { creation_score: 5, execution_score: 5, combined_score: 5 },
  };

  it('of scores 5.0, 5.0, 5.0 are balanced and go to Kimi', () => {
    expect(intentOf({ task: middling })).toMatchObject({
      rule: 'tier',
      tier: 'balanced',
      complexity: 5,
      taskType: 'generate',
      preferred: [{ provider: 'moonshot', model: 'kimi-k2-0905-preview' }],
      reason:
        'complexity 5.0 makes the tier balanced (estimated: prompt_length, data_size, condition_count, context_depth, reasoning)',
    });
    expect(intentOf({ task: { ...middling, previous_failures: 1 } }).reason).toContain(
      'makes the tier balanced, raised after 1 previous failure: powerful (estimated',
    );
  });

  it('do not overrule a tier or model that is asked for', () => {
    expect(intentOf({ task: middling, tier: 'powerful' })).toMatchObject({ tier: 'powerful', complexity: 5 });
    expect(intentOf({ task: middling, model: 'grok-4' })).toMatchObject({ rule: 'model_prefix', tier: null });
  });

  it('without the key of the balanced tier fall back to OpenAI’s small model, and say so', () => {
    const environment = { OPENAI_API_KEY: 'o' };
    const intent = intentOf({ task: middling }, { environment, registry: defaultRegistry(environment) });
    expect(intent.preferred).toEqual([
      { provider: 'moonshot', model: 'kimi-k2-0905-preview' },
      { provider: 'openai', model: 'gpt-4o-mini' },
    ]);
    expect(intent.warnings[0]).toContain('KIMI_API_KEY is not set; openai stands in');
  });

  it('of another tier without its key fall back to the balanced one', () => {
    const environment = { KIMI_API_KEY: 'k' };
    const intent = intentOf({ tier: 'powerful' }, { environment, registry: defaultRegistry(environment) });
    expect(intent.preferred.map(({ provider }) => provider)).toEqual(['anthropic', 'moonshot']);
  });

  it('are left to the fallback chain when no tier has its key', () => {
    const intent = intentOf({ task: middling }, { environment: {} });
    expect(intent.preferred).toEqual([{ provider: 'moonshot', model: 'kimi-k2-0905-preview' }]);
    expect(intent.warnings[0]).toContain('kimi_k2_self_hosted stands in');
  });

  it('are refused, with the key, when nobody could answer', () => {
    const text = 'models: {c: {adapter: anthropic}}';
    expect(resolve({ tier: 'balanced' }, { text, environment: {} })).toEqual({
      ok: false,
      code: 'provider_not_configured',
      message: expect.stringContaining('KIMI_API_KEY is not set'),
    });
  });

  it('use tiers as the registry has them', () => {
    const text = `${HYBRID}tiers: {balanced: {provider: openai, model: gpt-4o-mini}}`;
    expect(intentOf({ task: middling }, { text }).preferred[0]).toEqual({ provider: 'openai', model: 'gpt-4o-mini' });
  });
});

describe('task types', () => {
  const text = `${HYBRID.replace('models:', 'models:\n  qwen_coder: {endpoint: "http://q", model: qwen, priority: 9, usage_policy: {default_for_tasks: [code]}}')}  task_types: {writing: [claude_opus_api], Summarize: [qwen_coder]}\n`;

  it.each<[string, Partial<IntentQuestion>, string, string]>([
    ['the routing section’s list', { task: { intent: 'writing' } }, 'writing', 'claude_opus_api'],
    ['an intent in other letters', { task: { intent: 'summarize' } }, 'summarize', 'qwen_coder'],
    ['an entry that is the default for it', { task: { intent: 'code' } }, 'code', 'qwen_coder'],
    ['the prompt, without a task', { promptSample: 'Refactor this:\n```ts\nconst a = 1\n```' }, 'code', 'qwen_coder'],
    [
      'the prompt, for an unknown intent',
      { task: { intent: 'other' }, promptSample: 'Draft a blog post about trains' },
      'writing',
      'claude_opus_api',
    ],
  ])('follow %s', (_what, question, taskType, provider) => {
    expect(intentOf(question, { text })).toMatchObject({ rule: 'task_type', taskType, preferred: [{ provider }] });
  });

  it('that nobody is preferred for leave it to the tier', () => {
    expect(intentOf({ task: { intent: 'translate' } }, { text }).rule).toBe('tier');
  });
});

describe('embeddings', () => {
  const model = 'text-embedding-3-small';

  it("are OpenAI's by the prefix of its embedding models", () => {
    expect(intentOf({ model, embeddings: true })).toMatchObject({
      rule: 'model_prefix',
      preferred: [{ provider: 'openai', model }],
    });
  });

  it('have no prefix in common with chats', () => {
    expect(resolve({ model })).toMatchObject({ ok: false, code: 'model_not_found' });
    expect(resolve({ model: 'gpt-4o', embeddings: true })).toMatchObject({ ok: false, code: 'model_not_found' });
  });
});
