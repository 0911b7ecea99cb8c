import type { RequestDetail } from '../../shared/domain/request.ts';
import { computeCost } from './cost/compute-cost.ts';
import type { ProbeResult } from './providers/types.ts';
import type { ProviderConfig } from './registry/types.ts';

export interface ProbeRecordInput {
  id: string;
  config: ProviderConfig;
  probe: ProbeResult;
  at: number;
}

/** The row of a paid test request, so that what probes cost is seen; null for a probe that used no tokens. */
export function probeRecord({ id, config, probe, at }: ProbeRecordInput): RequestDetail | null {
  const { usage } = probe;
  if (!usage) return null;
  const { adapter, deployment, pricing } = config;
  const model = config.model ?? config.name;
  const cost = computeCost(model, usage, { adapter, deployment, pricing, at });
  const shared = {
    cost_usd: cost.costUsd,
    pricing_unknown: cost.pricingUnknown,
    usage,
    first_token_ms: null,
    duration_ms: probe.latencyMs,
  };
  const failureClass = probe.ok ? null : probe.failureClass;
  const message = probe.ok ? null : probe.reason;
  return {
    ...shared,
    id,
    started_at: at - Math.round(probe.latencyMs),
    origin: 'probe',
    dialect: adapter === 'anthropic' ? 'anthropic' : 'openai',
    streamed: false,
    requested_model: model,
    rule: 'named_provider',
    call_site: null,
    tier: null,
    task_type: null,
    agent_id: null,
    user: null,
    provider: probe.ok ? config.name : null,
    model: probe.ok ? model : null,
    status: probe.ok ? 'success' : 'error',
    http_status: probe.ok ? 200 : 502,
    error_code: probe.ok ? null : 'upstream_failure',
    failure_class: failureClass,
    error_message: message,
    attempts: 1,
    fallback_from: null,
    fallback_reason: null,
    resumed: false,
    queue_ms: 0,
    decision: null,
    attempt_list: [
      {
        ...shared,
        index: 0,
        provider: config.name,
        model,
        started_at: at - Math.round(probe.latencyMs),
        outcome: probe.ok ? 'success' : 'failure',
        failure_class: failureClass,
        message,
        http_status: null,
        retry: false,
        resume: false,
        queue_ms: 0,
        headers_ms: null,
        adjusted: [],
      },
    ],
  };
}
