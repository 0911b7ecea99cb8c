import { describe, expect, it } from 'vitest';
import { cacheSavingsMicroUsd, computeCost } from '../../../electron/engine/cost/compute-cost.ts';
import type { PriceContext } from '../../../electron/engine/cost/types.ts';
import { tierOf } from '../../../electron/engine/policy/complexity.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Usage } from '../../../shared/domain/request.ts';

const parsed = parseRegistry('models: {}', {
  environment: { ANTHROPIC_API_KEY: 'a', KIMI_API_KEY: 'k', OPENAI_API_KEY: 'o' },
  path: null,
});
if (!parsed.ok) throw new Error('The default registry holds.');
const { tiers } = parsed.registry;

function usage(changes: Partial<Usage>): Usage {
  return {
    input_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    estimated: false,
    ...changes,
  };
}

function priced(input: number, output = 0, cacheRead: number | null = null): PriceContext {
  return {
    adapter: 'openai-compatible',
    deployment: 'api',
    at: Date.UTC(2026, 10, 20),
    pricing: { input, output, cacheRead, cacheWrite: null },
  };
}

describe('the tier table', () => {
  it.each([
    [0, 'fast', 'anthropic', 'claude-3-haiku-20240307'],
    [2.99, 'fast', 'anthropic', 'claude-3-haiku-20240307'],
    [3, 'balanced', 'moonshot', 'kimi-k2-0905-preview'],
    [5, 'balanced', 'moonshot', 'kimi-k2-0905-preview'],
    [6.5, 'balanced', 'moonshot', 'kimi-k2-0905-preview'],
    [6.51, 'powerful', 'anthropic', 'claude-3-5-sonnet-20241022'],
    [10, 'powerful', 'anthropic', 'claude-3-5-sonnet-20241022'],
  ])('complexity %s is %s: %s, %s', (complexity, tier, provider, model) => {
    const chosen = tierOf(complexity, tiers);
    expect(chosen).toBe(tier);
    expect(tiers.models[chosen]).toEqual({ provider, model });
  });

  it.each([
    ['fast', 0.25],
    ['balanced', 0.15],
    ['powerful', 3],
  ])('a million input tokens of %s at its rate cost %s USD', (_tier, rate) => {
    expect(computeCost('any', usage({ input_tokens: 1_000_000 }), priced(rate)).costUsd).toBe(rate);
  });

  it('weighs the agent with 60 % and the step with 40 %', () => {
    expect(tiers.weights).toMatchObject({ agent: 0.6, step: 0.4 });
  });
});

describe('the cost of a request', () => {
  it('is input and output tokens at their rates per million, and is known', () => {
    const cost = computeCost('any', usage({ input_tokens: 1200, output_tokens: 300 }), priced(3, 15));
    expect(cost).toMatchObject({ costUsd: (1200 * 3 + 300 * 15) / 1_000_000, pricingUnknown: false });
  });

  it('without a rate is unknown, which is not zero', () => {
    const context: PriceContext = { ...priced(1), pricing: null };
    const cost = computeCost('a-model-of-tomorrow', usage({ input_tokens: 1200 }), context);
    expect(cost).toMatchObject({ costUsd: 0, pricingUnknown: true });
  });
});

describe('a workflow of ten steps with one long prompt', () => {
  const MILLION = 1_000_000;
  const kimi = priced(0.15, 0, 0.015);
  const steps = [
    usage({ input_tokens: MILLION }),
    ...Array.from({ length: 9 }, () => usage({ input_tokens: MILLION, cache_read_tokens: MILLION })),
  ];
  const sum = (context: PriceContext) =>
    steps.reduce((total, step) => total + computeCost('any', step, context).costMicroUsd, 0) / MILLION;

  it('costs 1.50 USD without a cache and 0.285 USD with it, which saves 81 %', () => {
    const uncached = sum(priced(0.15));
    const cached = sum(kimi);
    expect(uncached).toBe(1.5);
    expect(cached).toBe(0.285);
    expect(Math.round((1 - cached / uncached) * 100)).toBe(81);
  });

  it('shows what the cache saved on every step but the first', () => {
    const saved = steps.map((step) => cacheSavingsMicroUsd('any', step, kimi) / MILLION);
    expect(saved).toEqual([0, ...Array.from({ length: 9 }, () => 0.135)]);
  });
});
