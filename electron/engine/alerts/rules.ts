import type { AlertRule, AlertRuleName, AlertSeverity } from '../../../shared/domain/alerts.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatUsd } from '../../../shared/format/number.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import type { AlertFacts, Finding } from './alert-facts.ts';
import { budgetWords, dailyBudgets, ownerLabels, usedShare } from './daily-budgets.ts';
import { serverChecks } from './server-checks.ts';

/** A rule: a question to the facts, and how long its answer has to be yes. */
export interface Rule {
  name: AlertRuleName;
  severity: AlertSeverity;
  forSeconds: number;
  /** What the rule compares with, in the unit of its condition; null where there is nothing to set. */
  threshold: number | null;
  /** How far back it counts in memory; left out where it looks at the present or at what is stored. */
  windowSeconds?: number;
  condition: (threshold: number) => string;
  find: (facts: AlertFacts, threshold: number) => Finding[];
}

const MINUTE = 60;
const HOUR_MS = 3_600_000;
const NO_THRESHOLD = 0;

const LOCK_WORDS: Readonly<Record<string, string>> = {
  unauthorized: 'refuses our key',
  exhausted: 'has no credit left',
  model_missing: 'does not have the model it is asked for',
};

/**
 * The same rules as `monitoring/prometheus/alerts.yml`, on the engine's own figures: names, severities, durations and
 * thresholds are those of the file. `SwitchyardDown` alone is missing, which only another process can see.
 */
