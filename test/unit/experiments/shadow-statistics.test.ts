import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../electron/engine/seeded-random.ts';
import { summarisePairs } from '../../../electron/engine/store/shadow-statistics.ts';
import type { ShadowPair } from '../../../shared/domain/experiments.ts';
import { aPair, NO_PAIRS } from '../../support/experiment-fixtures.ts';

/** Pairs whose shadow takes `more` milliseconds longer and `dearer` USD more, with noise of the same size on both sides. */
function noisyPairs(count: number, more: number, dearer: number): ShadowPair[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () =>
    aPair({
      original: { duration_ms: 1000 + random() * 400, cost_usd: 0.01 + random() * 0.001 },
      shadow: { duration_ms: 1000 + more + random() * 400, cost_usd: 0.01 + dearer + random() * 0.001 },
    }),
  );
}

describe('the summary of pairs', () => {
  it('says nothing of none', () => {
    expect(summarisePairs([], 0)).toEqual(NO_PAIRS);
  });

  it('takes latency and cost of both sides from the pairs that both answered', () => {
    const failed = aPair({
      original: { duration_ms: 9999 },
      shadow: { outcome: 'failure', failure_class: 'timeout', duration_ms: 1 },
    });
    const cancelled = aPair({ shadow: { outcome: 'cancelled', failure_class: 'cancelled' } });
    const summary = summarisePairs([aPair(), failed, cancelled], 3);
    expect(summary).toMatchObject({
      pairs: 3,
      compared: 1,
      success_rate: 0.5,
      failures: [{ failure_class: 'timeout', pairs: 1 }],
      original: { duration_ms: { p50: 1000, p95: 1000 } },
      shadow: { duration_ms: { p50: 2000, p95: 2000 }, mean_cost_usd: 0.01 },
    });
  });

  it('leaves pairs of unknown price out of the cost alone', () => {
    const summary = summarisePairs([aPair(), aPair({ shadow: { pricing_unknown: true, cost_usd: 0 } })], 2);
    expect(summary).toMatchObject({ compared: 2, priced: 1, shadow: { mean_cost_usd: 0.01 } });
  });

  it('counts agreement where there is something to agree on', () => {
    const summary = summarisePairs(
      [
        aPair({ json: { original: true, shadow: false }, tool_calls: 'same' }),
        aPair({ shadow: { finish_reason: 'length' }, tool_calls: 'same_names' }),
        aPair({ similarity: null, tool_calls: 'different' }),
      ],
      3,
    );
    expect(summary.json).toEqual({ pairs: 1, original: 1, shadow: 0 });
    expect(summary.tool_calls).toEqual({ pairs: 3, same: 1, same_names: 2 });
    expect(summary.finish_reason).toEqual({ pairs: 3, agreeing: 2 });
    expect(summary.similarity).toMatchObject({ pairs: 2, mean: 0.5, histogram: [0, 0, 0, 0, 0, 2, 0, 0, 0, 0] });
  });

  it('states no difference under 30 pairs, and one from 30 on', () => {
    const pairs = noisyPairs(30, 500, 0);
    expect(summarisePairs(pairs.slice(1), 29).duration_p50_difference_ms).toBeNull();
    expect(summarisePairs(pairs.slice(1), 29).mean_cost_difference_usd).toBeNull();
    expect(summarisePairs(pairs, 30).duration_p50_difference_ms?.pairs).toBe(30);
  });

  it('finds a true difference, and an interval around it that leaves nothing out', () => {
    const { duration_p50_difference_ms: slower, mean_cost_difference_usd: dearer } = summarisePairs(
      noisyPairs(200, 500, 0.002),
      200,
    );
    expect(slower?.low).toBeGreaterThan(400);
    expect(slower?.high).toBeLessThan(600);
    expect(dearer?.low).toBeGreaterThan(0.0018);
    expect(dearer?.high).toBeLessThan(0.0022);
  });

  it('holds no difference possible where there is none', () => {
    const { duration_p50_difference_ms: slower } = summarisePairs(noisyPairs(300, 0, 0), 300);
    expect(slower?.low).toBeLessThan(0);
    expect(slower?.high).toBeGreaterThan(0);
  });

  it('is the same for the same pairs, with every interval around its value', () => {
    const pair = fc
      .tuple(fc.nat(60_000), fc.nat(60_000), fc.nat(1000))
      .map(([original, shadow, cost]) =>
        aPair({ original: { duration_ms: original }, shadow: { duration_ms: shadow, cost_usd: cost / 1000 } }),
      );
    fc.assert(
      fc.property(fc.array(pair, { minLength: 30, maxLength: 60 }), (pairs) => {
        const summary = summarisePairs(pairs, pairs.length);
        expect(summarisePairs(pairs, pairs.length)).toEqual(summary);
        const { duration_p50_difference_ms: slower, mean_cost_difference_usd: dearer } = summary;
        for (const difference of [slower, dearer]) {
          if (!difference) throw new Error('30 pairs allow a statement.');
          expect(difference.low).toBeLessThanOrEqual(difference.high);
        }
        expect(dearer?.low).toBeLessThanOrEqual(dearer?.value ?? NaN);
        expect(dearer?.high).toBeGreaterThanOrEqual(dearer?.value ?? NaN);
      }),
      { numRuns: 20 },
    );
  });
});
