import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cacheSavingsOf,
  defaultReferenceModel,
  infrastructureOf,
  listSavingsOf,
  referenceRates,
} from '../../../electron/engine/cost/accounting.ts';
import { cacheSavingsMicroUsd, computeCost } from '../../../electron/engine/cost/compute-cost.ts';
import { rateUsage } from '../../../shared/domain/pricing.ts';
import type { Usage } from '../../../shared/domain/request.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Registry } from '../../../electron/engine/registry/types.ts';

const AT = Date.UTC(2026, 10, 1);

function registryOf(text: string): Registry {
  const result = parseRegistry(text, { environment: {}, path: null });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

const registry = registryOf(`
models:
  kimi:
    adapter: vllm
    endpoint: http://127.0.0.1:8000/v1
    infrastructure_usd_per_hour: 4.5
  spare:
    adapter: vllm
    endpoint: http://127.0.0.1:8001/v1
  idle:
    adapter: vllm
    endpoint: http://127.0.0.1:8002/v1
    infrastructure_usd_per_hour: 2
    enabled: false
  claude:
    adapter: anthropic
    model: claude-haiku-4-5
  contract:
    adapter: openai
    model: house-model
    pricing: { input: 2, output: 8, cache_read: 0.5 }
`);

const usageArbitrary: fc.Arbitrary<Usage> = fc.record({
  input_tokens: fc.nat(200_000),
  cache_read_tokens: fc.nat(100_000),
  cache_write_tokens: fc.nat(100_000),
  output_tokens: fc.nat(8000),
  reasoning_tokens: fc.nat(4000),
  estimated: fc.boolean(),
});
const rateArbitrary = fc.nat(100_000).map((thousandths) => thousandths / 1000);
const ratesArbitrary = fc.record({
  input: rateArbitrary,
  output: rateArbitrary,
  cacheRead: fc.option(rateArbitrary),
  cacheWrite: fc.option(rateArbitrary),
});
const usage = (changes: Partial<Usage>): Usage => ({
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  estimated: false,
  ...changes,
});

describe('what the cache saved', () => {
  it('is the input uncached minus the input as it was billed', () => {
    // Haiku 4.5 lists at 1 USD per million tokens, 0.10 from the cache and 1.25 into it.
    const cached = usage({ input_tokens: 1_000_000, cache_read_tokens: 600_000, cache_write_tokens: 200_000 });
    const use = { provider: 'claude', model: 'claude-haiku-4-5', usage: cached, at: AT };
    expect(cacheSavingsOf(use, registry)).toBe(600_000 - 60_000 + (200_000 - 250_000));
  });

  it.each([
    ['a machine of one’s own', 'kimi'],
    ['a provider that is gone', 'nobody'],
  ])('is nothing for %s', (_name, provider) => {
    const cached = usage({ input_tokens: 100, cache_read_tokens: 50 });
    expect(cacheSavingsOf({ provider, model: 'x', usage: cached, at: AT }, registry)).toBe(0);
  });

  it('and the cost are the same whether a rate is in the registry or applied later', () => {
    fc.assert(
      fc.property(ratesArbitrary, usageArbitrary, (rates, used) => {
        const context = { adapter: 'openai', deployment: 'api', pricing: rates, at: AT } as const;
        expect(rateUsage(rates, used)).toEqual({
          costMicroUsd: computeCost('m', used, context).costMicroUsd,
          cacheSavingsMicroUsd: cacheSavingsMicroUsd('m', used, context),
        });
      }),
    );
  });
});

describe('what was saved against the list price', () => {
  const tokens = usage({ input_tokens: 1_000_000, output_tokens: 100_000 });

  it.each([
    // kimi-k2-0905-preview lists at 0.60 and 2.50 USD per million, claude-haiku-4-5 at 1 and 5, gpt-4o-mini at 0.15 and 0.60.
    ['a server of one’s own, by the vendor’s name', 'kimi', 'kimi-k2-0905-preview', 0, 850_000],
    ['open weights by the name of their repository', 'kimi', 'moonshotai/Kimi-K2-Instruct-0905', 0, 850_000],
    ['open weights of the first release', 'kimi', 'moonshotai/Kimi-K2-Instruct', 0, 850_000],
    ['an API billed at list price', 'claude', 'claude-haiku-4-5', 1.5, 0],
    ['an API billed by contract', 'contract', 'gpt-4o-mini', 0.1, 110_000],
    ['a contract dearer than the list', 'contract', 'gpt-4o-mini', 0.5, -290_000],
    ['a provider that is gone', 'nobody', 'claude-haiku-4-5', 1, 500_000],
    ['a model that nobody sells', 'kimi', 'house-model', 0, null],
    ['a model of a contract that no list has', 'contract', 'house-model', 1, null],
  ])('is told of %s', (_name, provider, model, cost, saved) => {
    expect(listSavingsOf({ provider, model, usage: tokens, at: AT }, cost, registry)).toBe(saved);
  });

  it('and what was paid are the list price together', () => {
    fc.assert(
      fc.property(usageArbitrary, fc.nat(5_000_000), (used, paid) => {
        const use = { provider: 'kimi', model: 'kimi-k2-0905-preview', usage: used, at: AT };
        const list = listSavingsOf(use, 0, registry) ?? Number.NaN;
        expect((listSavingsOf(use, paid / 1e6, registry) ?? Number.NaN) + paid).toBe(list);
      }),
    );
  });
});

describe('the rates of a reference model', () => {
  it.each([
    ['by its prefix', 'claude-haiku-4-5-20251001', { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 }],
    ['the first step of one with dearer long contexts', 'claude-sonnet-4-5', { input: 3, output: 15 }],
    ['of a name in the registry with its own pricing', 'contract', { input: 2, output: 8, cacheRead: 0.5 }],
    ['of an upstream id in the registry', 'house-model', { input: 2, output: 8, cacheWrite: null }],
    ['of a name in the registry at list price', 'claude', { input: 1, output: 5 }],
  ])('are found %s', (_name, model, rates) => {
    expect(referenceRates(model, registry, AT)).toMatchObject(rates);
  });

  it.each(['kimi', 'a-model-of-nobody', 'claude-of-the-future-99'])('are unknown for %s', (model) => {
    expect(referenceRates(model, registry, AT)).toBeNull();
  });
});

it('machines that cost money are the enabled ones of one’s own with a rate', () => {
  expect(infrastructureOf(registry)).toEqual([{ provider: 'kimi', usdPerHour: 4.5 }]);
});

describe('the model that savings are reckoned against', () => {
  const chain = (names: string, policy = '') =>
    registryOf(`
models:
  kimi: { adapter: vllm, endpoint: http://127.0.0.1:8000/v1 }
  spare: { adapter: vllm, endpoint: http://127.0.0.1:8001/v1 }
  off: { adapter: openai, model: gpt-4o, enabled: false }
  house: { adapter: openai, model: house-model }
  claude: { adapter: anthropic, model: claude-haiku-4-5 }
routing: { primary: kimi, fallback_chain: [${names}] }
policy: { default_model: ${policy || 'kimi'} }
`);

  it.each([
    ['the first paid API of the chain', 'kimi, claude', 'claude-haiku-4-5'],
    ['never a self-hosted one before it', 'kimi, spare, claude', 'claude-haiku-4-5'],
    ['never one of unknown price', 'kimi, house, claude', 'claude-haiku-4-5'],
    ['never one that is switched off', 'kimi, off, claude', 'claude-haiku-4-5'],
    ['the default model where the chain pays nobody', 'kimi, spare', 'kimi'],
  ])('is %s', (_, names, expected) => {
    expect(defaultReferenceModel(chain(names), AT)).toBe(expected);
  });
});
