import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADAPTER_KINDS } from '../../../shared/domain/provider.ts';
import { effortToParameters } from '../../../electron/engine/providers/effort.ts';
import { claudeVersion, modelFacts } from '../../../electron/engine/providers/model-facts.ts';

const MODELS = [
  'claude-3-haiku-20240307',
  'claude-3-7-sonnet-20250219',
  'claude-opus-4-20250514',
  'claude-haiku-4-5-20251001',
  'claude-opus-4-6',
  'claude-opus-4-8',
  'claude-sonnet-5',
  'gpt-4-turbo',
  'gpt-5',
  'o3',
  'kimi-k2-thinking',
  'grok-4-fast-reasoning',
  'grok-3-mini',
];

test.each([
  [0, 0.3, 2048],
  [0.29, 0.474, 2048],
  [0.3, 0.48, 4096],
  [0.59, 0.654, 4096],
  [0.6, 0.66, 8192],
  [1, 0.9, 8192],
])('effort %d is temperature %d and %d tokens', (effort, temperature, maxTokens) => {
  const parameters = effortToParameters(effort, modelFacts('openai', 'gpt-4o'));
  expect(parameters.temperature).toBeCloseTo(temperature, 3);
  expect(parameters.maxTokens).toBe(maxTokens);
});

describe('thinking follows the model', () => {
  test.each([
    ['claude-haiku-4-5-20251001', { type: 'enabled', budgetTokens: 6144 }, null, null],
    ['claude-opus-4-6', { type: 'adaptive' }, 'high', null],
    ['claude-sonnet-5', { type: 'adaptive' }, 'high', null],
    ['claude-3-haiku-20240307', null, null, 0.9],
  ])('%s at full effort', (model, thinking, reasoningEffort, temperature) => {
    expect(effortToParameters(1, modelFacts('anthropic', model))).toMatchObject({
      thinking,
      reasoningEffort,
      temperature,
    });
  });

  test('no thinking is asked for at little effort', () => {
    expect(effortToParameters(0.4, modelFacts('anthropic', 'claude-opus-4-20250514')).thinking).toBeNull();
  });
});

test('whatever the model and effort: a budget is at least 1024, inside its range and below the output limit', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ADAPTER_KINDS),
      fc.constantFrom(...MODELS),
      fc.double({ min: -1, max: 2, noNaN: true }),
      (adapter, model, effort) => {
        const facts = modelFacts(adapter, model);
        const { thinking, maxTokens, temperature } = effortToParameters(effort, facts);
        expect(maxTokens).toBeLessThanOrEqual(facts.maximumOutputTokens ?? 8192);
        if (facts.refusedParameters.includes('temperature')) expect(temperature).toBeNull();
        if (thinking?.type !== 'enabled') return;
        const [low, high] = facts.thinkingBudgetRange ?? [1024, Number.POSITIVE_INFINITY];
        expect(thinking.budgetTokens).toBeGreaterThanOrEqual(Math.max(1024, low));
        expect(thinking.budgetTokens).toBeLessThanOrEqual(high);
        expect(thinking.budgetTokens).toBeLessThan(maxTokens);
      },
    ),
  );
});

test.each([
  ['claude-opus-4-7', 407],
  ['claude-3-5-sonnet-20241022', 305],
  ['claude-haiku-4-5-20251001', 405],
  ['claude-opus-4-20250514', 400],
  ['claude-sonnet-5', 500],
  ['claude-fable-5-1', 501],
  ['claude-mythos-preview', null],
])('version of %s', (model, version) => {
  expect(claudeVersion(model)).toBe(version);
});

test.each([
  ['anthropic', 'claude-sonnet-4-5', { prefill: true, thinking: 'enabled', jsonSchema: true }],
  ['anthropic', 'claude-opus-4-6', { prefill: false, thinking: 'adaptive', refusedParameters: [] }],
  ['anthropic', 'claude-opus-4-7', { prefill: false, refusedParameters: ['temperature', 'top_p', 'top_k'] }],
  ['openai', 'o3', { thinking: 'reasoning_effort' }],
  ['openai', 'gpt-5-chat-latest', { thinking: 'none', refusedParameters: [] }],
  ['xai', 'grok-4-fast-non-reasoning', { thinking: 'none', contextWindow: 2_000_000, refusedParameters: [] }],
  ['xai', 'grok-4-fast-reasoning', { refusedParameters: ['presence_penalty', 'frequency_penalty', 'stop'] }],
  ['moonshot', 'kimi-k2-0905-preview', { thinking: 'none', contextWindow: 262_144 }],
  ['moonshot', 'kimi-k2.5', { thinking: 'always', images: true }],
  ['moonshot', 'moonshot-v1-32k', { contextWindow: 32_768 }],
] as const)('facts of %s %s', (adapter, model, facts) => {
  expect(modelFacts(adapter, model)).toMatchObject(facts);
});
