import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../shared/domain/decision.ts';
import { assessComplexity, tierOf } from '../../../electron/engine/policy/complexity.ts';
import { TIER_DEFAULTS } from '../../../electron/engine/registry/defaults.ts';

const NO_REQUEST = { promptCharacters: 0, messageCount: 0 };

function scores(value: number): Task {
  return { agent_ais: { creation_score: value, execution_score: value, combined_score: value } };
}

describe('the tier table', () => {
  it.each([
    [0, 'fast'],
    [2.99, 'fast'],
    [3, 'balanced'],
    [6.5, 'balanced'],
    [6.51, 'powerful'],
    [10, 'powerful'],
  ])('complexity %d is %s', (complexity, tier) => {
    expect(tierOf(complexity, TIER_DEFAULTS)).toBe(tier);
  });

  it('has thresholds of its own where configured', () => {
    expect(tierOf(5, { thresholds: { fastBelow: 5.5, balancedUpTo: 6 } })).toBe('fast');
  });
});

describe('complexity', () => {
  it('is 60 % agent scores and 40 % step factors', () => {
    const step = { prompt_length: 8000, data_size: 100_000, condition_count: 10, context_depth: 10, reasoning: 10 };
    expect(assessComplexity({ ...scores(5), step }, NO_REQUEST, TIER_DEFAULTS)).toMatchObject({
      score: 7,
      agentScore: 5,
      stepScore: 10,
      estimated: [],
      tier: 'powerful',
    });
    const nothing = { prompt_length: 0, data_size: 0, condition_count: 0, context_depth: 0, reasoning: false };
    expect(assessComplexity({ ...scores(5), step: nothing }, NO_REQUEST, TIER_DEFAULTS).score).toBe(3);
  });

  it('measures from the request what the task leaves out, and marks it', () => {
    const assessed = assessComplexity(scores(5), { promptCharacters: 4000, messageCount: 20 }, TIER_DEFAULTS);
    // Prompt length 5, context depth 10 (capped), the other three as the agent: (5 + 10 + 5 + 5 + 5) / 5 = 6.
    expect(assessed).toMatchObject({ stepScore: 6, score: 5.4 });
    expect(assessed.estimated).toEqual([
      'step.prompt_length',
      'step.data_size',
      'step.condition_count',
      'step.context_depth',
      'step.reasoning',
    ]);
  });

  it('is the step’s without agent scores, and the middle without anything', () => {
    expect(assessComplexity({ step: { reasoning: true } }, NO_REQUEST, TIER_DEFAULTS)).toMatchObject({
      score: 10,
      agentScore: null,
    });
    expect(assessComplexity({}, NO_REQUEST, TIER_DEFAULTS)).toMatchObject({ score: 5, tier: 'balanced' });
  });

  it('is the mean of the agent scores that are there', () => {
    const assessed = assessComplexity(
      { agent_ais: { creation_score: 2, combined_score: 4 } },
      NO_REQUEST,
      TIER_DEFAULTS,
    );
    expect(assessed).toMatchObject({ agentScore: 3, score: 3 });
    expect(assessed.estimated).toContain('agent_ais.execution_score');
  });

  it('follows configured weights', () => {
    const weights = { ...TIER_DEFAULTS.weights, agent: 1, step: 0, creation: 0, execution: 0 };
    const task = { agent_ais: { creation_score: 10, execution_score: 10, combined_score: 1 } };
    expect(assessComplexity(task, NO_REQUEST, { ...TIER_DEFAULTS, weights }).score).toBe(1);
  });

  it('stays in 0 to 10 for any task, and rises with every score', () => {
    const score = fc.double({ min: 0, max: 10, noNaN: true });
    const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
    const tasks = fc.record(
      {
        agent_ais: fc.record(
          { creation_score: score, execution_score: score, combined_score: score },
          { requiredKeys: [] },
        ),
        step: fc.record(
          {
            prompt_length: amount,
            data_size: amount,
            condition_count: amount,
            context_depth: amount,
            reasoning: score,
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(tasks, fc.nat(), fc.nat(), (task, promptCharacters, messageCount) => {
        const { score: complexity } = assessComplexity(task, { promptCharacters, messageCount }, TIER_DEFAULTS);
        expect(complexity).toBeGreaterThanOrEqual(0);
        expect(complexity).toBeLessThanOrEqual(10);
      }),
    );
    fc.assert(
      fc.property(score, score, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const lower = assessComplexity(scores(low), NO_REQUEST, TIER_DEFAULTS).score;
        expect(assessComplexity(scores(high), NO_REQUEST, TIER_DEFAULTS).score).toBeGreaterThanOrEqual(lower);
      }),
    );
  });
});

describe('what moves a tier', () => {
  it.each<[string, Task, string, string]>([
    ['nothing', { previous_failures: 0, budget_remaining: 10_000 }, 'balanced', ''],
    ['a failure raises it', { previous_failures: 1 }, 'powerful', 'raised after 1 previous failure'],
    ['a thin budget lowers it', { budget_remaining: 500 }, 'fast', 'lowered because 500 is left of the budget'],
    ['both cancel out', { previous_failures: 1, budget_remaining: 500 }, 'balanced', 'raised'],
    ['an empty budget is fast whatever failed', { previous_failures: 5, budget_remaining: 0 }, 'fast', 'raised'],
  ])('%s', (_what, more, tier, adjustment) => {
    const assessed = assessComplexity({ ...scores(5), ...more }, NO_REQUEST, TIER_DEFAULTS);
    expect(assessed).toMatchObject({ score: 5, baseTier: 'balanced', tier });
    expect(assessed.adjustments.join()).toContain(adjustment);
  });

  it('many failures go to the top at once', () => {
    expect(assessComplexity({ ...scores(1), previous_failures: 1 }, NO_REQUEST, TIER_DEFAULTS).tier).toBe('balanced');
    expect(assessComplexity({ ...scores(1), previous_failures: 3 }, NO_REQUEST, TIER_DEFAULTS).tier).toBe('powerful');
  });
});
