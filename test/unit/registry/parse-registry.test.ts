import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultRegistry, parseRegistry } from '../../../electron/engine/registry/load.ts';
import { formatProblems } from '../../../electron/engine/registry/problems.ts';
import type { Environment, Registry, RegistryProblem } from '../../../electron/engine/registry/types.ts';

function sample(name: string): string {
  return readFileSync(new URL(`../../../config/${name}`, import.meta.url), 'utf8');
}

function load(text: string, environment: Environment = {}): { registry: Registry; warnings: RegistryProblem[] } {
  const result = parseRegistry(text, { environment, path: null });
  if (!result.ok) throw new Error(formatProblems(result.problems, 'test.yaml'));
  return result;
}

function problemsOf(text: string, environment: Environment = {}): RegistryProblem[] {
  const result = parseRegistry(text, { environment, path: null });
  return result.ok ? [] : result.problems;
}

function provider(registry: Registry, name: string) {
  const found = registry.providers.find((entry) => entry.name === name);
  if (!found) throw new Error(`${name} is not in the registry`);
  return found;
}

describe('the sample registries', () => {
  it('load model_registry.yaml with every key honoured', () => {
    const { registry } = load(sample('model_registry.yaml'), { ANTHROPIC_API_KEY: 'k' });
    expect(registry.routing).toEqual({
      strategy: 'primary_with_fallback',
      primary: 'kimi_k2_self_hosted',
      fallbackChain: ['kimi_k2_self_hosted', 'claude_opus_api', 'gpt4_api'],
      fallbackTriggers: ['primary_unhealthy', 'primary_timeout'],
      retryOnFailure: true,
      maxRetries: 2,
      loadBalancing: { strategy: 'round_robin', healthAware: true, prefixAffinity: false },
      highLoad: { mode: 'never', thresholdMs: 10_000 },
      streamFailover: 'resume',
      taskTypes: {},
    });
    expect(registry.monitoring).toEqual({ logModelSelection: true, trackFallbackUsage: true, alertOnFallback: true });
    expect(provider(registry, 'kimi_k2_self_hosted')).toEqual({
      name: 'kimi_k2_self_hosted',
      displayName: 'Kimi K2 self-hosted',
      adapter: 'vllm',
      deployment: 'self-hosted',
      enabled: true,
      implicit: false,
      priority: 1,
      weight: 1,
      model: null,
      serves: [],
      baseUrl: 'http://kimi-k2-service:8000/v1',
      apiKeyEnv: null,
      healthCheck: {
        enabled: true,
        endpoint: 'http://kimi-k2-service:8000/health',
        method: 'endpoint',
        intervalMs: 30_000,
        timeoutMs: 2_000,
      },
      capabilities: {
        tools: true,
        thinking: true,
        contextWindow: 256_000,
        thinkingBudgetRange: [1000, 256_000],
        strengths: ['reasoning', 'tool_orchestration', 'agentic_workflows', 'long_context'],
      },
      usagePolicy: { defaultForTasks: 'all', useWhen: [] },
      fallbacks: null,
      timeouts: { connectMs: 2_000, firstTokenMs: 30_000, idleMs: 30_000, totalMs: 600_000 },
      retry: { maxRetries: 2, baseMs: 250, maxMs: 4_000 },
      breaker: { failures: 3, errorRate: 0.5, windowMs: 60_000, openMs: 15_000, rampMs: 30_000 },
      limits: { max_concurrent: 20, queueTimeoutMs: 10_000 },
      pricing: null,
      infrastructureUsdPerHour: null,
    });
    expect(provider(registry, 'claude_opus_api')).toMatchObject({
      displayName: 'Claude Opus API',
      adapter: 'anthropic',
      deployment: 'api',
      model: 'claude-opus-4-20250514',
      baseUrl: 'https://api.anthropic.com',
      apiKeyEnv: 'ANTHROPIC_API_KEY',
      healthCheck: { method: 'test_request', endpoint: null, intervalMs: 60_000, timeoutMs: 10_000 },
      usagePolicy: {
        useWhen: [{ type: 'unhealthy', provider: 'kimi_k2_self_hosted' }, { type: 'explicit_user_request' }],
      },
      limits: { requests_per_day: 1000 },
      timeouts: { connectMs: 5_000 },
    });
    expect(provider(registry, 'gpt4_api')).toMatchObject({
      enabled: false,
      adapter: 'openai',
      model: 'gpt-4-turbo',
      usagePolicy: { useWhen: [{ type: 'benchmarking_mode' }, { type: 'explicit_user_request' }] },
      limits: { requests_per_day: 100 },
    });
  });

  it('load bare endpoints of equal priority as vLLM servers that form one group', () => {
    const { registry } = load(`
models:
  kimi_k2_instance_1:
    endpoint: http://kimi-k2-pod-1:8000/v1
    priority: 1

  kimi_k2_instance_2:
    endpoint: http://kimi-k2-pod-2:8000/v1
    priority: 1  # Same priority = load balance

routing:
  load_balancing:
    strategy: round_robin  # or least_connections
    health_aware: true  # Skip unhealthy instances
`);
    expect(registry.providers.map(({ name, adapter, priority }) => [name, adapter, priority])).toEqual([
      ['kimi_k2_instance_1', 'vllm', 1],
      ['kimi_k2_instance_2', 'vllm', 1],
    ]);
    expect(registry.routing.primary).toBe('kimi_k2_instance_1');
    expect(registry.routing.fallbackChain).toEqual(['kimi_k2_instance_1', 'kimi_k2_instance_2']);
    expect(provider(registry, 'kimi_k2_instance_2').healthCheck.endpoint).toBe('http://kimi-k2-pod-2:8000/health');
  });

  it('load two-instances.yaml with the paid API behind both', () => {
    const { registry } = load(sample('two-instances.yaml'));
    expect(registry.routing.fallbackChain).toEqual(['kimi_k2_instance_1', 'kimi_k2_instance_2', 'claude_opus_api']);
  });

  it('load hybrid.yaml, which shows every key', () => {
    const { registry, warnings } = load(sample('hybrid.yaml'), { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' });
    expect(provider(registry, 'qwen_coder')).toMatchObject({
      adapter: 'openai-compatible',
      deployment: 'self-hosted',
      healthCheck: { method: 'model_list', endpoint: null },
      pricing: { input: 0.1, output: 0.3, cacheRead: 0.02, cacheWrite: 0.1 },
      usagePolicy: { defaultForTasks: ['code'] },
    });
    expect(provider(registry, 'kimi_k2_self_hosted').infrastructureUsdPerHour).toBe(24.5);
    expect(registry.routing.loadBalancing.strategy).toBe('least_loaded');
    expect(warnings.map(({ path }) => path)).toEqual(['tiers.fast', 'tiers.balanced', 'tiers.powerful']);
  });
});

describe('problems of a registry', () => {
  it.each([
    [
      'an unknown key',
      'models:\n  a:\n    endpont: http://a/v1\n    adapter: vllm\n    endpoint: http://a/v1',
      'models.a.endpont',
      3,
      'did you mean "endpoint"?',
    ],
    ['an unknown section', 'models: {a: {endpoint: http://a}}\nroutng: {}', 'routng', 2, 'did you mean "routing"?'],
    ['a misspelt adapter', 'models:\n  a:\n    adapter: antropic', 'models.a.adapter', 3, 'did you mean "anthropic"?'],
    [
      'a misspelt class',
      'models:\n  a:\n    provider_class: ClaudeOpus',
      'models.a.provider_class',
      3,
      'did you mean "ClaudeOpusProvider"?',
    ],
    [
      'a wrong type',
      'models:\n  a:\n    endpoint: http://a\n    priority: high',
      'models.a.priority',
      4,
      'must be a number, not a text',
    ],
    [
      'an empty value',
      'models:\n  a:\n    endpoint: http://a\n    limits:',
      'models.a.limits',
      4,
      'must be a mapping, not empty',
    ],
    [
      'a missing part',
      'models:\n  a:\n    endpoint: http://a\n    pricing:\n      input: 1',
      'models.a.pricing.output',
      4,
      '"output" is missing',
    ],
    [
      'a number out of range',
      'models:\n  a:\n    endpoint: http://a\n    breaker:\n      error_rate: 3',
      'models.a.breaker.error_rate',
      5,
      'must be 0 to 1',
    ],
    [
      'a fractional count',
      'models:\n  a:\n    endpoint: http://a\n    limits: {max_concurrent: 1.5}',
      'models.a.limits.max_concurrent',
      4,
      'whole number',
    ],
    [
      'a chain that names nobody',
      'models:\n  kimi:\n    endpoint: http://a\nrouting:\n  fallback_chain:\n    - kimi\n    - kimmi',
      'routing.fallback_chain[1]',
      7,
      'did you mean "kimi"?',
    ],
    [
      'a primary that is not there',
      'models:\n  kimi:\n    endpoint: http://a\nrouting:\n  primary: kmi',
      'routing.primary',
      5,
      'did you mean "kimi"?',
    ],
    [
      'a condition on nobody',
      'models:\n  kimi:\n    endpoint: http://a\n    usage_policy:\n      use_when: [kimy_unhealthy]',
      'models.kimi.usage_policy.use_when[0]',
      5,
      'did you mean "kimi_unhealthy"?',
    ],
    [
      'a misspelt condition',
      'models:\n  kimi:\n    endpoint: http://a\n    usage_policy:\n      use_when: [benchmark_mode]',
      'models.kimi.usage_policy.use_when[0]',
      5,
      'did you mean "benchmarking_mode"?',
    ],
    ['an entry that cannot be reached', 'models:\n  kimi:\n    priority: 1', 'models.kimi', 2, 'needs an endpoint'],
    ['a vLLM entry without endpoint', 'models:\n  kimi:\n    adapter: vllm', 'models.kimi', 2, 'endpoint is missing'],
    [
      'class and adapter at odds',
      'models:\n  a:\n    provider_class: GPT4Provider\n    adapter: xai',
      'models.a.adapter',
      4,
      'contradicts',
    ],
    [
      'a name twice',
      'models: {a: {endpoint: http://a}}\nrouting: {fallback_chain: [a, a]}',
      'routing.fallback_chain[1]',
      2,
      'twice',
    ],
    ['a bad name', 'models:\n  "a b": {endpoint: http://a}', 'models.a b', 2, 'provider names are'],
    ['a reserved name', 'models:\n  auto: {endpoint: http://a}', 'models.auto', 2, 'choose another name'],
    [
      'thresholds in the wrong order',
      'models: {a: {endpoint: http://a}}\ntiers: {thresholds: {fast_below: 7}, fast: {}}\n',
      'tiers.fast',
      2,
      'needs a provider',
    ],
    [
      'postgres without url',
      'models: {a: {endpoint: http://a}}\nstorage: {driver: postgres}',
      'storage.driver',
      2,
      'storage.url',
    ],
    [
      'something that is no URL',
      'models:\n  a: {endpoint: kimi:8000}',
      'models.a.endpoint',
      2,
      'http:// or https:// URL',
    ],
    [
      'a number that has no end',
      'models:\n  a:\n    endpoint: http://a\n    limits: { usd_per_day: .inf }',
      'models.a.limits.usd_per_day',
      4,
      '"usd_per_day" must be a finite number, not .inf',
    ],
    [
      'what is no number',
      'models:\n  a:\n    endpoint: http://a\n    limits: { usd_per_day: .nan }',
      'models.a.limits.usd_per_day',
      4,
      '"usd_per_day" must be a finite number, not .nan',
    ],
    [
      'half a range',
      'models:\n  a:\n    endpoint: http://a\n    capabilities:\n      thinking_budget_range: [1000]',
      'models.a.capabilities.thinking_budget_range',
      5,
      '"thinking_budget_range" must be a list of two numbers, the lower one first',
    ],
    [
      'an empty range',
      'models:\n  a:\n    endpoint: http://a\n    capabilities:\n      thinking_budget_range: []',
      'models.a.capabilities.thinking_budget_range',
      5,
      'must be a list of two numbers',
    ],
    [
      'a channel that is neither on nor off',
      'models: {a: {endpoint: http://a}}\nnotify: {desktop: loud}',
      'notify.desktop',
      2,
      'must be true, false, or a mapping with minimum_severity',
    ],
    [
      'an entry that is its own fallback',
      'models:\n  a:\n    endpoint: http://a\n    fallbacks:\n      - b\n      - a\n  b: {endpoint: http://b}',
      'models.a.fallbacks[1]',
      6,
      '"a" cannot be its own fallback',
    ],
    [
      'a call site that names itself',
      'models: {a: {endpoint: http://a}}\npolicy:\n  call_sites:\n    c:\n      model: call-site:c',
      'policy.call_sites.c.model',
      5,
      'the call site c names itself and can never answer; name a model, an entry or a tier',
    ],
    [
      'call sites that name each other',
      'models: {a: {endpoint: http://a}}\npolicy:\n  call_sites:\n    x: {model: call-site:y}\n    y: {model: call-site:z}\n    z: {model: call-site:y}',
      'policy.call_sites.z.model',
      6,
      'the call sites z, y name each other and can never answer',
    ],
    [
      'a second document',
      'models: {a: {endpoint: http://a}}\n---\nmodels: {}\n',
      '',
      2,
      'a second YAML document begins here; keep one',
    ],
    ['a key twice', 'models: {a: {endpoint: http://a}}\nmodels: {}', '', 2, 'not valid YAML'],
    ['broken YAML', 'models:\n  a: {endpoint: http://a\nrouting: 1', '', 3, 'not valid YAML'],
    ['an empty file', '# nothing', '', null, 'The file is empty'],
    ['a file without providers', 'monitoring: {alert_on_fallback: false}', '', null, 'There is no provider'],
    ['a list for a file', '- a', '', 1, 'must be a mapping, not a list'],
  ])('name %s with its place and the way out', (_what, text, path, line, message) => {
    const problems = problemsOf(text);
    expect(problems).toContainEqual({ path, line, message: expect.stringContaining(message) });
  });

  it('are reported all at once, in the order of the file', () => {
    const problems = problemsOf(
      'models:\n  a:\n    endpont: http://a\n  b:\n    endpoint: http://b\n    priority: x\nrouting:\n  primary: c\n  colour: red\n',
    );
    expect(problems.map(({ line, path }) => [line, path])).toEqual([
      [2, 'models.a'],
      [3, 'models.a.endpont'],
      [6, 'models.b.priority'],
      [8, 'routing.primary'],
      [9, 'routing.colour'],
    ]);
  });

  it('never repeat a key that was pasted in place of its name', () => {
    const problems = problemsOf(
      'models:\n  a:\n    adapter: anthropic\n    provider_kwargs: {api_key_env: sk-ant-secret}',
    );
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain('sk-ant');
  });

  it('never repeat credentials in an endpoint', () => {
    const problems = problemsOf('models:\n  a: {endpoint: "http://me:hunter2@a/v1"}');
    expect(problems[0]?.message).toContain('without user name and password');
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('read as compiler messages', () => {
    expect(formatProblems(problemsOf('models:\n  a:\n    adapter: antropic'), 'r.yaml')).toBe(
      'r.yaml:3: models.a.adapter: "antropic" is not a valid value; did you mean "anthropic"?',
    );
    expect(formatProblems(problemsOf(''), 'r.yaml')).toBe('r.yaml: The file is empty; it needs a "models" section.');
  });
});

describe('what the environment adds', () => {
  const KIMI = 'models:\n  kimi:\n    endpoint: http://kimi:8000/v1\n';

  it('the four APIs exist by their key, behind every entry and outside the chain', () => {
    const environment = { ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'o', KIMI_API_KEY: 'k', XAI_API_KEY: 'x' };
    const { registry } = load(KIMI, environment);
    expect(registry.providers.map(({ name, implicit, model }) => [name, implicit, model])).toEqual([
      ['kimi', false, null],
      ['anthropic', true, 'claude-haiku-4-5-20251001'],
      ['openai', true, 'gpt-4o-mini'],
      ['moonshot', true, 'kimi-k2-0905-preview'],
      ['xai', true, 'grok-4-fast-reasoning'],
    ]);
    expect(registry.routing.fallbackChain).toEqual(['kimi']);
    expect(provider(registry, 'anthropic').priority).toBe(100);
  });

  it('an API that the file defines is the file’s', () => {
    const { registry } = load(`${KIMI}  anthropic:\n    adapter: anthropic\n    limits: {requests_per_day: 5}\n`, {
      ANTHROPIC_API_KEY: 'a',
    });
    expect(provider(registry, 'anthropic')).toMatchObject({ implicit: false, limits: { requests_per_day: 5 } });
    expect(registry.providers).toHaveLength(2);
  });

  it('an API that a chain names exists without its key, with a warning', () => {
    const { registry, warnings } = load(`${KIMI}routing: {fallback_chain: [kimi, openai]}\n`);
    expect(registry.routing.fallbackChain).toEqual(['kimi', 'openai']);
    expect(warnings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('OPENAI_API_KEY is not set') }),
    );
  });

  it.each([
    ['ANTHROPIC_BASE_URL', 'http://127.0.0.1:9/v1/', 'anthropic', 'http://127.0.0.1:9'],
    ['OPENAI_BASE_URL', 'http://127.0.0.1:9/v1/', 'openai', 'http://127.0.0.1:9/v1'],
    ['KIMI_BASE_URL', 'http://127.0.0.1:9', 'moonshot', 'http://127.0.0.1:9/v1'],
    ['XAI_BASE_URL', 'http://127.0.0.1:9/x/v1', 'xai', 'http://127.0.0.1:9/x/v1'],
    ['XAI_BASE_URL', 'nonsense', 'xai', 'https://api.x.ai/v1'],
    ['OPENAI_BASE_URL', 'localhost:8000/v1', 'openai', 'https://api.openai.com/v1'],
    ['ANTHROPIC_BASE_URL', 'ftp://127.0.0.1', 'anthropic', 'https://api.anthropic.com'],
  ])('%s=%s moves %s', (key, value, name, baseUrl) => {
    const keys = { ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'o', KIMI_API_KEY: 'k', XAI_API_KEY: 'x' };
    expect(provider(load(KIMI, { ...keys, [key]: value }).registry, name).baseUrl).toBe(baseUrl);
  });

  it('KIMI_K2_ENDPOINT moves the self-hosted Kimi and its health check with it', () => {
    const { registry } = load(sample('model_registry.yaml'), { KIMI_K2_ENDPOINT: 'http://127.0.0.1:8123/v1' });
    expect(provider(registry, 'kimi_k2_self_hosted')).toMatchObject({
      baseUrl: 'http://127.0.0.1:8123/v1',
      healthCheck: { endpoint: 'http://127.0.0.1:8123/health' },
    });
  });

  it.each(['kimi-k2-service:8000/v1', 'nonsense'])('KIMI_K2_ENDPOINT=%s is no address, and is told of', (value) => {
    const kimi = 'models:\n  k:\n    provider_class: KimiK2SelfHostedProvider\n';
    const { registry, warnings } = load(`${kimi}    endpoint: http://k:1/v1\n`, { KIMI_K2_ENDPOINT: value });
    expect(provider(registry, 'k').baseUrl).toBe('http://k:1/v1');
    expect(warnings.map(({ message }) => message)).toContain(
      'KIMI_K2_ENDPOINT in the environment is not an http:// or https:// URL and is ignored',
    );
    expect(problemsOf(kimi, { KIMI_K2_ENDPOINT: value })[0]?.message).toContain('the endpoint is missing');
  });

  it('KIMI_K2_ENDPOINT leaves a health check on another host alone', () => {
    const text =
      'models:\n  k:\n    provider_class: KimiK2SelfHostedProvider\n    endpoint: http://k:1/v1\n    health_check: {endpoint: http://watch:2/k}\n';
    const { registry } = load(text, { KIMI_K2_ENDPOINT: 'http://n:3/v1' });
    expect(provider(registry, 'k').healthCheck.endpoint).toBe('http://watch:2/k');
  });

  it.each<[string, Environment, string, boolean]>([
    ['is on by default', {}, '', true],
    ['is off in production', { SWITCHYARD_ENV: 'production' }, '', false],
    ['is on in staging', { SWITCHYARD_ENV: 'staging' }, '', true],
    ['obeys the file', {}, 'policy: {restrict_models: false}', false],
    ['obeys the environment above the file', { RESTRICT_MODELS: 'true' }, 'policy: {restrict_models: false}', true],
    ['obeys the environment in development', { RESTRICT_MODELS: 'false' }, '', false],
    ['ignores a word that is neither', { RESTRICT_MODELS: 'perhaps' }, '', true],
  ])('the restriction of models %s', (_what, environment, policy, expected) => {
    expect(load(KIMI + policy, environment).registry.policy.restrictModels).toBe(expected);
  });

  it('ALERT_ON_FALLBACK is above the file', () => {
    const text = `${KIMI}monitoring: {alert_on_fallback: true}`;
    expect(load(text, { ALERT_ON_FALLBACK: 'false' }).registry.monitoring.alertOnFallback).toBe(false);
  });

  it('alone it is a registry: the cheapest safe API first, the others behind it', () => {
    const registry = defaultRegistry({ OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a' });
    expect(registry.routing).toMatchObject({ primary: 'anthropic', fallbackChain: ['anthropic', 'openai'] });
    expect(defaultRegistry({})).toMatchObject({ providers: [], routing: { primary: '', fallbackChain: [] } });
  });
});

describe('defaults and precedence', () => {
  it('entries without a priority rank behind the others, each for itself', () => {
    const { registry } = load(
      'models:\n  a: {endpoint: http://a}\n  b: {adapter: anthropic}\n  c: {endpoint: http://c, priority: 3}\n',
    );
    expect(registry.providers.map(({ name, priority }) => [name, priority])).toEqual([
      ['c', 3],
      ['a', 4],
      ['b', 5],
    ]);
  });

  it('the primary stands first in the chain, wherever the file has it', () => {
    const { registry, warnings } = load(
      'models: {a: {endpoint: http://a}, b: {endpoint: http://b}}\nrouting: {primary: b, fallback_chain: [a, b]}',
    );
    expect(registry.routing.fallbackChain).toEqual(['b', 'a']);
    expect(warnings).toHaveLength(1);
  });

  it('a chain without a primary begins with it; a switched-off entry is never the default primary', () => {
    expect(
      load('models: {a: {endpoint: http://a}, b: {endpoint: http://b}}\nrouting: {fallback_chain: [b]}').registry
        .routing.primary,
    ).toBe('b');
    expect(
      load('models: {a: {endpoint: http://a, enabled: false}, b: {endpoint: http://b}}').registry.routing.primary,
    ).toBe('b');
  });

  it('limits win over the usage policy, an entry’s retries over the routing’s', () => {
    const { registry } = load(`
models:
  a:
    endpoint: http://a
    usage_policy: {max_concurrent_requests: 5, max_requests_per_day: 9}
    limits: {max_concurrent: 7}
    retry: {max_retries: 4}
  b: {endpoint: http://b}
routing: {retry_on_failure: false, health_check_interval_seconds: 7}
`);
    expect(provider(registry, 'a').limits).toEqual({ max_concurrent: 7, requests_per_day: 9, queueTimeoutMs: 10_000 });
    expect(provider(registry, 'a').retry.maxRetries).toBe(4);
    expect(provider(registry, 'b').retry.maxRetries).toBe(0);
    expect(provider(registry, 'b').healthCheck.intervalMs).toBe(7_000);
  });

  it('built-in call sites exist unless the file defines one of the name', () => {
    const { registry } = load('models: {a: {endpoint: http://a}}\npolicy: {call_sites: {chat: {model: a}}}');
    expect(registry.policy.callSites).toEqual([
      { name: 'chat', env: null, model: 'a', objective: 'latency', streamFailover: null },
      {
        name: 'processing',
        env: 'PROCESSING_BACKEND_MODEL_NAME',
        model: null,
        objective: 'throughput',
        streamFailover: null,
      },
    ]);
  });

  it('a tier may name only a provider or only a model', () => {
    const { registry } = load(
      'models: {a: {endpoint: http://a}}\ntiers: {fast: {provider: a}, balanced: {provider: openai, model: gpt-4o-mini}, powerful: {model: grok-4}}',
    );
    expect(registry.tiers.models).toEqual({
      fast: { provider: 'a', model: null },
      balanced: { provider: 'openai', model: 'gpt-4o-mini' },
      powerful: { provider: 'xai', model: 'grok-4' },
    });
  });

  it('merge keys and anchors work, and problems in them have a line', () => {
    const text =
      'models:\n  a: &base\n    endpoint: http://a\n    retry: {max_retries: 1}\n  b:\n    <<: *base\n    endpoint: http://b\n';
    expect(provider(load(text).registry, 'b')).toMatchObject({ baseUrl: 'http://b/v1', retry: { maxRetries: 1 } });
  });

  it('the version follows the content and nothing else', () => {
    const text = 'models: {a: {endpoint: http://a}}';
    const version = load(text).registry.version;
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(load(`# a comment\n${text}\n`).registry.version).toBe(version);
    expect(load('models: {a: {endpoint: http://b}}').registry.version).not.toBe(version);
  });
});
