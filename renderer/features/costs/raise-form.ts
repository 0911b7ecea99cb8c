import { MAXIMUM_RAISE_SECONDS, MINIMUM_RAISE_SECONDS } from '../../../shared/domain/quota.ts';
import type { QuotaStatus, RaiseRequest } from '../../../shared/domain/quota.ts';
import { parseDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatUsd } from '../../../shared/format/number.ts';

/** The dialog's fields as typed. */
export interface RaiseForm {
  limit: string;
  expiry: string;
  reason: string;
  operator: string;
}

export type RaiseProblems = Partial<Record<keyof RaiseForm, string>>;

/** `1,500 requests`, `60.00 USD`: an amount of what a daily budget counts. */
export function budgetAmount({ limit }: Pick<QuotaStatus, 'limit'>, value: number): string {
  return limit === 'usd_per_day' ? formatUsd(value) : `${formatCount(value)} requests`;
}

/** What the registry allows, whatever is raised. */
export function ownLimit({ raise, limit_value: value }: QuotaStatus): number {
  return raise?.from ?? value;
}

/** The request that the form stands for, or what is wrong with each field. */
export function readRaiseForm(
  form: RaiseForm,
  budget: QuotaStatus,
): { request: RaiseRequest } | { problems: RaiseProblems } {
  const problems: RaiseProblems = {};
  const value = readLimit(form.limit, budget);
  if (typeof value === 'string') problems.limit = value;
  const ttl = readRaiseExpiry(form.expiry);
  if (typeof ttl === 'string') problems.expiry = ttl;
  if (form.reason.trim().length < 3)
    problems.reason = 'Say why, in three letters or more: it stands beside the budget and in the audit.';
  if (form.operator.trim() === '') problems.operator = 'Say who you are.';
  if (typeof value === 'string' || typeof ttl === 'string' || Object.keys(problems).length > 0) return { problems };
  return {
    request: {
      scope: budget.scope,
      name: budget.name,
      limit: budget.limit,
      limit_value: value,
      ttl_seconds: ttl,
      reason: form.reason.trim(),
      operator: form.operator.trim(),
    },
  };
}

/** The typed limit, or what is wrong with it. */
export function readLimit(text: string, budget: QuotaStatus): number | string {
  const value = Number(text.trim().replaceAll(',', ''));
  const own = ownLimit(budget);
  if (text.trim() === '' || !Number.isFinite(value) || value <= own) {
    return `Write a number above ${budgetAmount(budget, own)}.`;
  }
  if (budget.limit !== 'usd_per_day' && !Number.isInteger(value)) return 'Requests are counted in whole numbers.';
  return value;
}

/** Seconds of the typed expiry, or what is wrong with it. */
export function readRaiseExpiry(text: string): number | string {
  try {
    const seconds = Math.round(parseDuration(text) / 1000);
    if (seconds < MINIMUM_RAISE_SECONDS) return `The shortest raise is ${MINIMUM_RAISE_SECONDS} s.`;
    return seconds > MAXIMUM_RAISE_SECONDS ? 'The longest raise is 7 d; beyond it, edit the registry.' : seconds;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
