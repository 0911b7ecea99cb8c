import type { MarkStatus } from '../../ui/StatusMark.tsx';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { RequestSummary } from '../../../shared/domain/request.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { formatDuration, formatDurationCoarse } from '../../../shared/format/duration.ts';
import { formatCount, formatRate, formatUsd } from '../../../shared/format/number.ts';
import type { ForceForm } from './force-form.ts';
import { formatClock } from '../../../shared/format/time.ts';
import { onReadersClock } from '../../../shared/format/written-times.ts';

export interface PreviewLine {
  label: string;
  text: string;
  mark?: MarkStatus;
}

export interface OverridePreview {
  lines: readonly PreviewLine[];
  /** True when the provider is not known to be able to serve: its name has to be typed. */
  dangerous: boolean;
}

/** USD a request costs at a provider, and what that is taken from. */
export interface CostEstimate {
  usdPerRequest: number;
  basis: 'self-hosted' | 'now' | 'recent';
}

/** What the effect of an override is judged by. */
export interface OverrideQuestion {
  status: Status;
  provider: ProviderStatus;
  /** The newest requests: for the price of a provider without traffic, and for the part of it that a scope covers. */
  requests: readonly RequestSummary[];
  scope: Pick<ForceForm, 'scopeKind' | 'scopeName'>;
  /** How long the override is to hold. */
  ttlMs: number;
  /** Epoch ms. */
  now: number;
}

/**
 * What forcing a provider would do, from what is known now: its health, the traffic that would go there, what that costs
 * by its present or recent price per request, and how long its budgets hold.
 */
export function overridePreview({ status, provider, requests, scope, ttlMs, now }: OverrideQuestion): OverridePreview {
  const estimate = estimateCost(provider, requests);
  const share = scopeShare(scope, requests);
  const moved = share === null ? null : status.requests_per_second * share;
  const perHour = estimate === null || moved === null ? null : estimate.usdPerRequest * moved * 3600;
  return {
    dangerous: provider.health.status !== 'healthy' && provider.health.status !== 'degraded',
    lines: [
      { label: 'Health', text: healthText(provider, now), mark: provider.health.status },
      { label: 'Traffic now', text: trafficText(moved, status, provider) },
      {
        label: 'Cost',
        text: costText(perHour, estimate, scope.scopeKind === 'all' ? status.cost_usd_per_hour : null, ttlMs),
      },
      ...(moved === null ? [] : provider.quota.flatMap((quota) => budgetLine(quota, moved, perHour, now) ?? [])),
    ],
  };
}

/** The part of the newest requests that a scope covers, 0 to 1; null where there are none to judge by. */
export function scopeShare(
  { scopeKind, scopeName }: OverrideQuestion['scope'],
  requests: readonly RequestSummary[],
): number | null {
  if (scopeKind === 'all') return 1;
  if (requests.length === 0 || scopeName.trim() === '') return null;
  const covered = requests.filter(
    (request) => (scopeKind === 'model' ? request.requested_model : request.call_site) === scopeName.trim(),
  );
  return covered.length / requests.length;
}

function trafficText(moved: number | null, status: Status, provider: ProviderStatus): string {
  const all = formatRate(status.requests_per_second);
  if (moved === null) return `${all} in all; how much of it is in scope is not known`;
  if (moved === status.requests_per_second)
    return `${all} in all, ${formatRate(provider.gauges.requests_per_second)} of it here already`;
  return `about ${formatRate(moved)} of ${all} is in scope`;
}

/** The price of a request at a provider: free where it is self-hosted, else by its present traffic, else by its newest answers. */
export function estimateCost(provider: ProviderStatus, requests: readonly RequestSummary[]): CostEstimate | null {
  if (provider.deployment === 'self-hosted') return { usdPerRequest: 0, basis: 'self-hosted' };
  const { requests_per_second: rate, cost_usd_per_hour: cost } = provider.gauges;
  if (rate > 0 && cost > 0) return { usdPerRequest: cost / (rate * 3600), basis: 'now' };
  const priced = requests.filter(
    (request) => request.provider === provider.name && !request.pricing_unknown && request.status === 'success',
  );
  if (priced.length === 0) return null;
  return { usdPerRequest: priced.reduce((sum, { cost_usd: usd }) => sum + usd, 0) / priced.length, basis: 'recent' };
}

function healthText(provider: ProviderStatus, now: number): string {
  const age = formatDurationCoarse(now - provider.health.since);
  return `${provider.health.status} for ${age}${provider.health.reason ? `: ${onReadersClock(provider.health.reason, now)}` : ''}`;
}

/** @param present USD/h of everything now, where the override would cover everything. */
function costText(
  perHour: number | null,
  estimate: CostEstimate | null,
  present: number | null,
  ttlMs: number,
): string {
  if (estimate === null) return 'not known: no priced request of this provider to judge by';
  if (perHour === null) return 'not known until it is known how much traffic is in scope';
  const instead =
    present === null
      ? ''
      : Math.abs(perHour - present) <= present * 0.02
        ? ', as now'
        : ` instead of ${formatUsd(present)}/h`;
  if (estimate.basis === 'self-hosted') return `0 USD/h of API spend${instead}`;
  const basis = estimate.basis === 'now' ? 'its present price per request' : 'its newest requests';
  return `about ${formatUsd(perHour)}/h${instead}; ${formatUsd((perHour * ttlMs) / 3_600_000)} in ${formatDuration(ttlMs)}, by ${basis}`;
}

function budgetLine(quota: QuotaStatus, perSecond: number, perHour: number | null, now: number): PreviewLine | null {
  switch (quota.limit) {
    case 'requests_per_day':
      return {
        label: 'Requests left today',
        text: leftText(
          `${formatCount(quota.remaining)} of ${formatCount(quota.limit_value)}`,
          quota.remaining / perSecond,
          quota,
          now,
        ),
        mark: quota.exhausted ? 'unhealthy' : undefined,
      };
    case 'usd_per_day':
      return {
        label: 'Budget left today',
        text: leftText(
          `${formatUsd(quota.remaining)} of ${formatUsd(quota.limit_value)}`,
          perHour === null ? Number.NaN : (quota.remaining / perHour) * 3600,
          quota,
          now,
        ),
        mark: quota.exhausted ? 'unhealthy' : undefined,
      };
    case 'requests_per_second':
      if (perSecond <= quota.limit_value) return null;
      return {
        label: 'Rate limit',
        text: `${quota.limit_value} /s is below the traffic now: some requests would be refused`,
        mark: 'degraded',
      };
    case 'tokens_per_minute':
    case 'max_concurrent':
      return null;
  }
}

function leftText(amount: string, secondsLeft: number, quota: QuotaStatus, now: number): string {
  if (quota.exhausted) return `none: ${amount}${quota.reset_at ? `, again at ${formatClock(quota.reset_at)}` : ''}`;
  const endsAt = now + secondsLeft * 1000;
  if (!Number.isFinite(endsAt)) return amount;
  if (quota.reset_at !== null && endsAt >= quota.reset_at)
    return `${amount}, enough until it resets at ${formatClock(quota.reset_at)}`;
  return `${amount}, used up at ${formatClock(endsAt)} with all the traffic`;
}
