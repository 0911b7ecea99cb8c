import { describe, expect, it } from 'vitest';
import { decide } from '../../../electron/engine/router/decide.ts';
import { HYBRID } from '../../support/policy-fixtures.ts';
import { input, intent, NOW, override, standing, withBreaker, withHealth } from '../../support/router-fixtures.ts';
import type { InputSetup } from '../../support/router-fixtures.ts';

const KIMI = 'kimi_k2_self_hosted';
const CLAUDE = 'claude_opus_api';
const GPT = 'gpt4_api';
const DOWN = { [KIMI]: withHealth('unhealthy') };
const FULL = {
  open: false,
  code: 'budget_exhausted',
  reason: '1,000 of 1,000 requests today',
  retryAfterMs: 1,
} as const;

/** `name:code` of each candidate, in order. */
function codes(setup: InputSetup): string[] {
  return decide(input(setup)).candidates.map(({ provider, code }) => `${provider}:${code}`);
}

describe('primary with fallback', () => {
  it('asks the healthy primary and says why the others wait', () => {
    expect(decide(input())).toEqual({
      rule: 'primary',
      reason: 'kimi_k2_self_hosted is asked because it is the primary (healthy, primary).',
      requested_model: 'auto',
      tier: null,
      complexity: null,
      call_site: null,
      task_type: null,
      provider: KIMI,
      model: null,
      candidates: [
        { provider: KIMI, model: null, eligible: true, code: 'ok', reason: 'healthy, primary' },
        {
          provider: CLAUDE,
          model: 'claude-opus-4-20250514',
          eligible: false,
          code: 'use_when_not_met',
          reason: 'used only when kimi_k2_self_hosted is unhealthy or asked for by name',
        },
        {
          provider: GPT,
          model: 'gpt-4-turbo',
          eligible: false,
          code: 'disabled',
          reason: 'switched off in the registry',
        },
      ],
      warnings: [],
    });
  });

  it('moves to the fallback when the primary is unhealthy, and says since when', () => {
    const decision = decide(input({ standings: DOWN }));
    expect(decision).toMatchObject({ rule: 'fallback', provider: CLAUDE, model: 'claude-opus-4-20250514' });
    expect(decision.reason).toBe(
      'claude_opus_api (claude-opus-4-20250514) stands in: kimi_k2_self_hosted is passed over (unhealthy since 03:12 UTC: connection refused).',
    );
  });

  it('names everybody and why when nobody can serve', () => {
    const decision = decide(input({ standings: DOWN, headrooms: { [CLAUDE]: FULL } }));
    expect(decision).toMatchObject({ rule: 'primary', provider: null, model: null });
    expect(decision.reason).toBe(
      'Nobody can serve: kimi_k2_self_hosted (unhealthy since 03:12 UTC: connection refused), claude_opus_api (1,000 of 1,000 requests today), gpt4_api (switched off in the registry).',
    );
  });

  it('asks whoever is made the primary, whatever its use_when says of it as a fallback', () => {
    const text = HYBRID.replace('routing:', `routing:\n  primary: ${CLAUDE}`);
    expect(decide(input({ text }))).toMatchObject({ rule: 'primary', provider: CLAUDE });
    expect(codes({ text })).toContain(`${KIMI}:ok`);
  });

  it('is empty where nothing is configured', () => {
    const registry = {
      ...input().registry,
      providers: [],
      routing: { ...input().registry.routing, primary: '', fallbackChain: [] },
    };
    expect(decide(input({ registry }))).toMatchObject({
      provider: null,
      candidates: [],
      reason: expect.stringContaining('no provider is configured'),
    });
  });
});

