import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../../shared/domain/request.ts';
import type { AdapterKind } from '../../../shared/domain/provider.ts';
import { computeCost, estimateCost } from '../../../electron/engine/cost/compute-cost.ts';
import { toMicroUsd } from '../../../electron/engine/store/money.ts';
import type { PriceContext } from '../../../electron/engine/cost/types.ts';

const AT = Date.UTC(2026, 10, 1);
const MILLION = 1_000_000;

function usage(input: number, output: number, cacheRead = 0, cacheWrite = 0): Usage {
  return {
    input_tokens: input,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    output_tokens: output,
    reasoning_tokens: 0,
    estimated: false,
  };
}

function at(adapter: AdapterKind, more: Partial<PriceContext> = {}): PriceContext {
  return { adapter, deployment: 'api', pricing: null, at: AT, ...more };
}

describe('list prices in USD per million tokens', () => {
  it.each<[string, AdapterKind, number, number]>([
    ['claude-haiku-4-5', 'anthropic', 1, 5],
    ['claude-haiku-4-5-20251001', 'anthropic', 1, 5],
    ['claude-sonnet-4-6', 'anthropic', 3, 15],
    ['claude-opus-4-20250514', 'anthropic', 15, 75],
    ['claude-opus-4-6', 'anthropic', 5, 25],
    ['claude-3-haiku-20240307', 'anthropic', 0.25, 1.25],
    ['gpt-4o-mini', 'openai', 0.15, 0.6],
    ['gpt-4-turbo', 'openai', 10, 30],
    ['gpt-5', 'openai', 1.25, 10],
    ['grok-4-fast-reasoning', 'xai', 0.2, 0.5],
    ['kimi-k2-0905-preview', 'moonshot', 0.6, 2.5],
  ])('%s at %s costs %d in and %d out', (model, adapter, input, output) => {
    expect(computeCost(model, usage(100_000, 0), at(adapter))).toEqual({
      costUsd: expect.closeTo(input / 10, 9),
      costMicroUsd: Math.round(input * 100_000),
      pricingUnknown: false,
    });
    expect(computeCost(model, usage(0, 100_000), at(adapter)).costMicroUsd).toBe(Math.round(output * 100_000));
  });

  it('have cached tokens as a part of the input, never on top', () => {
    // Ten steps with one prompt: the first pays in full, nine read it from the cache at 0.15 instead of 0.60.
    const first = computeCost('kimi-k2-0905-preview', usage(MILLION, 0), at('moonshot'));
    const cached = computeCost('kimi-k2-0905-preview', usage(MILLION, 0, MILLION), at('moonshot'));
    expect(first.costMicroUsd).toBe(600_000);
    expect(cached.costMicroUsd).toBe(150_000);
    expect(first.costMicroUsd + 9 * cached.costMicroUsd).toBe(1_950_000);
  });

  it('charge what is written to the cache for an hour at twice the input, and the rest at one and a quarter', () => {
    const written = { ...usage(2100, 200, 0, 2000), cache_write_1h_tokens: 500 };
    // 100 fresh at 1, 1,500 for five minutes at 1.25, 500 for an hour at 2, 200 out at 5 USD a million.
    expect(computeCost('claude-haiku-4-5', written, at('anthropic')).costMicroUsd).toBe(100 + 1875 + 1000 + 1000);
    const none = { ...written, cache_write_1h_tokens: 9999, cache_write_tokens: 0 };
    expect(computeCost('claude-haiku-4-5', none, at('anthropic')).costMicroUsd).toBe(2100 + 1000);
  });

  it('charge cache writes at their own rate', () => {
    expect(computeCost('claude-haiku-4-5', usage(100_000, 0, 0, 100_000), at('anthropic')).costMicroUsd).toBe(125_000);
  });
});

describe('an unknown price is a fact, not a zero', () => {
  it.each<[string, AdapterKind]>([
    ['gpt-99-nobody-knows', 'openai'],
    ['claude-nope', 'anthropic'],
    ['gpt-4o', 'anthropic'],
    ['llama-3', 'openai-compatible'],
  ])('%s at %s', (model, adapter) => {
    expect(computeCost(model, usage(1000, 1000), at(adapter))).toEqual({
      costUsd: 0,
      costMicroUsd: 0,
      pricingUnknown: true,
    });
  });
});

