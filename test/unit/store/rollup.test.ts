import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresOf, latenciesOf, NO_SAVINGS } from '../../../electron/engine/store/rollup.ts';
import type { CacheSavings, Figures, ListSavings } from '../../../electron/engine/store/rollup.ts';
import { requestsArbitrary } from '../../support/store-fixtures.ts';
import { noUsage, sampleAttempt, sampleRequest } from '../../support/store-plain-fixtures.ts';

function byProvider(request: Parameters<typeof figuresOf>[0]): Record<string, Figures> {
  return Object.fromEntries(
    figuresOf(request, NO_SAVINGS).map(({ key, figures }) => [`${key.provider}/${key.model}`, figures]),
  );
}

describe('the figures of a request', () => {
  it('count it once under who answered, with tokens and cost', () => {
    expect(byProvider(sampleRequest())).toEqual({
      'kimi/kimi-k2': {
        requests: 1,
        errors: 0,
        attempts: 1,
        failed_attempts: 0,
        input_tokens: 100,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        output_tokens: 20,
        reasoning_tokens: 0,
        cost_micro_usd: 1500,
        pricing_unknown_requests: 0,
        comparable_input_tokens: 100,
        comparable_cache_read_tokens: 0,
        comparable_cache_write_tokens: 0,
        comparable_output_tokens: 20,
        cache_savings_micro_usd: 0,
        list_savings_micro_usd: 0,
        list_price_unknown_requests: 1,
      },
    });
  });

  it.each([
    ['a call that succeeded', {}, 50],
    ['a call that the caller left', { outcome: 'cancelled' }, 50],
    ['a call that failed', { outcome: 'failure' }, 0],
    ['a call of unknown price', { pricing_unknown: true, cost_usd: 0 }, 0],
  ] as const)('hold the tokens of %s against another model: %j', (_name, changes, tokens) => {
    const attempt = sampleAttempt({ usage: { ...noUsage, input_tokens: 50 }, ...changes });
    const figures = figuresOf(sampleRequest({ attempt_list: [attempt] }), NO_SAVINGS).map((delta) => delta.figures);
    expect(figures.reduce((sum, part) => sum + part.comparable_input_tokens, 0)).toBe(tokens);
    expect(figures.reduce((sum, part) => sum + part.input_tokens, 0)).toBe(50);
  });

  it('take what the cache saved from whoever knows the prices, and nothing where there is none', () => {
    const attempts = [
      sampleAttempt({ outcome: 'failure', pricing_unknown: true }),
      sampleAttempt({ index: 1, provider: 'claude', model: 'claude-haiku', started_at: 7 }),
    ];
    const request = sampleRequest({ provider: 'claude', model: 'claude-haiku', attempt_list: attempts });
    const cache: CacheSavings = ({ provider, model }, at) => (provider === 'claude' ? model.length + at : 1000);
    const figures = figuresOf(request, { ...NO_SAVINGS, cache });
    expect(figures.map((delta) => delta.figures.cache_savings_micro_usd)).toEqual(['claude-haiku'.length + 7, 0]);
  });

  it('hold each call against its own list price, and count a request once where one is not known', () => {
    const tokens = { ...noUsage, input_tokens: 50 };
    const attempts = [
      sampleAttempt({ outcome: 'failure', model: 'listed', usage: tokens }),
      sampleAttempt({ index: 1, outcome: 'failure', model: 'house', usage: tokens }),
      sampleAttempt({ index: 2, outcome: 'failure', model: 'house', usage: noUsage }),
      sampleAttempt({ index: 3, provider: 'claude', model: 'house', usage: tokens }),
    ];
    const request = sampleRequest({ provider: 'claude', model: 'house', attempt_list: attempts });
    const list: ListSavings = ({ model }) => (model === 'listed' ? 7 : null);
    const figures = (one: typeof request) => figuresOf(one, { ...NO_SAVINGS, list }).map((delta) => delta.figures);
    expect(figures(request).map((part) => part.list_savings_micro_usd)).toEqual([0, 7, 0, 0]);
    expect(figures(request).map((part) => part.list_price_unknown_requests)).toEqual([1, 0, 0, 0]);
    const [listed] = attempts;
    const known = sampleRequest({ attempt_list: listed ? [{ ...listed, outcome: 'success' }] : [] });
    expect(figures(known).map((part) => part.list_price_unknown_requests)).toEqual([0]);
    const unpriced = sampleRequest({ attempt_list: listed ? [{ ...listed, pricing_unknown: true }] : [] });
    expect(figures(unpriced).reduce((sum, part) => sum + part.list_savings_micro_usd, 0)).toBe(0);
  });

  it('put the cost of a failed attempt under who failed, and the request under who answered', () => {
    const request = sampleRequest({
      provider: 'claude',
      model: 'claude-haiku',
      attempt_list: [
        sampleAttempt({ outcome: 'failure', cost_usd: 0.25, usage: { ...noUsage, output_tokens: 7 } }),
        sampleAttempt({ index: 1, provider: 'claude', model: 'claude-haiku', cost_usd: 0.5 }),
      ],
    });
    expect(byProvider(request)).toMatchObject({
      'kimi/kimi-k2': { requests: 0, attempts: 1, failed_attempts: 1, cost_micro_usd: 250_000, output_tokens: 7 },
      'claude/claude-haiku': { requests: 1, attempts: 1, failed_attempts: 0, cost_micro_usd: 500_000 },
    });
  });

  it('count a request that nobody answered under no provider', () => {
    const request = sampleRequest({
      provider: null,
      model: null,
      status: 'error',
      attempt_list: [sampleAttempt({ outcome: 'failure' })],
    });
    expect(byProvider(request)).toMatchObject({
      '/': { requests: 1, errors: 1, cost_micro_usd: 0 },
      'kimi/kimi-k2': { requests: 0, errors: 0, failed_attempts: 1, cost_micro_usd: 1500 },
    });
  });

  it('put the answering attempt under the model that really answered', () => {
    const request = sampleRequest({ model: 'kimi-k2-0905', attempt_list: [sampleAttempt({ model: 'kimi-latest' })] });
    expect(Object.keys(byProvider(request))).toEqual(['kimi/kimi-k2-0905']);
  });

  it.each([
    ['success', 0],
    ['error', 1],
    ['timeout', 1],
    ['cancelled', 0],
    ['refused', 0],
  ] as const)('call a request of status %s %i errors', (status, errors) => {
    expect(figuresOf(sampleRequest({ status }), NO_SAVINGS)[0]?.figures.errors).toBe(errors);
  });

  it('take tokens and cost from the request itself where there is no attempt', () => {
    const request = sampleRequest({ attempt_list: [], cost_usd: 0.125, usage: { ...noUsage, input_tokens: 9 } });
    expect(byProvider(request)).toMatchObject({ 'kimi/kimi-k2': { cost_micro_usd: 125_000, input_tokens: 9 } });
  });

  it('lose and invent no cent and no token, whatever the request', () => {
    fc.assert(
      fc.property(requestsArbitrary(0, 1000, 5), (requests) => {
        for (const request of requests) {
          const deltas = figuresOf(request, NO_SAVINGS);
          const spent = request.attempt_list.length > 0 ? request.attempt_list : [request];
          const sum = (name: keyof Figures) => deltas.reduce((total, { figures }) => total + figures[name], 0);
          expect(sum('requests')).toBe(1);
          expect(sum('cost_micro_usd')).toBe(spent.reduce((total, part) => total + Math.round(part.cost_usd * 1e6), 0));
          expect(sum('input_tokens')).toBe(spent.reduce((total, part) => total + part.usage.input_tokens, 0));
        }
      }),
    );
  });
});

describe('the latencies of a request', () => {
  it('are those of the attempts that succeeded, without the wait for one that failed', () => {
    const request = sampleRequest({
      provider: 'claude',
      first_token_ms: 5300,
      duration_ms: 6000,
      attempt_list: [
        sampleAttempt({ outcome: 'failure', duration_ms: 5000 }),
        sampleAttempt({ provider: 'claude', first_token_ms: 300, duration_ms: 1000 }),
      ],
    });
    expect(latenciesOf(request)).toEqual([
      { provider: 'claude', metric: 'first_token', latencyMs: 300 },
      { provider: 'claude', metric: 'latency', latencyMs: 1000 },
    ]);
  });

  it('are none for a request that failed', () => {
    expect(latenciesOf(sampleRequest({ status: 'error', provider: null, attempt_list: [] }))).toEqual([]);
  });
});
