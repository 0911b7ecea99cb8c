import type { RequestDetail } from '../../shared/domain/request.ts';
import { recordOfAttempt } from './attempt/request-record.ts';
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
  const startedAt = at - Math.round(probe.latencyMs);
  return recordOfAttempt(
    {
      id,
      started_at: startedAt,
      origin: 'probe',
      dialect: adapter === 'anthropic' ? 'anthropic' : 'openai',
      streamed: false,
      requested_model: model,
      call_site: null,
    },
    {
      index: 0,
      provider: config.name,
      model,
      started_at: startedAt,
      outcome: probe.ok ? 'success' : 'failure',
      failure_class: probe.ok ? null : probe.failureClass,
      message: probe.ok ? null : probe.reason,
      http_status: null,
      retry: false,
      resume: false,
      queue_ms: 0,
      headers_ms: null,
      first_token_ms: null,
      duration_ms: probe.latencyMs,
      usage,
      cost_usd: cost.costUsd,
      pricing_unknown: cost.pricingUnknown,
      adjusted: [],
    },
  );
}