describe('what rules a candidate out', () => {
  it.each<[string, InputSetup, string]>([
    ['probes', { standings: DOWN }, 'unhealthy'],
    [
      'an open breaker',
      { standings: { [KIMI]: withBreaker({ state: 'open', reason: '3 failures in a row', retry_at: NOW + 1000 }) } },
      'breaker_open',
    ],
    ['a rate limit', { standings: { [KIMI]: withBreaker({ cooling_until: NOW + 1000 }) } }, 'cooling'],
    [
      'an operator',
      { standings: { [KIMI]: standing({ isolation: { operator: 'ada', reason: 'new driver', since: NOW } }) } },
      'isolated',
    ],
    [
      'missing tools',
      { abilities: { [KIMI]: { tools: false } }, needs: { tools: true, images: false, jsonSchema: false, tokens: 1 } },
      'capability_missing',
    ],
    [
      'missing images',
      { abilities: { [KIMI]: { images: false } }, needs: { tools: false, images: true, jsonSchema: false, tokens: 1 } },
      'capability_missing',
    ],
    [
      'missing JSON schema',
      {
        abilities: { [KIMI]: { jsonSchema: false } },
        needs: { tools: false, images: false, jsonSchema: true, tokens: 1 },
      },
      'capability_missing',
    ],
    ['a small window', { abilities: { [KIMI]: { contextWindow: 50 } } }, 'context_too_small'],
  ])('%s opens the way to the fallback', (_what, setup, code) => {
    expect(codes(setup)).toEqual([`${KIMI}:${code}`, `${CLAUDE}:ok`, `${GPT}:disabled`]);
  });

  it.each(['budget_exhausted', 'rate_limited', 'busy'] as const)(
    '%s does not open the way to a dearer provider',
    (code) => {
      const headrooms = { [KIMI]: { open: false, code, reason: 'full', retryAfterMs: 1 } as const };
      expect(codes({ headrooms })).toEqual([`${KIMI}:${code}`, `${CLAUDE}:use_when_not_met`, `${GPT}:disabled`]);
    },
  );

  it('a missing key rules out, with the key', () => {
    const decision = decide(input({ standings: DOWN, environment: {} }));
    expect(decision.candidates[1]).toMatchObject({ code: 'key_missing', reason: 'ANTHROPIC_API_KEY is not set' });
  });

  it('a cooling or isolation that has ended does not', () => {
    expect(codes({ standings: { [KIMI]: withBreaker({ cooling_until: NOW - 1 }) } })[0]).toBe(`${KIMI}:ok`);
  });

  it.each<[string, InputSetup, string]>([
    ['degraded', { standings: { [KIMI]: withHealth('degraded', 'slow') } }, 'degraded: slow; primary'],
    ['never probed', { standings: { [KIMI]: withHealth('unknown', '') } }, 'not probed yet, primary'],
    [
      'recovering',
      { standings: { [KIMI]: withBreaker({ state: 'half_open' }) } },
      'recovering, one trial at a time; primary',
    ],
  ])('a %s provider may serve', (_what, setup, reason) => {
    expect(decide(input(setup)).candidates[0]).toMatchObject({ eligible: true, reason });
  });

  it('benchmarking opens what is kept for it', () => {
    const text = HYBRID.replace('enabled: false', 'enabled: true');
    expect(codes({ text, standings: { ...DOWN, [CLAUDE]: withHealth('unhealthy') } })[2]).toBe(
      `${GPT}:use_when_not_met`,
    );
    expect(codes({ text, benchmarking: true })[2]).toBe(`${GPT}:ok`);
  });
});