export const RULES: readonly Rule[] = [
  {
    name: 'PrimaryModelDown',
    severity: 'critical',
    forSeconds: 5 * MINUTE,
    threshold: null,
    condition: () => 'The primary is unhealthy.',
    find: ({ status }) =>
      status.providers
        .filter(({ name, health }) => name === status.primary && health.status === 'unhealthy')
        .map((provider) => ({
          labels: { model_name: provider.name },
          summary: `The primary ${provider.display_name} is unhealthy: ${provider.health.reason}.`,
          response:
            status.serving === null
              ? 'Nobody can serve in its place.'
              : `Requests go to ${status.serving}; the primary is probed until it answers, and its share then rises by itself.`,
          checks: serverChecks(provider),
        })),
  },
  {
    name: 'UsingFallbackModel',
    severity: 'warning',
    forSeconds: 2 * MINUTE,
    threshold: null,
    windowSeconds: 5 * MINUTE,
    condition: () => 'Another provider than the primary answered in the last 5 minutes.',
    find: ({ status, apiAnswers }) =>
      [...apiAnswers].flatMap(([name, answers]) => {
        const provider = status.providers.find((one) => one.name === name);
        if (!provider || name === status.primary || answers === 0) return [];
        return [
          {
            labels: { model_name: name },
            summary: `${provider.display_name} took ${answers} ${answers === 1 ? 'request' : 'requests'} in 5 minutes${status.verdict === 'fallback' ? ' in place of the primary' : ''}.`,
            response: 'Its calls count against its budget, and its vendor charges for them.',
            checks: [
              status.cause === ''
                ? 'The primary is well: requests asked for it by name, tier or call site, or failed over one by one; see Fallbacks.'
                : `The primary: ${status.cause}.`,
              'See on Overview when the budget of the fallback runs out.',
            ],
          },
        ];
      }),
  },
  {
    name: 'APIUsageHigh',
    severity: 'warning',
    forSeconds: 0,
    threshold: 1000,
    condition: (threshold) => `APIs answered more than ${threshold} requests in 24 hours.`,
    find: ({ apiRequestsOfDay: requests }, threshold) =>
      requests === null || requests <= threshold
        ? []
        : [
            {
              labels: {},
              summary: `APIs answered ${requests} requests in 24 hours; ${threshold} are expected at most.`,
              response: 'Nothing was refused by this: budgets are limits of their own.',
              checks: [
                'Costs, grouped by call site, shows where they come from.',
                'Check why the primary does not take them.',
              ],
            },
          ],
  },
  {
    name: 'AllModelsDown',
    severity: 'critical',
    forSeconds: MINUTE,
    threshold: null,
    condition: () => 'No provider is healthy.',
    find: ({ status }) => {
      const known = status.providers.filter(
        ({ health }) => health.status !== 'disabled' && health.status !== 'unknown',
      );
      if (known.length === 0 || known.some(({ health }) => health.status !== 'unhealthy')) return [];
      return [
        {
          labels: {},
          summary: 'No provider is healthy; callers get 503.',
          response: 'Every provider is probed until one answers; then requests go there at once.',
          checks: known.map(({ display_name: name, health }) => `${name}: ${health.reason}.`),
        },
      ];
    },
  },
  {
    name: 'RequestsFailing',
    severity: 'critical',
    forSeconds: 5 * MINUTE,
    threshold: 0.05,
    windowSeconds: 5 * MINUTE,
    condition: (threshold) => `More than ${formatPercent(threshold)} of clients' requests failed over 5 minutes.`,
    find: ({ requests: { finished, failed } }, threshold) =>
      finished === 0 || failed / finished <= threshold
        ? []
        : [
            {
              labels: {},
              summary: `${formatPercent(failed / finished)} of requests failed in 5 minutes (${failed} of ${finished}).`,
              response: 'Every provider that may serve was tried for each of them.',
              checks: ['Requests, filtered by outcome failed, names the causes.'],
            },
          ],
  },
  {
    name: 'FirstTokenSlow',
    severity: 'warning',
    forSeconds: 10 * MINUTE,
    threshold: 10,
    condition: (threshold) => `One request in twenty waits more than ${threshold} s for its first token.`,
    find: ({ status }, threshold) =>
      status.providers.flatMap(({ name, display_name: display, gauges, load }) => {
        const p95 = gauges.first_token_ms?.p95 ?? 0;
        if (p95 <= threshold * 1000) return [];
        return [
          {
            labels: { model_name: name },
            summary: `${display}: one request in twenty waits ${formatDuration(p95)} for its first token.`,
            response: 'A request that passes its first-token limit goes to the next provider.',
            checks: [
              typeof load?.waiting === 'number' ? `${load.waiting} requests wait in its queue.` : 'Check its queue.',
              'routing.high_load.mode latency moves new requests to the fallback meanwhile.',
            ],
          },
        ];
      }),
  },
  {
    name: 'BreakerFlapping',
    severity: 'warning',
    forSeconds: 0,
    threshold: 3,
    windowSeconds: 15 * MINUTE,
    condition: (threshold) => `A circuit breaker opened more than ${threshold} times in 15 minutes.`,
    find: ({ breakerOpenings }, threshold) =>
      above(breakerOpenings, threshold).map(([name, openings]) => ({
        labels: { model_name: name },
        summary: `The breaker of ${name} opened ${openings} times in 15 minutes.`,
        response: 'Each time it waits longer before it is tried again.',
        checks: ['It recovers and fails again: isolate it until the cause is found.'],
      })),
  },
  {
    name: 'ProviderLockedOut',
    severity: 'critical',
    forSeconds: 0,
    threshold: null,
    condition: () => 'A provider refuses our key, has no credit left, or lacks the model.',
    find: ({ lockedOut }) =>
      [...lockedOut].map(([name, failure]) => ({
        labels: { model_name: name, failure_class: failure },
        summary: `${name} ${LOCK_WORDS[failure] ?? 'is out until it is mended'}.`,
        response: 'It is left out until a probe finds it mended; others serve meanwhile.',
        checks: [
          failure === 'exhausted'
            ? "Add credit or raise the spend limit in the vendor's console, then probe it."
            : failure === 'unauthorized'
              ? 'Set a valid key in the environment; it is tried at once.'
              : 'Check the model name in the registry against what the vendor or server lists.',
        ],
      })),
  },
  {
    name: 'ProviderIsolatedTooLong',
    severity: 'warning',
    forSeconds: 12 * 60 * MINUTE,
    threshold: null,
    condition: () => 'A provider has been taken out by hand.',
    find: ({ status }) =>
      status.providers.flatMap(({ name, isolation }) =>
        isolation === null
          ? []
          : [
              {
                labels: { model_name: name },
                summary: `${name} was taken out by hand by ${isolation.operator}: ${isolation.reason}.`,
                response: '',
                checks: ['An isolation never ends by itself: put it back when it is well.'],
              },
            ],
      ),
  },
  {
    name: 'OverrideTooLong',
    severity: 'warning',
    forSeconds: 0,
    threshold: 4,
    condition: (threshold) => `A provider has been forced for more than ${threshold} hours.`,
    find: ({ status: { override, at } }, threshold) =>
      override === null || at - override.created_at <= threshold * HOUR_MS
        ? []
        : [
            {
              labels: { model_name: override.provider },
              summary: `${override.provider} has been forced for ${formatDuration(at - override.created_at)} by ${override.operator}.`,
              response: 'It ends by itself at its time.',
              checks: ['Release it when its reason is gone; while it holds, health does not choose.'],
            },
          ],
  },
  {
    name: 'KvCacheFull',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    threshold: 0.95,
    condition: (threshold) => `The KV cache of a server is more than ${formatPercent(threshold)} full.`,
    find: ({ status }, threshold) =>
      status.providers.flatMap(({ name, load }) => {
        const usage = load?.kv_cache_usage ?? 0;
        if (usage <= threshold) return [];
        return [
          {
            labels: { model_name: name },
            summary: `The KV cache of ${name} is ${formatPercent(usage)} full.`,
            response: '',
            checks: ['The server preempts and recomputes requests: lower max_concurrent, or add an instance.'],
          },
        ];
      }),
  },
  {
    name: 'BudgetNearlyGone',
    severity: 'warning',
    forSeconds: 0,
    threshold: 0.9,
    condition: (threshold) => `A daily budget is used to ${formatPercent(threshold)}.`,
    find: ({ quotas }, threshold) =>
      dailyBudgets(quotas)
        .filter((quota) => quota.enforced && usedShare(quota) >= threshold && usedShare(quota) < 1)
        .map((quota) => ({
          labels: ownerLabels(quota),
          summary: `${quota.name} has used ${formatPercent(usedShare(quota))} of its ${quota.limit}.`,
          response: 'When it is gone, requests that need it are refused until the reset.',
          checks: [
            quota.projected_exhaustion_at === null
              ? 'At the present rate it lasts until the reset.'
              : `At the present rate it is gone at ${formatAbsolute(quota.projected_exhaustion_at, 'UTC')}.`,
            'Raise it until a time in the console, or bring the primary back.',
          ],
        })),
  },
  {
    name: 'BudgetExhausted',
    severity: 'critical',
    forSeconds: 0,
    threshold: null,
    condition: () => 'A daily budget is used up.',
    find: ({ quotas }) =>
      dailyBudgets(quotas)
        .filter((quota) => quota.enforced && usedShare(quota) >= 1)
        .map((quota) => ({
          labels: ownerLabels(quota),
          summary: `The ${quota.limit} of ${quota.name} is used up (${budgetWords(quota.limit, quota.limit_value)}).`,
          response: 'It is closed rather than overspent.',
          checks: ['Raise it until a time in the console, or bring the primary back.'],
        })),
  },
  {
    name: 'SoftLimitReached',
    severity: 'warning',
    forSeconds: 0,
    threshold: null,
    condition: () => 'The soft limit of a daily budget is reached.',
    find: ({ quotas }) =>
      dailyBudgets(quotas)
        .filter(({ soft_exceeded: reached }) => reached)
        .map((quota) => ({
          labels: ownerLabels(quota),
          summary: `${quota.name} has reached its soft ${quota.limit} of ${budgetWords(quota.limit, quota.soft_limit ?? 0)}.`,
          response: 'Nothing is refused by a soft limit.',
          checks: ['Costs, grouped by call site, shows where the requests come from.'],
        })),
  },
  {
    name: 'ProbesCostMoney',
    severity: 'warning',
    forSeconds: 0,
    threshold: 0.5,
    condition: (threshold) => `Health probes of a provider cost more than ${formatUsd(threshold)} in 24 hours.`,
    find: ({ probeCostUsd }, threshold) =>
      above(probeCostUsd, threshold).map(([name, usd]) => ({
        labels: { model_name: name },
        summary: `Health probes of ${name} cost ${formatUsd(usd)} in a day.`,
        response: '',
        checks: ['Use the free model list instead of health_check.method test_request, or a longer interval.'],
      })),
  },
  {
    name: 'UnknownPrice',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    threshold: null,
    windowSeconds: 60 * MINUTE,
    condition: () => 'A model without a known price was used in the last hour.',
    find: ({ unpriced }) =>
      [...unpriced].map(([name, { calls, model }]) => ({
        labels: { model_name: name },
        summary: `${calls} ${calls === 1 ? 'call' : 'calls'} to ${name} in an hour had no known price, the last one for ${model}.`,
        response: 'They are counted apart and are in no sum.',
        checks: [
          'Costs, grouped by model, shows which models have no price.',
          'Give the entry its rate under pricing in the registry, then apply the rate to the past on Costs.',
        ],
      })),
  },
  {
    name: 'DiskNearlyFull',
    severity: 'critical',
    forSeconds: 5 * MINUTE,
    threshold: 0.05,
    condition: (threshold) => `Less than ${formatPercent(threshold)} of the disk of the data directory is free.`,
    find: ({ diskFree }, threshold) =>
      diskFree === null || diskFree >= threshold
        ? []
        : [
            {
              labels: {},
              summary: `${formatPercent(diskFree)} of the disk of the data directory is free.`,
              response: 'Rows that cannot be written wait in memory and are written when there is room.',
              checks: ['Make room, or lower storage.retention_days.'],
            },
          ],
  },
  {
    name: 'NotificationsWaiting',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    threshold: null,
    condition: () => 'Notifications wait for a channel.',
    find: ({ undelivered }) =>
      [...undelivered].map(([channel, waiting]) => ({
        labels: { channel },
        summary: `${waiting} ${waiting === 1 ? 'notification waits' : 'notifications wait'} for ${channel}.`,
        response: 'They are tried again with growing pauses.',
        checks: ['The delivery log on Alerts says what the channel answered.'],
      })),
  },
];

/** The rule as operators see it. */
export function describeRule(rule: Rule, enabled: boolean): AlertRule {
  return {
    name: rule.name,
    severity: rule.severity,
    condition: rule.condition(rule.threshold ?? NO_THRESHOLD),
    for_seconds: rule.forSeconds,
    enabled,
    runbook: runbookAnchor(rule.name),
  };
}

/** Where the runbook tells of the rule. */
export function runbookAnchor(rule: string): string {
  return rule.toLowerCase();
}

function above(amounts: ReadonlyMap<string, number>, threshold: number): [string, number][] {
  return [...amounts].filter(([, amount]) => amount > threshold);
}
