import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../../electron/engine/health/types.ts';
import { decide } from '../../../electron/engine/router/decide.ts';
import type { FallbackTrigger, Registry, UseCondition } from '../../../electron/engine/registry/types.ts';
import type { DecisionInput } from '../../../electron/engine/router/types.ts';
import { ALL_KEYS, registryOf } from '../../support/policy-fixtures.ts';
import { input, intent, NOW, override, standing } from '../../support/router-fixtures.ts';

const NAMES = ['a', 'b', 'c', 'd'] as const;

/** Parsed once; the cases differ in values only, which is far cheaper than parsing a text for each. */
const BASE = registryOf(
  `models: {${NAMES.map((name) => `${name}: {endpoint: "http://${name}", priority: 1}`).join(', ')}}`,
  ALL_KEYS,
);

const CONDITIONS: readonly UseCondition[] = [
  { type: 'unhealthy', provider: 'a' },
  { type: 'unhealthy', provider: 'b' },
  { type: 'explicit_user_request' },
  { type: 'benchmarking_mode' },
];

const registries: fc.Arbitrary<Registry> = fc
  .record({
    entries: fc.array(
      fc.record({
        priority: fc.integer({ min: 1, max: 3 }),
        enabled: fc.boolean(),
        weight: fc.constantFrom(0, 0.05, 0.5, 1, 1, 3),
        limit: fc.option(fc.integer({ min: 1, max: 3 })),
        useWhen: fc.subarray([...CONDITIONS]),
      }),
      { minLength: 4, maxLength: 4 },
    ),
    chain: fc.shuffledSubarray([...NAMES], { minLength: 1 }),
    triggers: fc.subarray<FallbackTrigger>(['primary_unhealthy', 'primary_timeout']),
    strategy: fc.constantFrom('round_robin' as const, 'least_connections' as const, 'least_loaded' as const),
    healthAware: fc.boolean(),
    prefixAffinity: fc.boolean(),
    highLoad: fc.constantFrom('never' as const, 'latency' as const),
    fallbacks: fc.option(fc.shuffledSubarray(['c', 'd'])),
  })
  .map(({ entries, chain, triggers, strategy, healthAware, prefixAffinity, highLoad, fallbacks }) => ({
    ...BASE,
    providers: BASE.providers.map((provider, index) => {
      const entry = entries[index];
      if (!entry) return provider;
      const { priority, enabled, weight, limit, useWhen } = entry;
      const limits = { ...provider.limits, ...(limit === null ? {} : { max_concurrent: limit }) };
      const usagePolicy = { ...provider.usagePolicy, useWhen };
      return { ...provider, priority, enabled, weight, limits, usagePolicy, fallbacks: index === 0 ? fallbacks : null };
    }),
    routing: {
      ...BASE.routing,
      primary: chain[0] ?? 'a',
      fallbackChain: chain,
      fallbackTriggers: triggers,
      loadBalancing: { strategy, healthAware, prefixAffinity },
      highLoad: { mode: highLoad, thresholdMs: 10_000 },
    },
  }));

const standings: fc.Arbitrary<Standing> = fc
  .record({
    status: fc.constantFrom('healthy', 'degraded', 'unhealthy', 'unknown', 'disabled'),
    state: fc.constantFrom('closed', 'open', 'half_open'),
    cooling: fc.option(fc.integer({ min: NOW - 1000, max: NOW + 1000 })),
    isolated: fc.boolean(),
    latency: fc.option(fc.integer({ min: 0, max: 30_000 })),
  })
  .map(({ status, state, cooling, isolated, latency }) =>
    standing({
      health: { ...standing().health, status: status as Standing['health']['status'] },
      breaker: { ...standing().breaker, state: state as Standing['breaker']['state'], cooling_until: cooling },
      isolation: isolated ? { operator: 'o', reason: 'r', since: NOW } : null,
      recentLatencyMs: latency,
    }),
  );

const provider = fc.constantFrom(...NAMES);

const inputs: fc.Arbitrary<DecisionInput> = fc
  .record({
    registry: registries,
    states: fc.array(standings, { minLength: 4, maxLength: 4 }),
    closed: fc.subarray([...NAMES]),
    preferred: fc.array(fc.record({ provider, model: fc.option(fc.constant('m')) }), { maxLength: 3 }),
    forced: fc.option(provider),
    overridden: fc.option(provider),
    turn: fc.nat(),
    affinityKey: fc.option(fc.string()),
    busy: fc.dictionary(provider, fc.nat({ max: 5 })),
    tokens: fc.constantFrom(10, 1_000_000),
    flags: fc.record({ noFallback: fc.boolean(), benchmarking: fc.boolean() }),
  })
  .map(({ registry, states, closed, preferred, forced, overridden, turn, affinityKey, busy, tokens, flags }) =>
    input({
      registry,
      standings: Object.fromEntries(NAMES.map((name, index) => [name, states[index] ?? standing()])),
      headrooms: Object.fromEntries(
        closed.map((name) => [name, { open: false, code: 'rate_limited', reason: 'full', retryAfterMs: 1 } as const]),
      ),
      intent: intent(preferred.length > 0 ? { rule: 'named_model', preferred } : {}),
      forcedProvider: forced,
      override: overridden === null ? null : override(overridden),
      needs: { tools: false, images: false, jsonSchema: false, tokens },
      turn,
      affinityKey,
      busy,
      ...flags,
    }),
  );

describe('every decision', () => {
  it('is the same for equal inputs', () => {
    fc.assert(
      fc.property(inputs, (some) => {
        expect(decide(some)).toEqual(decide(some));
      }),
    );
  });

  it('chooses the first eligible candidate and never another', () => {
    fc.assert(
      fc.property(inputs, (some) => {
        const decision = decide(some);
        const first = decision.candidates.find(({ eligible }) => eligible);
        expect([decision.provider, decision.model]).toEqual([first?.provider ?? null, first?.model ?? null]);
      }),
    );
  });

  it('lists nobody twice, with a reason for everyone', () => {
    fc.assert(
      fc.property(inputs, (some) => {
        const { candidates, reason } = decide(some);
        const names = candidates.map((candidate) => candidate.provider);
        expect(new Set(names).size).toBe(names.length);
        for (const candidate of candidates) {
          expect(candidate.eligible).toBe(candidate.code === 'ok');
          expect(candidate.reason).not.toBe('');
        }
        expect(reason).toMatch(/^[^\n]+\.$/);
      }),
    );
  });

  it('lists the whole chain unless the request or an entry narrows it', () => {
    fc.assert(
      fc.property(inputs, (some) => {
        fc.pre(some.forcedProvider === null && !some.noFallback);
        const first = some.intent.preferred[0]?.provider ?? some.registry.routing.primary;
        fc.pre(some.registry.providers.every(({ name, fallbacks }) => name !== first || fallbacks === null));
        const names = decide(some).candidates.map((candidate) => candidate.provider);
        expect(names).toEqual(expect.arrayContaining(some.registry.routing.fallbackChain));
      }),
    );
  });

  it('never asks who is switched off, isolated, out of budget or too small', () => {
    fc.assert(
      fc.property(inputs, (some) => {
        const { provider: chosen, model } = decide(some);
        if (chosen === null) return;
        expect(some.registry.providers.find(({ name }) => name === chosen)?.enabled).toBe(true);
        expect(some.standing(chosen).isolation).toBeNull();
        expect(some.headroom(chosen, null).open).toBe(true);
        expect(some.needs.tokens).toBeLessThanOrEqual(some.capabilities(chosen, model).contextWindow);
      }),
    );
  });
});