describe('a request that forces a provider', () => {
  it('has that one alone, even under conditions', () => {
    expect(codes({ forcedProvider: CLAUDE })).toEqual([`${CLAUDE}:ok`]);
    expect(decide(input({ forcedProvider: CLAUDE })).rule).toBe('forced_by_request');
  });

  it.each([withHealth('unhealthy'), withBreaker({ state: 'open' }), withBreaker({ cooling_until: NOW + 1 })])(
    'gets it even when it is unwell',
    (unwell) => {
      expect(codes({ forcedProvider: KIMI, standings: { [KIMI]: unwell } })).toEqual([`${KIMI}:ok`]);
    },
  );

  it.each<[string, InputSetup, string]>([
    ['switched off', { forcedProvider: GPT }, `${GPT}:disabled`],
    ['without key', { forcedProvider: CLAUDE, environment: {} }, `${CLAUDE}:key_missing`],
    ['out of budget', { forcedProvider: CLAUDE, headrooms: { [CLAUDE]: FULL } }, `${CLAUDE}:budget_exhausted`],
    [
      'isolated',
      {
        forcedProvider: CLAUDE,
        standings: { [CLAUDE]: standing({ isolation: { operator: 'a', reason: 'b', since: 1 } }) },
      },
      `${CLAUDE}:isolated`,
    ],
  ])('does not get one that is %s, nor any other', (_what, setup, expected) => {
    expect(codes(setup)).toEqual([expected]);
    expect(decide(input(setup)).provider).toBeNull();
  });

  it('keeps the model it named for that provider', () => {
    const preferred = [{ provider: CLAUDE, model: 'claude-haiku-4-5' }];
    expect(decide(input({ forcedProvider: CLAUDE, intent: intent({ preferred }) })).model).toBe('claude-haiku-4-5');
  });

  it('keeps a model that it named of the same API, and no other vendor’s', () => {
    const of = (provider: string, model: string) =>
      decide(input({ forcedProvider: CLAUDE, intent: intent({ preferred: [{ provider, model }] }) })).model;
    expect(of('anthropic', 'claude-haiku-4-5')).toBe('claude-haiku-4-5');
    expect(of('openai', 'gpt-5')).toBe('claude-opus-4-20250514');
  });

  it('is above the operator’s override', () => {
    expect(codes({ forcedProvider: CLAUDE, override: override(KIMI) })).toEqual([`${CLAUDE}:ok`]);
  });
});

describe('an operator’s override', () => {
  it('comes first, well or not, with the chain behind it', () => {
    const setup = { override: override(CLAUDE), standings: { [CLAUDE]: withHealth('unhealthy', 'timeout') } };
    expect(codes(setup)).toEqual([`${CLAUDE}:ok`, `${KIMI}:ok`, `${GPT}:disabled`]);
    expect(decide(input(setup))).toMatchObject({
      rule: 'forced_by_operator',
      reason: 'claude_opus_api (claude-opus-4-20250514) is asked because ada forces it: drill.',
    });
  });

  it.each<[string, Partial<ReturnType<typeof intent>>, boolean]>([
    ['call-site:chat', { callSite: 'chat' }, true],
    ['call-site:chat', { callSite: 'processing' }, false],
    ['model:kimi', { requestedModel: 'kimi' }, true],
    ['model:kimi', { requestedModel: 'auto' }, false],
    ['all', {}, true],
  ])('of scope %s over %j: %s', (scope, more, covered) => {
    const decision = decide(input({ override: override(CLAUDE, scope), intent: intent(more) }));
    expect(decision.provider).toBe(covered ? CLAUDE : KIMI);
  });

  it('that has expired, or names nobody any more, is ignored', () => {
    expect(decide(input({ override: { ...override(CLAUDE), expires_at: NOW } })).provider).toBe(KIMI);
    const lost = decide(input({ override: override('gone') }));
    expect(lost).toMatchObject({ provider: KIMI, warnings: [expect.stringContaining('no longer has')] });
  });

  it('does not spend a budget that is gone', () => {
    expect(decide(input({ override: override(CLAUDE), headrooms: { [CLAUDE]: FULL } })).provider).toBe(KIMI);
  });
});