describe('whose price counts', () => {
  const pricing = { input: 2, output: 4, cacheRead: 0.5, cacheWrite: null };

  it('the registry’s is above the list’s and above a self-hosted zero', () => {
    expect(computeCost('gpt-5', usage(MILLION, MILLION), at('openai', { pricing })).costMicroUsd).toBe(6 * MILLION);
    const own = at('vllm', { deployment: 'self-hosted', pricing });
    expect(computeCost('kimi', usage(MILLION, 0), own).costMicroUsd).toBe(2 * MILLION);
  });

  it('the registry’s cached rates apply, and fresh input’s where it names none', () => {
    const cost = computeCost('gpt-5', usage(1000, 0, 400, 100), at('openai', { pricing }));
    expect(cost.costMicroUsd).toBe(500 * 2 + 400 * 0.5 + 100 * 2);
  });

  it('a self-hosted server’s tokens cost nothing, and that is known', () => {
    expect(computeCost('anything', usage(1000, 1000), at('vllm', { deployment: 'self-hosted' }))).toEqual({
      costUsd: 0,
      costMicroUsd: 0,
      pricingUnknown: false,
    });
  });

  it('without a context the vendor is told from the model’s name', () => {
    expect(computeCost('grok-4-fast-reasoning', usage(MILLION, 0))).toMatchObject({ pricingUnknown: false });
    expect(computeCost('some-local-model', usage(MILLION, 0))).toMatchObject({ pricingUnknown: true, costUsd: 0 });
  });
});

describe('rounding and rubbish', () => {
  it.each([
    [0.5, 1, 1],
    [0.4, 1, 0],
    [0.15, 3, 0],
    [0.15, 10, 2],
    [2.5, 1, 3],
    [0.1, 5, 1],
  ])('%d USD per million times %d tokens is %d micro-dollars, half up', (rate, tokens, expected) => {
    const pricing = { input: rate, output: 0, cacheRead: null, cacheWrite: null };
    expect(computeCost('m', usage(tokens, 0), at('openai', { pricing })).costMicroUsd).toBe(expected);
  });

  it('more cached tokens than input, or negative ones, never cost more than the input or less than nothing', () => {
    expect(computeCost('gpt-5', usage(1000, 0, 5000), at('openai')).costMicroUsd).toBe(125);
    expect(computeCost('gpt-5', usage(-5, -5, -5), at('openai')).costMicroUsd).toBe(0);
  });

  it('a reservation is the dearest outcome: fresh input and all the output', () => {
    expect(estimateCost('gpt-5', 1000, 100, at('openai')).costMicroUsd).toBe(1250 + 1000);
    expect(estimateCost('gpt-99', 1000, 100, at('openai')).pricingUnknown).toBe(true);
  });
});

describe('cost is additive', () => {
  const tokens = fc.nat({ max: 90_000 });
  const usages = fc
    .tuple(tokens, tokens, tokens, tokens)
    .map(([fresh, output, read, write]) => usage(fresh + read + write, output, read, write));
  const contexts = fc.constantFrom<[string, PriceContext]>(
    ['kimi-k2-0905-preview', at('moonshot')],
    ['claude-haiku-4-5', at('anthropic')],
    ['gpt-4o-mini', at('openai')],
    ['m', at('openai', { pricing: { input: 0.37, output: 1.91, cacheRead: 0.07, cacheWrite: null } })],
  );

  it('over usage, to the rounding of each attempt', () => {
    fc.assert(
      fc.property(contexts, usages, usages, ([model, context], left, right) => {
        const both = usage(
          left.input_tokens + right.input_tokens,
          left.output_tokens + right.output_tokens,
          left.cache_read_tokens + right.cache_read_tokens,
          left.cache_write_tokens + right.cache_write_tokens,
        );
        const parts = [left, right].map((part) => computeCost(model, part, context));
        const whole = computeCost(model, both, context);
        const sum = (parts[0]?.costMicroUsd ?? 0) + (parts[1]?.costMicroUsd ?? 0);
        expect(Math.abs(whole.costMicroUsd - sum)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('and the same in USD as in what is stored, so that no two sums of it differ', () => {
    fc.assert(
      fc.property(contexts, usages, ([model, context], some) => {
        const { costUsd, costMicroUsd } = computeCost(model, some, context);
        expect(costUsd).toBe(costMicroUsd / MILLION);
        expect(toMicroUsd(costUsd)).toBe(costMicroUsd);
      }),
    );
  });

  it('and whole, never negative, and never less for more tokens', () => {
    fc.assert(
      fc.property(contexts, usages, tokens, ([model, context], some, more) => {
        const less = computeCost(model, some, context);
        const greater = computeCost(model, { ...some, output_tokens: some.output_tokens + more }, context);
        expect(Number.isInteger(less.costMicroUsd)).toBe(true);
        expect(less.costMicroUsd).toBeGreaterThanOrEqual(0);
        expect(greater.costMicroUsd).toBeGreaterThanOrEqual(less.costMicroUsd);
      }),
    );
  });
});
