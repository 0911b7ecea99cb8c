import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import { configuredFacts } from '../../../electron/engine/providers/capabilities.ts';
import { estimateTokens, loadCounter, tokenCounter } from '../../../electron/engine/providers/estimate-tokens.ts';
import { parsePrometheusText } from '../../../electron/engine/providers/prometheus-text.ts';
import { readLoad } from '../../../electron/engine/providers/scrape-load.ts';
import { providerConfig } from '../../support/providers-config.ts';

function ask(content: string) {
  return parseOpenAiRequest({ model: 'm', messages: [{ role: 'user', content }] });
}

test('an estimate is never 0 and grows with the text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ minLength: 8, maxLength: 200 }), (text, more) => {
      const few = estimateTokens(ask(text), null);
      expect(few).toBeGreaterThanOrEqual(1);
      expect(estimateTokens(ask(text + more), null)).toBeGreaterThan(few);
    }),
  );
});

test('short texts are counted exactly, long ones by their length', async () => {
  await loadCounter();
  const count = tokenCounter();
  expect(estimateTokens(ask('hello world'), count)).toBe(2 + 4);
  expect(estimateTokens(ask('a '.repeat(5000)), count)).toBe(2500 + 4);
  expect(estimateTokens(ask('<|endoftext|>'), count)).toBeGreaterThan(4);
});

test('vLLM’s gauges are summed over engines, under the old and the new name of the KV gauge', () => {
  const page = (kv: string) => `# HELP x y
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_running{engine="1",model_name="m"} 2.0
vllm:num_requests_waiting{engine="0",model_name="a } b"} 7
${kv}{engine="0"} 0.5
${kv}{engine="1"} 1
vllm:generation_tokens_total{engine="0"} 1.5e3
not a sample`;
  const expected = { running: 5, waiting: 7, kvCacheUsage: 0.75, generatedTokens: 1500 };
  expect(readLoad(parsePrometheusText(page('vllm:kv_cache_usage_perc')))).toEqual(expected);
  expect(readLoad(parsePrometheusText(page('vllm:gpu_cache_usage_perc')))).toEqual(expected);
});

test('what a server does not expose is unknown, never 0', () => {
  expect(readLoad(parsePrometheusText('llamacpp:requests_processing 0\nllamacpp:requests_deferred 0'))).toEqual({
    running: 0,
    waiting: 0,
    kvCacheUsage: null,
    generatedTokens: null,
  });
  expect(readLoad([])).toEqual({ running: null, waiting: null, kvCacheUsage: null, generatedTokens: null });
});

test('the registry’s word on an entry stands above the facts', () => {
  const config = providerConfig({
    capabilities: {
      thinking: true,
      images: true,
      contextWindow: 1000,
      thinkingBudgetRange: [1000, 256_000],
      strengths: ['x'],
    },
  });
  expect(configuredFacts(config, 'kimi-k2')).toMatchObject({
    thinking: 'always',
    images: true,
    contextWindow: 1000,
    thinkingBudgetRange: [1000, 256_000],
    strengths: ['x'],
  });
  expect(configuredFacts(providerConfig({ capabilities: { thinking: false } }), 'kimi-k2-thinking').thinking).toBe(
    'none',
  );
  const claude = providerConfig({
    adapter: 'anthropic',
    deployment: 'api',
    capabilities: { thinking: true, thinkingBudgetRange: [0, 0] },
  });
  expect(configuredFacts(claude, 'claude-opus-4-20250514')).toMatchObject({
    thinking: 'enabled',
    thinkingBudgetRange: [1024, 31_999],
  });
});