describe('what the request prefers', () => {
  const wanted = (provider: string, model: string | null = null) =>
    intent({ rule: 'named_model', reason: 'it was named', preferred: [{ provider, model }] });

  it('comes first, and counts as asked for by name', () => {
    expect(decide(input({ intent: wanted(CLAUDE, 'claude-opus-4-6') }))).toMatchObject({
      rule: 'named_model',
      provider: CLAUDE,
      model: 'claude-opus-4-6',
      reason: 'claude_opus_api (claude-opus-4-6) is asked because it was named.',
    });
  });

  it('has the primary and the chain behind it', () => {
    const setup = {
      intent: wanted('anthropic', 'claude-haiku-4-5'),
      standings: { anthropic: withHealth('unhealthy') },
    };
    expect(codes(setup)).toEqual([
      `anthropic:unhealthy`,
      `${KIMI}:ok`,
      `${CLAUDE}:use_when_not_met`,
      `${GPT}:disabled`,
    ]);
    expect(decide(input(setup)).rule).toBe('fallback');
  });

  it('has a chain of its own where the registry says so', () => {
    const text = HYBRID.replace('priority: 2', 'priority: 2\n    fallbacks: [openai]');
    expect(codes({ text, intent: wanted(CLAUDE), standings: { [CLAUDE]: withHealth('unhealthy') } })).toEqual([
      `${CLAUDE}:unhealthy`,
      'openai:ok',
    ]);
  });

  it('may be an API that is not there: listed with its missing key', () => {
    const setup = { environment: {}, intent: wanted('moonshot', 'kimi-k2-0905-preview') };
    const decision = decide(input(setup));
    expect(decision.candidates[0]).toEqual({
      provider: 'moonshot',
      model: 'kimi-k2-0905-preview',
      eligible: false,
      code: 'key_missing',
      reason: 'KIMI_API_KEY is not set',
    });
    expect(decision.provider).toBe(KIMI);
  });
});

describe('no fallback', () => {
  it('leaves the first candidate alone', () => {
    expect(codes({ noFallback: true, standings: DOWN })).toEqual([`${KIMI}:unhealthy`]);
    expect(decide(input({ noFallback: true, standings: DOWN })).reason).toContain('allows no fallback');
  });

  it('without the trigger primary_unhealthy the primary alone is asked, until it has failed this request', () => {
    const text = `${HYBRID}  fallback_triggers: [primary_timeout]\n`;
    expect(codes({ text, standings: DOWN })).toEqual([`${KIMI}:ok`, `${CLAUDE}:not_in_scope`, `${GPT}:disabled`]);
    const failed = new Map([[KIMI, 'no first token within 30 s']]);
    expect(codes({ text, standings: DOWN, failed })).toEqual([`${KIMI}:unhealthy`, `${CLAUDE}:ok`, `${GPT}:disabled`]);
  });
});

describe('high load', () => {
  const slow = { [KIMI]: standing({ recentLatencyMs: 12_000 }) };
  const text = `${HYBRID}  high_load: {mode: latency, threshold_seconds: 10}\n`;

  it('is borne where cost comes first', () => {
    expect(decide(input({ standings: slow })).provider).toBe(KIMI);
  });

  it('moves new requests where latency comes first, and says so', () => {
    const decision = decide(input({ text, standings: slow }));
    expect(decision).toMatchObject({ rule: 'fallback', provider: CLAUDE });
    expect(decision.candidates[0]).toMatchObject({ code: 'busy', reason: 'recent latency 12.0 s is above 10.0 s' });
  });

  it('is borne by a call site whose objective is throughput: nobody waits for its answers', () => {
    const sites = `${text}policy: {call_sites: {jobs: {model: auto, objective: throughput}, chat: {model: auto}}}\n`;
    const from = (callSite: string) =>
      decide(input({ text: sites, standings: slow, intent: intent({ rule: 'primary', callSite }) })).provider;
    expect([from('jobs'), from('chat')]).toEqual([KIMI, CLAUDE]);
  });

  it('leaves a slow primary serving when nobody else can, or when it is named', () => {
    expect(decide(input({ text, standings: slow, headrooms: { [CLAUDE]: FULL } })).provider).toBe(KIMI);
    const named = intent({ rule: 'named_provider', preferred: [{ provider: KIMI, model: null }] });
    expect(decide(input({ text, standings: slow, intent: named })).provider).toBe(KIMI);
  });
});
