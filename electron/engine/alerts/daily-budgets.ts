import { formatUsd } from '../../../shared/format/number.ts';
import type { AlertFacts } from './alert-facts.ts';

/** The budgets of a day among all limits. */
export function dailyBudgets(quotas: AlertFacts['quotas']): AlertFacts['quotas'][number][] {
  return quotas.filter(({ limit, limit_value: value }) => limit.endsWith('_per_day') && value > 0);
}

/** 0 to 1, or above where the limit was lowered. */
export function usedShare({ used, limit_value: limit }: AlertFacts['quotas'][number]): number {
  return used / limit;
}

/** As the metrics of the two kinds of limits have them. */
export function ownerLabels({ scope, name, limit }: AlertFacts['quotas'][number]): Record<string, string> {
  return scope === 'provider' ? { model_name: name, limit } : { call_site: name, limit };
}

/** The size of a budget, such as `1000 requests` or `50 USD`. */
export function budgetWords(limit: string, value: number): string {
  return limit === 'usd_per_day' ? formatUsd(value) : `${value} requests`;
}
