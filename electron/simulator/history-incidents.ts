import type { HealthStatus, HealthTransition } from '../../shared/domain/provider.ts';
import type { FailureClass } from '../../shared/domain/failure.ts';
import type { FallbackReason } from '../../shared/domain/request.ts';

const MINUTE_MS = 60_000;

/** A stretch of the past in which the primary did not serve. Times are epoch milliseconds. */
export interface PastIncident {
  from: number;
  /** When the health check had noticed; until then requests met the fault themselves. */
  noticedAt: number;
  to: number;
  reason: FallbackReason;
  failureClass: FailureClass;
  /** What an attempt at the primary met. */
  message: string;
  detail: string;
}

/** The two incidents of the past week: a crash last night, and a slow afternoon three days ago. */
export function pastIncidents(now: number): PastIncident[] {
  const slow = now - 77 * 60 * MINUTE_MS;
  const crash = now - 9 * 60 * MINUTE_MS - 20 * MINUTE_MS;
  return [
    {
      from: slow,
      noticedAt: slow + 6 * MINUTE_MS,
      to: slow + 41 * MINUTE_MS,
      reason: 'timeout',
      failureClass: 'timeout',
      message: 'kimi_k2_self_hosted: no first token within 8 s',
      detail: 'first token later than 8 s, 3 requests in a row',
    },
    {
      from: crash,
      noticedAt: crash + 2 * MINUTE_MS,
      to: crash + 17 * MINUTE_MS,
      reason: 'unhealthy',
      failureClass: 'unreachable',
      message: 'kimi_k2_self_hosted: connection refused',
      detail: 'connection refused, 3 probes in a row',
    },
  ];
}

const PROVIDERS = ['kimi_k2_self_hosted', 'claude_opus_api', 'gpt4_api', 'grok_api', 'grok_preview_api'] as const;

/** The changes of health that the incidents caused, after every provider's first probe at `from`. */
export function transitionsOf(incidents: readonly PastIncident[], from: number): Omit<HealthTransition, 'id'>[] {
  const first = PROVIDERS.map((provider) => change(from, provider, 'unknown', 'healthy', 'the first probe succeeded'));
  const later = incidents.flatMap((incident) => {
    const step = (at: number, to: HealthStatus, was: HealthStatus, reason: string): Omit<HealthTransition, 'id'> =>
      change(at, 'kimi_k2_self_hosted', was, to, reason);
    return [
      step(incident.from, 'degraded', 'healthy', incident.message.replace('kimi_k2_self_hosted: ', '')),
      step(incident.noticedAt, 'unhealthy', 'degraded', incident.detail),
      step(incident.to - MINUTE_MS, 'degraded', 'unhealthy', 'answers again, traffic returns in steps'),
      step(incident.to, 'healthy', 'degraded', 'probes and traffic succeed'),
    ];
  });
  return [...first, ...later];
}

function change(
  at: number,
  provider: string,
  from: HealthStatus,
  to: HealthStatus,
  reason: string,
): Omit<HealthTransition, 'id'> {
  return { at, provider, from_status: from, to_status: to, reason };
}
