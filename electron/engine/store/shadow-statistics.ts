import { MINIMUM_PAIRS } from '../../../shared/domain/experiments.ts';
import type { Difference, ShadowPair, ShadowSummary, SideFigures } from '../../../shared/domain/experiments.ts';
import type { Percentiles } from '../../../shared/domain/provider.ts';
import { seededRandom } from '../seeded-random.ts';

/** Fixed, so that the same pairs always give the same interval. */
const SEED = 20_240_501;
const RESAMPLES = 400;
const CONFIDENCE = 0.95;
const HISTOGRAM_STEPS = 10;

/**
 * What pairs come to; `total` is how many there are, of which these, newest first, are considered. Latency and cost are
 * taken from the pairs that both sides answered, so that both are measured on the same requests. Pure: the same pairs
 * give the same figures.
 */
export function summarisePairs(considered: readonly ShadowPair[], total: number): ShadowSummary {
  const judged = considered.filter(({ shadow }) => shadow.outcome !== 'cancelled');
  const compared = judged.filter(({ shadow }) => shadow.outcome === 'success');
  const priced = compared.filter(({ original, shadow }) => !original.pricing_unknown && !shadow.pricing_unknown);
  const finished = compared.filter(({ original, shadow }) => original.finish_reason && shadow.finish_reason);
  const json = compared.flatMap((pair) => pair.json ?? []);
  const tools = compared.flatMap((pair) => pair.tool_calls ?? []);
  return {
    pairs: total,
    considered: considered.length,
    compared: compared.length,
    success_rate: judged.length === 0 ? null : compared.length / judged.length,
    originals: tally(considered.map(({ original }) => original.provider)).map(([provider, pairs]) => ({
      provider,
      pairs,
    })),
    failures: tally(
      judged.flatMap(({ shadow }) => (shadow.outcome === 'failure' ? (shadow.failure_class ?? 'malformed') : [])),
    ).map(([failureClass, pairs]) => ({ failure_class: failureClass, pairs })),
    original: sideFigures('original', compared, priced),
    shadow: sideFigures('shadow', compared, priced),
    priced: priced.length,
    similarity: similarityFigures(compared.flatMap((pair) => pair.similarity ?? [])),
    length_ratio_p50: percentiles(compared.flatMap((pair) => pair.length_ratio ?? []))?.p50 ?? null,
    finish_reason: {
      pairs: finished.length,
      agreeing: finished.filter(({ original, shadow }) => original.finish_reason === shadow.finish_reason).length,
    },
    json: {
      pairs: json.length,
      original: json.filter(({ original }) => original).length,
      shadow: json.filter(({ shadow }) => shadow).length,
    },
    tool_calls: {
      pairs: tools.length,
      same: tools.filter((agreement) => agreement === 'same').length,
      same_names: tools.filter((agreement) => agreement !== 'different').length,
    },
    duration_p50_difference_ms: medianDifference(
      compared.map(({ original, shadow }) => [original.duration_ms, shadow.duration_ms]),
    ),
    mean_cost_difference_usd: meanDifference(priced.map(({ original, shadow }) => shadow.cost_usd - original.cost_usd)),
  };
}

function sideFigures(
  side: 'original' | 'shadow',
  compared: readonly ShadowPair[],
  priced: readonly ShadowPair[],
): SideFigures {
  const sides = compared.map((pair) => pair[side]);
  return {
    duration_ms: percentiles(sides.map((one) => one.duration_ms)),
    first_token_ms: percentiles(sides.flatMap((one) => one.first_token_ms ?? [])),
    mean_output_tokens: mean(sides.map((one) => one.output_tokens)),
    mean_cost_usd: mean(priced.map((pair) => pair[side].cost_usd)),
  };
}

function similarityFigures(values: readonly number[]): ShadowSummary['similarity'] {
  const average = mean(values);
  const p50 = percentiles(values)?.p50;
  if (average === null || p50 === undefined) return null;
  const histogram = Array.from({ length: HISTOGRAM_STEPS }, () => 0);
  for (const value of values) {
    const step = Math.min(HISTOGRAM_STEPS - 1, Math.floor(value * HISTOGRAM_STEPS));
    histogram[step] = (histogram[step] ?? 0) + 1;
  }
  return { pairs: values.length, mean: average, p50, histogram };
}

/**
 * The difference of the two medians (shadow minus original), with its percentile bootstrap interval: pairs are drawn
 * with replacement, as pairs, and the medians are compared in each draw (Efron and Tibshirani, An Introduction to the
 * Bootstrap, chapter 13). Null under `MINIMUM_PAIRS`.
 */
function medianDifference(pairs: readonly (readonly [original: number, shadow: number])[]): Difference | null {
  const size = pairs.length;
  if (size < MINIMUM_PAIRS) return null;
  const originals = new Ranked(pairs.map(([original]) => original));
  const shadows = new Ranked(pairs.map(([, shadow]) => shadow));
  const random = seededRandom(SEED);
  const drawn = new Uint16Array(size);
  const differences = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    drawn.fill(0);
    for (let draw = 0; draw < size; draw += 1) {
      const place = Math.floor(random() * size);
      drawn[place] = (drawn[place] ?? 0) + 1;
    }
    differences[resample] = shadows.medianOf(drawn) - originals.medianOf(drawn);
  }
  differences.sort();
  const tail = (1 - CONFIDENCE) / 2;
  const once = drawn.fill(1);
  return {
    value: shadows.medianOf(once) - originals.medianOf(once),
    low: differences[Math.floor(tail * (RESAMPLES - 1))] ?? 0,
    high: differences[Math.ceil((1 - tail) * (RESAMPLES - 1))] ?? 0,
    pairs: size,
  };
}

/** Values sorted once, so that the median of any drawing from them is found without sorting again. */
class Ranked {
  readonly #values: readonly number[];
  /** Places of the values, the smallest value first. */
  readonly #order: Uint32Array;

  constructor(values: readonly number[]) {
    this.#values = values;
    this.#order = Uint32Array.from(values.keys()).sort((left, right) => (values[left] ?? 0) - (values[right] ?? 0));
  }

  /** By nearest rank, as every other percentile here; `drawn` says how often each place was drawn, as many times in all. */
  medianOf(drawn: Uint16Array): number {
    const rank = Math.ceil(this.#values.length / 2);
    let passed = 0;
    for (const place of this.#order) {
      passed += drawn[place] ?? 0;
      if (passed >= rank) return this.#values[place] ?? 0;
    }
    return 0;
  }
}

/** 97.5 % of the normal distribution lie below; from 30 pairs on Student's t is close to it. */
const NORMAL_QUANTILE = 1.96;

/** The mean of the differences within pairs, with the interval of its standard error. Null under `MINIMUM_PAIRS`. */
function meanDifference(differences: readonly number[]): Difference | null {
  const pairs = differences.length;
  const value = mean(differences);
  if (pairs < MINIMUM_PAIRS || value === null) return null;
  const variance = differences.reduce((sum, difference) => sum + (difference - value) ** 2, 0) / (pairs - 1);
  const margin = NORMAL_QUANTILE * Math.sqrt(variance / pairs);
  return { value, low: value - margin, high: value + margin, pairs };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Nearest rank; null for no values. */
function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

/** How often each value occurs, the most frequent first. */
function tally<Value extends string>(values: readonly Value[]): [Value, number][] {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(
    ([nameLeft, left], [nameRight, right]) => right - left || (nameLeft < nameRight ? -1 : 1),
  );
}
