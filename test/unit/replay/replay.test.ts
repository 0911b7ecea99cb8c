import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../../../electron/engine/replay/replay.ts';
import type { ReplaySetup } from '../../../electron/engine/replay/replay.ts';
import { EndHeap } from '../../../electron/engine/replay/end-heap.ts';
import { percentiles } from '../../../electron/engine/replay/latency-model.ts';
import { SimulatedClock } from '../../../electron/engine/replay/simulated-clock.ts';
import type { RecordedRequest } from '../../../electron/engine/store/types.ts';
import { DAY_START, ENVIRONMENT, recorded, recordedDay, REGISTRY } from '../../support/replay-fixtures.ts';
import { registryOf } from '../../support/policy-fixtures.ts';

const RANGE = { since: DAY_START, until: DAY_START + 86_400_000 };
const SAMPLES = ['kimi', 'claude', 'gpt'].map((provider, index) => ({
  provider,
  model: provider === 'kimi' ? 'kimi-k2' : `model-of-${provider}`,
  firstTokenMs: 100 * (index + 1),
  durationMs: 1000 * (index + 1),
}));

function run(requests: RecordedRequest[], text = REGISTRY, more: Partial<ReplaySetup> = {}) {
  const registry = registryOf(text, ENVIRONMENT);
  const setup = {
    registry,
    environment: ENVIRONMENT,
    range: RANGE,
    samples: SAMPLES,
    health: new Map(),
    recordedUnder: null,
  };
  return replay(requests, { ...setup, ...more });
}

/** So many requests, one a minute. */
function minutes(count: number, changes: Partial<RecordedRequest> = {}): RecordedRequest[] {
  return Array.from({ length: count }, (_, index) =>
    recorded({ id: `request-${index}`, at: DAY_START + index * 60_000, ...changes }),
  );
}

const OTHER_PRIMARY = REGISTRY.replace('primary: kimi\n', 'primary: claude\n').replace(
  '[kimi, claude, gpt]',
  '[claude, kimi]',
);

