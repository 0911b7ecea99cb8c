import type { LimitKind, QuotaStatus } from '../../../shared/domain/quota.ts';
import { formatCount, formatTokens, formatUsd } from '../../../shared/format/number.ts';
import { formatDurationCoarse } from '../../../shared/format/duration.ts';
import { formatClock } from '../../../shared/format/time.ts';

const LABELS: Readonly<Record<LimitKind, string>> = {
  requests_per_day: 'requests a day',
  requests_per_second: 'requests a second',
  tokens_per_minute: 'tokens a minute',
  usd_per_day: 'spending a day',
  max_concurrent: 'requests in flight',
};

/** What a limit counts, as assistive technology names its meter. */
export function limitLabel(limit: LimitKind): string {
  return LABELS[limit];
}

const PERIODS: Readonly<Record<LimitKind, string>> = {
  requests_per_day: ' /day',
  requests_per_second: ' /s',
  tokens_per_minute: ' tokens/min',
  usd_per_day: '/day',
  max_concurrent: ' in flight',
};

/** `812 of 1,000 /day`, `18.20 of 60.00 USD/day`, `4 of 10 /s`; `812 /day` where nothing is refused. */
export function usedOfLimit(quota: QuotaStatus): string {
  const format =
    quota.limit === 'usd_per_day' ? formatUsd : quota.limit === 'tokens_per_minute' ? formatTokens : formatCount;
  if (!quota.enforced) return `${format(quota.used)}${PERIODS[quota.limit]}`;
  return `${format(quota.used).replace(' USD', '')} of ${format(quota.limit_value)}${PERIODS[quota.limit]}`;
}

/** When the budget ends or starts anew, in a few words; empty for limits that free themselves within a minute. */
export function resetWords(quota: QuotaStatus, now: number, timeZone?: string): string {
  if (quota.limit !== 'requests_per_day' && quota.limit !== 'usd_per_day') return quota.exhausted ? 'at the limit' : '';
  const reset = quota.reset_at === null ? '' : formatDurationCoarse(quota.reset_at - now);
  if (quota.exhausted) return reset ? `used up, resets in ${reset}` : 'used up';
  const soft = quota.soft_exceeded ? 'over the soft limit' : null;
  const ends =
    quota.projected_exhaustion_at === null ? null : `ends ${formatClock(quota.projected_exhaustion_at, timeZone)}`;
  const raised = quota.raise === null ? null : `raised until ${formatClock(quota.raise.until, timeZone)}`;
  const words = [soft, ends, raised].filter((word) => word !== null);
  if (words.length > 0) return words.join(', ');
  return reset ? `resets in ${reset}` : '';
}

/** Until when the tightest daily budget lasts, as a sentence; null where none runs out before it resets. */
export function budgetSentence(quotas: readonly QuotaStatus[], timeZone?: string): string | null {
  const daily = quotas.filter(({ limit }) => limit === 'requests_per_day' || limit === 'usd_per_day');
  const spent = daily.find(({ exhausted }) => exhausted);
  if (spent)
    return spent.reset_at === null
      ? 'Its budget is used up.'
      : `Its budget is used up until ${formatClock(spent.reset_at, timeZone)}.`;
  const ends = daily.map(({ projected_exhaustion_at: at }) => at).filter((at) => at !== null);
  return ends.length === 0 ? null : `Budget lasts until ${formatClock(Math.min(...ends), timeZone)}.`;
}
