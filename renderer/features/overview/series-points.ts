import type { Series, SeriesPoint } from '../../../shared/domain/history.ts';

/** One bucket's figure as the charts take it. */
export interface ChartValue {
  at: number;
  value: number | null;
}

/** What the overview draws of a series. */
export interface ProviderCurves {
  provider: string;
  /** Requests a second. */
  rate: readonly ChartValue[];
  /** p95 of the time to first token, ms; null where nothing was answered. */
  firstToken: readonly ChartValue[];
  /** p95 of the time to the whole answer, ms; null where nothing was answered. */
  latency: readonly ChartValue[];
  /** USD an hour. */
  cost: readonly ChartValue[];
}

/**
 * The curves of each provider that had any traffic. A bucket that is still filling is left out: drawn as it is, it would
 * look like a fall to nothing.
 *
 * @param order Registry names in the order of every other screen; what is not among them comes last.
 */
export function providerCurves(series: Series, order: readonly string[] = []): ProviderCurves[] {
  const whole = (point: SeriesPoint) => point.at + series.step_ms <= series.until;
  const place = (provider: string) => (order.includes(provider) ? order.indexOf(provider) : order.length);
  return series.providers
    .toSorted((left, right) => place(left.provider) - place(right.provider))
    .map(({ provider, points }) => ({ provider, points: points.filter(whole) }))
    .filter(({ points }) => points.some(({ requests, cost_usd: cost }) => requests > 0 || cost > 0))
    .map(({ provider, points }) => ({
      provider,
      rate: points.map(({ at, requests }) => ({ at, value: (requests * 1000) / series.step_ms })),
      firstToken: points.map(({ at, first_token_ms: firstToken }) => ({ at, value: firstToken?.p95 ?? null })),
      latency: points.map(({ at, latency_ms: latency }) => ({ at, value: latency?.p95 ?? null })),
      cost: points.map(({ at, cost_usd: cost }) => ({ at, value: (cost * 3_600_000) / series.step_ms })),
    }));
}