describe('replaying recorded traffic', () => {
  it('changes nothing under the configuration it was recorded under', () => {
    const result = run(minutes(10));
    expect(result).toMatchObject({ requests: 10, changed: 0, moves: [], examples: [], tier_changes: [] });
    expect(result.after).toEqual(result.before);
  });

  it('tells share, cost and latency when another provider comes first, with examples and why', () => {
    const result = run(minutes(30), OTHER_PRIMARY);
    expect(result.changed).toBe(30);
    expect(result.before.providers).toMatchObject([{ provider: 'kimi', share: 1, cost_usd: 0 }]);
    // 1,000 tokens in at 1 USD and 200 out at 5 USD a million: 0.002 USD a request.
    expect(result.after.providers).toMatchObject([
      { provider: 'claude', share: 1, latency_ms: { p50: 2000, p95: 2000 } },
    ]);
    expect(result.after.cost_usd).toBeCloseTo(0.06, 9);
    expect(result.moves).toEqual([{ from: 'kimi', to: 'claude', requests: 30 }]);
    expect(result.examples).toHaveLength(4);
    expect(result.examples[0]).toMatchObject({
      before: { provider: 'kimi', model: 'kimi-k2' },
      after: { provider: 'claude', model: 'claude-haiku-4-5-20251001' },
      reason: expect.stringContaining('claude'),
    });
  });

  it('refuses what a budget no longer holds, with the budget as the reason', () => {
    const text = OTHER_PRIMARY.replace('requests_per_day: 50000', 'requests_per_day: 4').replace(
      '[claude, kimi]',
      '[claude]',
    );
    const result = run(minutes(10), text);
    expect(result.after).toMatchObject({ served: 4, refused_by_budget: 6, failed: 0 });
    expect(result.examples.find(({ after }) => after.outcome === 'refused_by_budget')?.reason).toMatch(/4 of 4/);
  });

  it('starts a budget anew with the next day', () => {
    const text = OTHER_PRIMARY.replace('requests_per_day: 50000', 'requests_per_day: 1').replace(
      '[claude, kimi]',
      '[claude]',
    );
    const requests = [0, 1, 86_400_000, 86_400_001].map((after, index) =>
      recorded({ id: `${index}`, at: DAY_START + after }),
    );
    expect(run(requests, text).after).toMatchObject({ served: 2, refused_by_budget: 2 });
  });

  describe('where all places are taken', () => {
    const text = REGISTRY.replace(
      'max_concurrent: 64, queue_timeout_ms: 5000',
      'max_concurrent: 1, queue_timeout_ms: 1000',
    );
    // The second waits 800 ms for the first; the third would wait for 1,600 ms.
    const requests = [0, 100, 200].map((after, index) =>
      recorded({ id: `${index}`, at: DAY_START + after, durationMs: 900 }),
    );
    const served = ({ after }: ReturnType<typeof run>) =>
      after.providers.map(({ provider, requests: count }) => [provider, count]);

    it('a request waits for the one that is free first, and is refused when that is too late', () => {
      const result = run(requests, text);
      expect(served(result)).toEqual([['kimi', 2]]);
      expect(result.after.failed).toBe(1);
      expect(result.after.providers[0]?.latency_ms?.p95).toBe(1700);
    });

    it('it goes on to the next where latency comes first', () => {
      const result = run(requests, text.replace('routing:', 'routing:\n  high_load: { mode: latency }'));
      expect(served(result)).toEqual([
        ['kimi', 2],
        ['claude', 1],
      ]);
    });
  });

  it('holds a call site to its own budget, whoever would serve', () => {
    const policy = 'policy:\n  call_sites: { chat: { model: kimi, limits: { requests_per_day: 3 } } }\n';
    const result = run(minutes(5, { requestedModel: 'call-site:chat', callSite: 'chat' }), `${REGISTRY}${policy}`);
    expect(result.after).toMatchObject({ served: 3, refused_by_budget: 2 });
    expect(result.examples.find(({ after }) => after.outcome === 'refused_by_budget')?.reason).toMatch(/3 of 3/);
  });

  it.each([
    ['refuse', 'kimi'],
    ['admit', 'unpriced'],
  ])('asks a model of unknown price under a spending limit only where the policy says so: %s', (unknown, provider) => {
    const text = REGISTRY.replace(
      '  gpt:',
      '  unpriced: { adapter: openai, model: nobody-knows, limits: { usd_per_day: 5 } }\n  gpt:',
    )
      .replace('primary: kimi', 'primary: unpriced')
      .replace('[kimi,', '[unpriced, kimi,');
    const result = run(minutes(2), `${text}policy: { budgets: { unknown_price: ${unknown} } }\n`);
    expect(result.after.providers.map((side) => side.provider)).toEqual([provider]);
  });

  it('takes health as it was recorded', () => {
    const transition = (at: number, status: 'unhealthy' | 'healthy') => ({
      id: at,
      at: DAY_START + at,
      provider: 'kimi',
      from_status: 'healthy' as const,
      to_status: status,
      reason: 'connection refused',
    });
    const health = new Map([['kimi', [transition(60_000, 'unhealthy'), transition(180_000, 'healthy')]]]);
    const result = run(minutes(4), REGISTRY, { health });
    expect(result.moves).toEqual([{ from: 'kimi', to: 'claude', requests: 2 }]);
  });

  it('fails a request again at the provider that failed it then', () => {
    const request = recorded({
      provider: 'claude',
      model: 'claude-haiku-4-5-20251001',
      decidedModel: null,
      failedProviders: ['kimi'],
    });
    expect(run([request]).changed).toBe(0);
  });

  it('says what it leaves out: use before the range, overrides, breakers', () => {
    const text = OTHER_PRIMARY.replace('requests_per_day: 50000', 'requests_per_day: 4').replace(
      '[claude, kimi]',
      '[claude]',
    );
    // Four more were served that day before the range; the budget is unused at its beginning all the same.
    const range = { ...RANGE, since: DAY_START + 4 * 60_000 };
    const result = run(minutes(8).slice(4), text, { range });
    expect(result.after).toMatchObject({ served: 4, refused_by_budget: 0 });
    const said = result.assumptions.join(' ');
    expect(said).toContain('unused at the beginning: what was used of them before the range is not counted');
    expect(said).toContain('Operator overrides, isolation by hand and limits raised for a time are left out');
    expect(said).toContain('Circuit breakers are taken for closed');
  });

  it('shows what changed tiers, from the task that was recorded', () => {
    const score = { creation_score: 5, execution_score: 5, combined_score: 5 };
    const asked = {
      tier: null,
      task: { agent_ais: score },
      prompt_characters: 0,
      message_count: 1,
      detected_task_type: null,
    };
    const request = recorded({ asked, tier: 'balanced', complexity: 5 });
    expect(run([request]).tier_changes).toEqual([]);
    const text = `${REGISTRY}  thresholds: { fast_below: 6 }\n`;
    expect(run([request], text)).toMatchObject({
      tier_changes: [{ from: 'balanced', to: 'fast', requests: 1 }],
      changed: 1,
    });
  });

  it('counts what it cannot know: prices, latencies, tasks, tokens of what nobody served', () => {
    const text = `models: { new: { adapter: openai-compatible, endpoint: "http://new/v1", model: m, provider_kwargs: { api_key_env: OPENAI_API_KEY } } }`;
    const none = { ...recorded().usage, input_tokens: 0, output_tokens: 0 };
    const requests = [
      recorded(),
      recorded({ id: '2', asked: null, demand: null }),
      recorded({ id: '3', provider: null, model: null, status: 'refused', errorCode: 'budget_exhausted', usage: none }),
    ];
    expect(run(requests, text)).toMatchObject({
      latency_unknown_requests: 3,
      approximated_requests: 1,
      usage_estimated_requests: 1,
      before: { served: 2, refused_by_budget: 1 },
      after: { served: 3, pricing_unknown_requests: 3, latency_ms: null },
    });
  });

  it('is the same for the same input, and every request is in it once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(1000), (count, seed) => {
        const { requests, samples, range } = recordedDay(count, seed);
        const result = run(requests, OTHER_PRIMARY, { samples, range });
        expect(run(requests, OTHER_PRIMARY, { samples, range })).toEqual(result);
        for (const { served, failed, refused_by_budget: refused, providers, cost_usd: cost } of [
          result.before,
          result.after,
        ]) {
          expect(served + failed + refused).toBe(count);
          expect(providers.reduce((sum, { requests: of }) => sum + of, 0)).toBe(served);
          expect(providers.reduce((sum, { cost_usd: of }) => sum + of, 0)).toBeCloseTo(cost, 6);
        }
      }),
      { numRuns: 25 },
    );
  });
});

it('the heap gives back the soonest end first, for any order of coming', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), (ends) => {
      const heap = new EndHeap<{ endsAt: number }>();
      for (const endsAt of ends) heap.push({ endsAt });
      const order = Array.from({ length: heap.size }, () => heap.pop()?.endsAt);
      expect(order).toEqual(ends.toSorted((left, right) => left - right));
    }),
  );
});

it('simulated time runs what is due in the order of its time, and never goes back', () => {
  const clock = new SimulatedClock(1000);
  const seen: string[] = [];
  clock.after(50, () => seen.push(`second at ${clock.now()}`));
  clock.after(20, () => seen.push(`first at ${clock.now()}`));
  const cancel = clock.after(30, () => seen.push('cancelled'));
  cancel();
  clock.moveTo(1040);
  clock.moveTo(1010);
  expect(clock.now()).toBe(1040);
  clock.moveTo(1100);
  expect(seen).toEqual(['first at 1020', 'second at 1050']);
});

it.each([
  [[], null],
  [[7], { p50: 7, p95: 7 }],
  [Array.from({ length: 100 }, (_, index) => index + 1), { p50: 50, p95: 95 }],
])('percentiles of %j', (values, expected) => {
  expect(percentiles(values)).toEqual(expected);
});
