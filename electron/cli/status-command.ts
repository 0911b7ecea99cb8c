import { statusSchema, type Status } from '../../shared/domain/status.ts';
import type { ProviderStatus } from '../../shared/domain/provider.ts';
import { quotasSchema, type QuotaStatus } from '../../shared/domain/quota.ts';
import { formatDurationCoarse } from '../../shared/format/duration.ts';
import { formatUsd } from '../../shared/format/number.ts';
import { type CommandContext, readArguments } from './command.ts';
import { connectToConsole } from './console-client.ts';
import { renderTable } from './table.ts';

const MARK = { healthy: '●', degraded: '▲', unhealthy: '■', unknown: '○', disabled: '○' } as const;
const VERDICT = { primary: '● PRIMARY', fallback: '▲ ON FALLBACK', down: '■ DOWN' } as const;
const QUOTA_WORDS = {
  requests_per_day: 'requests today',
  requests_per_second: 'requests/s',
  tokens_per_minute: 'tokens/min',
  usd_per_day: 'USD today',
  max_concurrent: 'in flight',
} as const;

function verdictLine(status: Status): string {
  const since = `since ${formatDurationCoarse(status.at - status.verdict_since)}`;
  const serving = status.serving === null ? 'nobody can serve' : `${status.serving} serves`;
  const cause = status.cause === '' ? '' : `: ${status.primary}: ${status.cause}`;
  return `${VERDICT[status.verdict]}  ${serving} ${since}${cause}`;
}

function figure({ limit }: QuotaStatus, value: number): string {
  return limit === 'usd_per_day' ? value.toFixed(2) : String(value);
}

function quotaWords(quota: QuotaStatus): string {
  return `${figure(quota, quota.used)} of ${figure(quota, quota.limit_value)} ${QUOTA_WORDS[quota.limit]}${quota.exhausted ? ' (exhausted)' : ''}`;
}

/** Soft limits that are reached, raised limits, and the daily budgets of call sites. */
function limitLines(quotas: readonly QuotaStatus[], now: number): string[] {
  return quotas.flatMap((quota) => {
    const name = quota.scope === 'call_site' ? `call site ${quota.name}` : quota.name;
    const daily = quota.limit === 'requests_per_day' || quota.limit === 'usd_per_day';
    const { raise, soft_limit: soft } = quota;
    return [
      ...(quota.scope === 'call_site' && daily && quota.enforced ? [`${name}: ${quotaWords(quota)}`] : []),
      ...(quota.soft_exceeded && soft !== null
        ? [
            `▲ ${name}: ${figure(quota, quota.used)} ${QUOTA_WORDS[quota.limit]}, over the soft limit of ${figure(quota, soft)}`,
          ]
        : []),
      ...(raise === null
        ? []
        : [
            `◆ RAISED ${name} ${quota.limit} from ${figure(quota, raise.from)} to ${figure(quota, quota.limit_value)} by ${raise.operator} for ${formatDurationCoarse(raise.until - now)} more: ${raise.reason}`,
          ]),
    ];
  });
}

function providerRow(provider: ProviderStatus): string[] {
  const { gauges, health } = provider;
  const state = provider.isolation === null ? health.status : 'isolated';
  return [
    provider.name,
    `${MARK[health.status]} ${state}`,
    provider.breaker.state.replace('_', '-'),
    String(gauges.in_flight),
    gauges.requests_per_second.toFixed(1),
    gauges.latency_ms === null ? '—' : `${(gauges.latency_ms.p95 / 1000).toFixed(1)} s`,
    provider.quota
      .filter(({ limit, enforced }) => enforced && (limit === 'requests_per_day' || limit === 'usd_per_day'))
      .map(quotaWords)
      .join(', '),
    health.status === 'healthy' ? '' : health.reason,
  ];
}

/** One screen over a whole status and all limits, those of call sites included. */
export function renderStatus(status: Status, quotas: readonly QuotaStatus[]): string {
  const table = renderTable(
    ['provider', 'health', 'breaker', 'in flight', 'req/s', 'p95', 'budget', 'reason'],
    status.providers.map(providerRow),
    new Set(['in flight', 'req/s', 'p95']),
  );
  const { override } = status;
  const unknown = status.pricing_unknown_last_hour;
  return [
    ...(status.simulated ? ['SIMULATED providers'] : []),
    verdictLine(status),
    `${status.requests_per_second.toFixed(1)} req/s, ${formatUsd(status.cost_usd_per_hour)}/h${unknown > 0 ? `, ${unknown} of unknown price in the last hour` : ''}`,
    ...(override === null
      ? []
      : [
          `◆ FORCED to ${override.provider} (${override.scope}) by ${override.operator} for ${formatDurationCoarse(override.expires_at - status.at)} more: ${override.reason}`,
        ]),
    ...(status.config.error === null ? [] : [`The newest registry edit was refused: ${status.config.error}`]),
    '',
    table,
    ...limitLines(quotas, status.at),
    ...status.firing_alerts.map((alert) => `${alert.severity}: ${alert.summary}`),
  ].join('\n');
}

export async function runStatus(context: CommandContext): Promise<void> {
  const { values } = readArguments({
    args: context.args,
    options: { url: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
  });
  const console = connectToConsole(context, values);
  const status = statusSchema.parse(await console.call('GET', '/status'));
  const { quotas } = quotasSchema.parse(await console.call('GET', '/quotas'));
  context.print(values.json ? JSON.stringify({ ...status, quotas }, null, 2) : renderStatus(status, quotas));
}
