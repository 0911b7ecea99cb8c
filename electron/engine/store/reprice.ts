import type { Rates } from '../../../shared/domain/pricing.ts';
import { rateUsage } from '../../../shared/domain/pricing.ts';
import type { Attempt, RequestDetail } from '../../../shared/domain/request.ts';
import { fromMicroUsd, toMicroUsd } from './money.ts';
import { chargedModel, figuresOf, NO_SAVINGS } from './rollup.ts';
import type { FiguresDelta } from './rollup.ts';

/** A request with a price where it had none. */
interface Repriced {
  request: RequestDetail;
  /** Those of its attempts that got a price; none for a request that has no attempts and was priced itself. */
  attempts: Attempt[];
  /** How many prices were found: attempts, or one for the request itself. */
  priced: number;
  addedMicroUsd: number;
  before: FiguresDelta[];
  after: FiguresDelta[];
}

/**
 * Applies a rate to what of a request has no known price and was used of the model; null when nothing of it was. The
 * result is the request, and the figures, that recording it with that rate from the start would have given.
 */
export function reprice(request: RequestDetail, model: string, rates: Rates): Repriced | null {
  return request.attempt_list.length > 0 ? repriceAttempts(request, model, rates) : repriceWhole(request, model, rates);
}

function repriceAttempts(request: RequestDetail, model: string, rates: Rates): Repriced | null {
  const savings = new Map<Attempt, number>();
  let addedMicroUsd = 0;
  const attemptList = request.attempt_list.map((attempt) => {
    if (!attempt.pricing_unknown || chargedModel(request, attempt) !== model) return attempt;
    const { costMicroUsd, cacheSavingsMicroUsd } = rateUsage(rates, attempt.usage);
    const priced = { ...attempt, cost_usd: fromMicroUsd(costMicroUsd), pricing_unknown: false };
    savings.set(priced, cacheSavingsMicroUsd);
    addedMicroUsd += costMicroUsd - toMicroUsd(attempt.cost_usd);
    return priced;
  });
  if (savings.size === 0) return null;
  const after: RequestDetail = {
    ...request,
    attempt_list: attemptList,
    cost_usd: fromMicroUsd(toMicroUsd(request.cost_usd) + addedMicroUsd),
    pricing_unknown: attemptList.some(({ pricing_unknown: unknown }) => unknown),
  };
  return {
    request: after,
    attempts: [...savings.keys()],
    priced: savings.size,
    addedMicroUsd,
    // What is told of the other attempts stays as it was recorded: it is in neither account. A price that nobody knew
    // then is in no list either.
    before: figuresOf(request, { cache: () => 0, list: () => 0 }),
    after: figuresOf(after, {
      cache: (use) => savings.get(use as Attempt) ?? 0,
      list: (use) => (savings.has(use as Attempt) ? null : 0),
    }),
  };
}

function repriceWhole(request: RequestDetail, model: string, rates: Rates): Repriced | null {
  if (!request.pricing_unknown || request.model !== model) return null;
  const { costMicroUsd, cacheSavingsMicroUsd } = rateUsage(rates, request.usage);
  const after: RequestDetail = { ...request, cost_usd: fromMicroUsd(costMicroUsd), pricing_unknown: false };
  return {
    request: after,
    attempts: [],
    priced: 1,
    addedMicroUsd: costMicroUsd - toMicroUsd(request.cost_usd),
    before: figuresOf(request, NO_SAVINGS),
    after: figuresOf(after, { ...NO_SAVINGS, cache: () => cacheSavingsMicroUsd }),
  };
}
